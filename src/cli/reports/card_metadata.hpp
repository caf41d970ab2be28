// The YAML block at the top of a model card, in the shape that the Hugging Face Hub validates.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <mlops/app/report.hpp>

#include "reports/card_sections.hpp"

namespace mlops::cli {

// With its `---` lines and a blank one; "" when nothing is known. The author's entry stands in place of ours, lists are
// joined, and `model-index` is ours alone, for it is evidence. Keys that the Hub doesn't know are left out.
std::string card_metadata(const app::CardOutcome& outcome, const std::vector<CardEntry>& authored);

// Whether the author may set it.
bool is_hub_key(std::string_view key);

}  // namespace mlops::cli
