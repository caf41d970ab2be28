// The folder of a Hugging Face repository: transformers, PEFT adapters, diffusers, sentence-transformers.
// Source: what `save_pretrained` of these libraries writes, and "Model Cards" in the documentation of the Hub.
#pragma once

#include "folder/folder.hpp"

namespace mlops::formats {

bool is_huggingface(const Folder& folder);

// Configuration, card, tokenizer, and the weights of it and of its parts.
void inspect_huggingface(const Folder& folder, domain::Inspection& whole);

}  // namespace mlops::formats
