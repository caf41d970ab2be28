// The words of a condition that is a sentence; mistakes point at the word they are about.
#pragma once

#include <cstddef>
#include <string_view>

#include "condition_text.hpp"

namespace mlops::domain {

class SentenceWords {
 public:
  // `shape` is the hint where nothing is near.
  SentenceWords(const ConditionText& text, const ConditionText::Part& part, std::string_view shape)
      : text_{text}, at_{part.at}, end_{part.at + part.text.size()}, shape_{shape} {}

  [[nodiscard]] bool has_next();
  // Empty at the end.
  ConditionText::Part next();
  void expect(std::string_view wanted);
  void expect_end();
  // Without the spaces round it.
  [[nodiscard]] ConditionText::Part rest();

 private:
  void skip_spaces();

  const ConditionText& text_;
  std::size_t at_;
  std::size_t end_;
  std::string_view shape_;
};

}  // namespace mlops::domain
