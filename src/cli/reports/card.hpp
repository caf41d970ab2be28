// A model card in Markdown, with the metadata block and the sections of Hugging Face's cards and the considerations of
// Google's. Facts come from the registry, words from the author's `model_card.md`; what neither tells is said to be
// missing, and never made up.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <mlops/app/report.hpp>

namespace mlops::cli {

inline constexpr std::string_view card_placeholder = "[More Information Needed]";

struct Card {
  std::string text;
  std::vector<std::string> missing;   // sections that only a person can write, in their order
  std::vector<std::string> authored;  // sections with the author's words
  std::vector<std::string> unread;    // keys of the author's front matter that were left out
};
Card model_card(const app::CardOutcome& outcome);

}  // namespace mlops::cli
