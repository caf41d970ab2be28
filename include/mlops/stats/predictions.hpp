// What metrics of predictions are computed from, and what they answer.
//
// Every function that takes one of these refuses, by Error{usage}: columns of different lengths, labels at or above
// `classes`, numbers, scores or weights that aren't finite, and negative weights. A row of weight 0 counts as absent.
#pragma once

#include <cstdint>
#include <span>

namespace mlops::stats {

// More would need a confusion matrix of gigabytes.
inline constexpr std::uint32_t most_classes = 4096;

// The label that was true and the one that was predicted, row by row; the caller maps labels to 0 … classes - 1.
struct Labelled {
  std::span<const std::uint32_t> truth{};
  std::span<const std::uint32_t> predicted{};
  std::uint32_t classes = 2;
  std::span<const double> weights{};  // empty: 1 each
};

// A score of the positive class, row by row: higher means more likely. Every label but `positive` is negative.
struct BinaryScores {
  std::span<const std::uint32_t> truth{};
  std::span<const double> scores{};
  std::uint32_t positive = 1;
  std::span<const double> weights{};  // empty: 1 each
};

// A score of every class: scores[row * classes + class].
struct ClassScores {
  std::span<const std::uint32_t> truth{};
  std::span<const double> scores{};
  std::uint32_t classes = 2;
  std::span<const double> weights{};  // empty: 1 each
};

// The number that was true and the one that was predicted, row by row.
struct NumberPairs {
  std::span<const double> truth{};
  std::span<const double> predicted{};
  std::span<const double> weights{};  // empty: 1 each
};

// Items to rank within their group (a query, a user): the higher the score, the nearer to the top.
struct RankedItems {
  std::span<const double> relevance{};  // not negative; 0 is irrelevant
  std::span<const double> scores{};
  std::span<const std::uint64_t> groups{};  // any numbers, in any order
};

// A metric and whether it means something.
struct MetricValue {
  double value = 0;
  // False when a denominator was empty. `value` then holds what scikit-learn puts in its place (zero_division=0), and
  // NaN where it has nothing to put there; of an average, some part was so.
  bool is_defined = true;
};

// How figures of single classes become one (scikit-learn's `average`), over the classes that occur.
enum class Average {
  macro,     // each class alike
  micro,     // each row alike: the counts of all classes are added first
  weighted,  // each class by the weight of its true rows
};

}  // namespace mlops::stats
