#include <mlops/stats/multiplicity.hpp>

#include <algorithm>
#include <numeric>

#include "comparison_inputs.hpp"

namespace mlops::stats {
namespace {

void demand_p_values(std::span<const double> p_values) {
  for (const double p : p_values) demand_share(p, "a p-value");
}

std::vector<std::size_t> smallest_first(std::span<const double> p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [p_values](auto a, auto b) { return p_values[a] < p_values[b]; });
  return order;
}

}  // namespace

std::vector<double> bonferroni(std::span<const double> p_values) {
  demand_p_values(p_values);
  std::vector<double> adjusted;
  adjusted.reserve(p_values.size());
  for (const double p : p_values) adjusted.push_back(std::min(1.0, p * static_cast<double>(p_values.size())));
  return adjusted;
}

std::vector<double> holm(std::span<const double> p_values) {
  demand_p_values(p_values);
  std::vector<double> adjusted(p_values.size());
  double largest = 0;
  auto questions = static_cast<double>(p_values.size());
  for (const std::size_t i : smallest_first(p_values)) {
    largest = std::max(largest, std::min(1.0, p_values[i] * questions));
    adjusted[i] = largest;
    questions -= 1;
  }
  return adjusted;
}

std::vector<double> benjamini_hochberg(std::span<const double> p_values) {
  demand_p_values(p_values);
  std::vector<double> adjusted(p_values.size());
  std::vector<std::size_t> order = smallest_first(p_values);
  const auto questions = static_cast<double>(p_values.size());
  double smallest = 1;
  for (std::size_t rank = order.size(); rank > 0; --rank) {
    const std::size_t i = order[rank - 1];
    smallest = std::min(smallest, p_values[i] * questions / static_cast<double>(rank));
    adjusted[i] = smallest;
  }
  return adjusted;
}

}  // namespace mlops::stats
