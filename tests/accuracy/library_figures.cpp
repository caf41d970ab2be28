// Asks the library for figures that no command shows, so that other libraries can judge them as well.
//
//   library_figures < REQUEST.json
//
// REQUEST is an object of the name of a function below and its arguments; the answer is an object of figures.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <fmt/core.h>

#include <mlops/stats/bins.hpp>
#include <mlops/stats/delong.hpp>
#include <mlops/stats/mcnemar.hpp>
#include <mlops/stats/means.hpp>
#include <mlops/stats/multiplicity.hpp>
#include <mlops/stats/proportion.hpp>
#include <mlops/stats/ranking.hpp>
#include <mlops/stats/two_samples.hpp>
#include <mlops/stats/wilcoxon.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/json.hpp>

namespace {

using namespace mlops;
using namespace mlops::stats;

std::vector<double> numbers(const Json& request, std::string_view key) {
  std::vector<double> values;
  for (const Json& item : request.at(key).as_array()) values.push_back(item.as_double());
  return values;
}

template <typename Integer>
std::vector<Integer> integers(const Json& request, std::string_view key) {
  std::vector<Integer> values;
  for (const Json& item : request.at(key).as_array()) values.push_back(static_cast<Integer>(item.as_integer()));
  return values;
}

Json array_of(std::span<const double> values) {
  Json::Array items;
  for (const double value : values) items.emplace_back(value);
  return Json{std::move(items)};
}

Json mcnemar_of(const Json& request) {
  const McNemar test = mcnemar(
      {.only_first = request.at("only_first").as_integer(), .only_second = request.at("only_second").as_integer()});
  return Json::object({{"statistic", test.statistic}, {"corrected_p", test.corrected_p}, {"exact_p", test.exact_p}});
}

Json wilcoxon_of(const Json& request) {
  const Wilcoxon test = wilcoxon_signed_rank(numbers(request, "differences"));
  return Json::object(
      {{"statistic", test.statistic}, {"p", test.p_value}, {"p_greater", test.p_greater}, {"p_less", test.p_less}});
}

Json delong_of(const Json& request) {
  const AucComparison test =
      compare_aucs(numbers(request, "first"), numbers(request, "second"), integers<std::uint8_t>(request, "labels"));
  return Json::object({{"first", test.first.estimate.value},
                       {"second", test.second.estimate.value},
                       {"first_variance", test.first.variance},
                       {"second_variance", test.second.variance},
                       {"covariance", test.covariance},
                       {"z", test.z},
                       {"p", test.p_value}});
}

Json welch_of(const Json& request) {
  const MeanTest test = welch(numbers(request, "first"), numbers(request, "second"));
  return Json::object({{"t", test.t},
                       {"degrees", test.degrees},
                       {"p", test.p_value},
                       {"low", test.estimate.interval.low},
                       {"high", test.estimate.interval.high}});
}

Json paired_mean_of(const Json& request) {
  const MeanTest test = paired_mean(numbers(request, "differences"));
  return Json::object({{"t", test.t}, {"p", test.p_value}});
}

Json fisher_of(const Json& request) {
  const auto cells = integers<std::int64_t>(request, "table");
  const FisherExact test = fisher_exact(cells.at(0), cells.at(1), cells.at(2), cells.at(3));
  return Json::object({{"p", test.p_value}, {"p_less", test.p_less}, {"p_greater", test.p_greater}});
}

Json proportions_of(const Json& request) {
  const auto cells = integers<std::int64_t>(request, "counts");
  const ProportionDifference test = compare_proportions({.successes = cells.at(0), .trials = cells.at(1)},
                                                        {.successes = cells.at(2), .trials = cells.at(3)});
  const Interval exact = clopper_pearson_interval({.successes = cells.at(0), .trials = cells.at(1)});
  return Json::object({{"z", test.z},
                       {"p", test.p_value},
                       {"low", test.difference.interval.low},
                       {"high", test.difference.interval.high},
                       {"exact_low", exact.low},
                       {"exact_high", exact.high}});
}

Json adjusted_of(const Json& request) {
  const std::vector<double> p = numbers(request, "p");
  return Json::object({{"bonferroni", array_of(bonferroni(p))},
                       {"holm", array_of(holm(p))},
                       {"benjamini_hochberg", array_of(benjamini_hochberg(p))}});
}

Json ranking_of(const Json& request) {
  const std::vector<double> relevance = numbers(request, "relevance");
  const std::vector<double> scores = numbers(request, "scores");
  const auto groups = integers<std::uint64_t>(request, "groups");
  const RankedItems rows{.relevance = relevance, .scores = scores, .groups = groups};
  return Json::object({{"ndcg", ndcg(rows).value}, {"ndcg_10", ndcg(rows, 10).value}});
}

Json ks_of(const Json& request) {
  const KolmogorovSmirnov test = ks_two_sample(numbers(request, "reference"), numbers(request, "current"));
  return Json::object({{"statistic", test.statistic}, {"p", test.p}});
}

// An end that is open for ever is null.
Json end_of(double value) { return std::isfinite(value) ? Json{value} : Json{}; }

// The bins of equal mass that a population stability index is taken over.
Json bins_of(const Json& request) {
  const std::vector<double> reference = numbers(request, "reference");
  Histogram histogram{NumberBins::of(reference)};
  histogram.add(reference);
  const auto& bins = std::get<NumberBins>(histogram.bins());
  Json::Array ranges;
  for (const BinGroup& group : equal_mass_groups(histogram)) {
    if (group.first >= bins.ranges()) continue;
    const NumberRange low = bins.range(group.first);
    const NumberRange high = bins.range(group.last - 1);
    ranges.push_back(Json::object({{"low", end_of(low.low)},
                                   {"has_low", low.has_low},
                                   {"high", end_of(high.high)},
                                   {"has_high", high.has_high}}));
  }
  return Json::object({{"ranges", Json{std::move(ranges)}}});
}

Json answer(const Json& request) {
  const std::map<std::string_view, std::function<Json(const Json&)>> functions{{"adjusted", adjusted_of},
                                                                               {"bins", bins_of},
                                                                               {"delong", delong_of},
                                                                               {"fisher", fisher_of},
                                                                               {"ks", ks_of},
                                                                               {"mcnemar", mcnemar_of},
                                                                               {"paired", paired_mean_of},
                                                                               {"proportions", proportions_of},
                                                                               {"ranking", ranking_of},
                                                                               {"welch", welch_of},
                                                                               {"wilcoxon", wilcoxon_of}};
  return functions.at(request.at("function").as_string())(request);
}

}  // namespace

int main() {
  std::string text;
  char buffer[1 << 16];
  while (const std::size_t count = std::fread(buffer, 1, sizeof buffer, stdin)) text.append(buffer, count);
  try {
    fmt::print("{}", to_text(answer(parse_json(text, "the request"))));
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
  return 0;
}
