#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include <mlops/app/dataset_profile.hpp>
#include <mlops/support/text.hpp>
#include <mlops/support/time.hpp>

namespace mlops::app {

namespace {

Json finite(double value) { return std::isfinite(value) ? Json{value} : Json{}; }

// A number, or the time that it stands for.
Json figure_json(formats::ValueType type, double value) {
  if (!formats::is_temporal(type)) return finite(value);
  const std::string text = rfc3339({.milliseconds = static_cast<std::int64_t>(std::llround(value))});
  return type == formats::ValueType::date ? Json{text.substr(0, text.find('T'))} : Json{text};
}

Json numbers_json(formats::ValueType type, const NumberProfile& numbers) {
  Json quantiles = Json::object();
  for (std::size_t i = 0; i < quantile_points.size(); ++i) {
    quantiles.set(fmt::format("p{:g}", 100 * quantile_points.at(i)), figure_json(type, numbers.quantiles.at(i)));
  }
  Json histogram = Json::array();
  for (const std::uint64_t count : numbers.histogram) histogram.push_back(count);
  // The spread of times has no unit that would be plain to see.
  return Json::object({{"min", figure_json(type, numbers.min)},
                       {"max", figure_json(type, numbers.max)},
                       {"mean", figure_json(type, numbers.mean)},
                       {"std", formats::is_temporal(type) ? Json{} : finite(numbers.standard_deviation)},
                       {"quantiles", std::move(quantiles)},
                       {"quantile_error", numbers.quantile_error},
                       {"histogram", std::move(histogram)}});
}

Json column_json(const ColumnProfile& column, std::uint64_t rows, std::size_t most_top) {
  Json top = Json::array();
  for (std::size_t i = 0; i < std::min(most_top, column.top.size()); ++i) {
    top.push_back(Json::object({{"value", column.top[i].value}, {"count", column.top[i].count}}));
  }
  const double missing_share = rows == 0 ? 0 : static_cast<double>(column.missing) / static_cast<double>(rows);
  Json lengths;
  if (column.lengths) {
    lengths =
        Json::object({{"min", column.lengths->min}, {"max", column.lengths->max}, {"mean", column.lengths->mean}});
  }
  return Json::object({{"name", column.name},
                       {"type", name_of(column.type)},
                       {"missing", column.missing},
                       {"missing_share", missing_share},
                       {"infinite", column.infinite},
                       {"distinct", column.distinct},
                       {"distinct_error", column.distinct_error},
                       {"numbers", column.numbers ? numbers_json(column.type, *column.numbers) : Json{}},
                       {"true_share", column.true_share ? Json{*column.true_share} : Json{}},
                       {"lengths", std::move(lengths)},
                       {"top", std::move(top)},
                       {"top_error", column.top_error}});
}

}  // namespace

Json to_json(const ProfileOutcome& outcome, std::size_t most_top) {
  const DataProfile& profile = outcome.profile;
  Json columns = Json::array();
  for (const ColumnProfile& column : profile.columns)
    columns.push_back(column_json(column, profile.facts.rows, most_top));
  const char delimiter = profile.facts.delimiter;
  return Json::object({{"data", outcome.source},
                       {"dataset", outcome.dataset},
                       {"format", name_of(profile.facts.format)},
                       {"delimiter", delimiter == 0 ? Json{} : Json{std::string(1, delimiter)}},
                       {"bytes", profile.bytes},
                       {"rows", profile.facts.rows},
                       {"short_rows", profile.facts.short_rows},
                       {"long_rows", profile.facts.long_rows},
                       {"columns", std::move(columns)}});
}

}  // namespace mlops::app
