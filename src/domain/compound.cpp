#include <mlops/domain/compound.hpp>

#include <algorithm>

#include <fmt/core.h>

namespace mlops::domain {
namespace {

// The first of `order` that is among the results.
CheckResult first_present(std::span<const CheckResult> results, std::span<const CheckResult> order) {
  for (const CheckResult result : order) {
    if (std::ranges::find(results, result) != results.end()) return result;
  }
  return order.back();
}

}  // namespace

CheckResult result_of(const Junction& whole, std::span<const CheckResult> parts) {
  using enum CheckResult;
  static constexpr CheckResult all_of[] = {failed, error, skipped, inconclusive, passed};
  static constexpr CheckResult any_of[] = {passed, error, skipped, inconclusive, failed};
  if (whole.kind == Junction::Kind::part) return parts[whole.part];
  std::vector<CheckResult> results;
  for (const Junction& junction : whole.of) results.push_back(result_of(junction, parts));
  return first_present(results, whole.kind == Junction::Kind::all_of ? all_of : any_of);
}

std::string condition_name(std::string_view kind, std::span<const std::string> metrics) {
  std::string name{kind};
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    if (std::ranges::find(metrics.first(i), metrics[i]) != metrics.first(i).end()) continue;
    name += (i == 0 ? "." : "+") + metrics[i];
  }
  return name;
}

}  // namespace mlops::domain
