// Pieces of Markdown that the facts of a card are made of, and the facts that come from verdicts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <mlops/app/report.hpp>

namespace mlops::cli {

// Text of others, shortened to what a cell can hold.
std::string card_prose(std::string_view text);
std::string card_literal(std::string_view text);

// "- **Label:** value" lines; those without a value are left out.
class CardBullets {
 public:
  CardBullets& add(std::string_view label, std::string_view markdown);
  [[nodiscard]] std::string text() const { return text_; }

 private:
  std::string text_;
};

// Of Markdown cells, at most 100 rows; nothing without any.
class CardTable {
 public:
  explicit CardTable(std::vector<std::string> headings) : headings_{std::move(headings)} {}
  void add(const std::vector<std::string>& cells);
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::string> headings_;
  std::string body_;
  std::size_t rows_ = 0;
};

std::string card_results(const app::CardOutcome& outcome);  // metrics, with their intervals where a check found one
std::string card_gates(const app::CardOutcome& outcome);    // every verdict with its evidence, and the approvals
// Only what was found out: what did not pass, and what the registry itself warns of.
std::string card_limitations(const app::CardOutcome& outcome);

}  // namespace mlops::cli
