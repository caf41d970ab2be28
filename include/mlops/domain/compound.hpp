// Conditions put together: "accuracy >= 0.92 and (auc >= 0.95 or log_loss <= 0.2)". Every condition of a gate is one,
// most often of a single part.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/verdict.hpp>

namespace mlops::domain {

// How the parts of a condition are joined.
struct Junction {
  enum class Kind { part, all_of, any_of };
  Kind kind = Kind::part;
  std::size_t part = 0;      // its place among the parts
  std::vector<Junction> of;  // at least two, of all_of and any_of
  friend bool operator==(const Junction&, const Junction&) = default;
};

template <typename Part>
struct Compound {
  std::string text;         // as written
  std::vector<Part> parts;  // in the order written, at least one
  Junction whole;
};

// Kleene's logic of three values, with `error` and `skipped` for what could not be asked: `and` is failed as soon as
// one part is, `or` passed as soon as one part is; otherwise what could not be asked comes before what is undecided.
CheckResult result_of(const Junction& whole, std::span<const CheckResult> parts);

// "metrics.accuracy", or of several parts "metrics.accuracy+auc": each metric once.
std::string condition_name(std::string_view kind, std::span<const std::string> metrics);

template <typename Part>
std::string condition_name(std::string_view kind, const Compound<Part>& condition) {
  std::vector<std::string> metrics;
  for (const Part& part : condition.parts) metrics.push_back(part.metric);
  return condition_name(kind, metrics);
}

}  // namespace mlops::domain
