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
  ConditionText(std::string_view text, std::string_view shape) : ConditionText{text, {text, 0}, shape} {}
  // One comparison of a longer condition, whose whole text is `whole`.
  ConditionText(std::string_view whole, const Part& own, std::string_view shape)
      : whole_{whole}, own_{own}, shape_{shape} {}

  [[nodiscard]] std::string_view text() const { return own_.text; }
  [[nodiscard]] Sides sides() const;
  // From `begin` to `end` of the whole, without the spaces round it.
  [[nodiscard]] Part part(std::size_t begin, std::size_t end) const;
  // Where a piece of the text stands.
  [[nodiscard]] std::size_t place_of(std::string_view piece) const {
    return static_cast<std::size_t>(piece.data() - whole_.data());
  }
  [[noreturn]] void fail(std::size_t at, std::string_view why, std::string hint = {}) const;
  // A mistake where `value` is a number with a unit: figures are bare numbers.
  void refuse_unit(const Part& value) const;

 private:
  [[noreturn]] void fail_without_operator() const;
  [[nodiscard]] Comparison comparison(const Part& symbol) const;

  std::string_view whole_;
  Part own_;
  std::string_view shape_;
};

}  // namespace mlops::domain
