// A condition as it was written, cut at its operator; mistakes point at the part they are about.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <mlops/domain/condition.hpp>

namespace mlops::domain {

class ConditionText {
 public:
  // A part of the condition that knows where it stands, so that an error can point at it.
  struct Part {
    std::string_view text;
    std::size_t at = 0;
  };
  struct Sides {
    Part left;
    Comparison comparison = Comparison::greater_equal;
    Part right;
  };

  // `shape` is the hint of a mistake that has none of its own.
  ConditionText(std::string_view text, std::string_view shape) : text_{text}, shape_{shape} {}

  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] Sides sides() const;
  // Without the spaces round it.
  [[nodiscard]] Part part(std::size_t begin, std::size_t end) const;
  [[noreturn]] void fail(std::size_t at, std::string_view why, std::string hint = {}) const;

 private:
  [[noreturn]] void fail_without_operator() const;
  [[nodiscard]] Comparison comparison(const Part& symbol) const;

  std::string_view text_;
  std::string_view shape_;
};

}  // namespace mlops::domain
