// What stands beside a model of Hugging Face: its card, its tokenizer, and how it generates.
#pragma once

#include "folder/folder.hpp"

namespace mlops::formats {

// README.md: licence, tags, datasets, base model …, from the YAML between its first two lines of `---`.
void read_model_card(const Folder& folder, domain::Inspection& whole);

// tokenizer_config.json, and the size of the vocabulary in tokenizer.json.
void read_tokenizer(const Folder& folder, domain::Inspection& whole);

// The YAML of a card, without its lines of `---`; "" when it has none.
std::string_view front_matter(std::string_view card);

struct Vocabulary {
  std::string model;  // "BPE", "WordPiece", "Unigram"
  std::uint64_t words = 0;
  std::uint64_t added = 0;
};
// In one pass over a tokenizer.json, which is not checked otherwise: of millions of words only their number is wanted.
Vocabulary count_vocabulary(std::string_view tokenizer);

}  // namespace mlops::formats
