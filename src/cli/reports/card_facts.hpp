// What the registry knows, as the text of a card's sections.
#pragma once

#include <map>
#include <string>

#include <mlops/app/report.hpp>

#include "reports/card_sections.hpp"

namespace mlops::cli {

// Markdown by heading_key() of the section; sections about which nothing is known are left out.
std::map<std::string, std::string> card_facts(const app::CardOutcome& outcome, const AuthoredCard& authored);

}  // namespace mlops::cli
