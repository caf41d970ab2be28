#include "profile_cache.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include <mlops/support/error.hpp>

#include "table_cache.hpp"

namespace mlops::app {

namespace {

// JSON has no infinity.
Json exact(double value) {
  if (std::isfinite(value)) return value;
  if (std::isnan(value)) return {};
  return value > 0 ? "inf" : "-inf";
}

double exact_from(const Json& json) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (json.is_null()) return std::numeric_limits<double>::quiet_NaN();
  if (json.is_string()) return json.as_string() == "-inf" ? -infinity : infinity;
  return json.as_double();
}

std::uint64_t count_from(const Json& json) {
  const std::int64_t count = json.as_integer();
  if (count >= 0) return static_cast<std::uint64_t>(count);
  throw Error{ErrorKind::failed, "a kept profile has a count below 0"};
}

Json all_numbers(const NumberProfile& numbers) {
  Json::Array quantiles;
  for (const double quantile : numbers.quantiles) quantiles.push_back(exact(quantile));
  Json::Array histogram;
  for (const std::uint64_t count : numbers.histogram) histogram.emplace_back(count);
  return Json::object({{"mean", exact(numbers.mean)},
                       {"deviation", exact(numbers.standard_deviation)},
                       {"min", exact(numbers.min)},
                       {"max", exact(numbers.max)},
                       {"quantiles", Json{std::move(quantiles)}},
                       {"quantile_error", numbers.quantile_error},
                       {"histogram", Json{std::move(histogram)}}});
}

NumberProfile numbers_from(const Json& json) {
  NumberProfile numbers{.mean = exact_from(json.at("mean")),
                        .standard_deviation = exact_from(json.at("deviation")),
                        .min = exact_from(json.at("min")),
                        .max = exact_from(json.at("max")),
                        .quantiles = {},
                        .quantile_error = json.at("quantile_error").as_double(),
                        .histogram = {}};
  const Json::Array& quantiles = json.at("quantiles").as_array();
  if (quantiles.size() != numbers.quantiles.size()) {
    throw Error{ErrorKind::failed, "a kept profile has another number of quantiles"};
  }
  for (std::size_t i = 0; i < quantiles.size(); ++i) numbers.quantiles.at(i) = exact_from(quantiles[i]);
  for (const Json& count : json.at("histogram").as_array()) numbers.histogram.push_back(count_from(count));
  return numbers;
}

Json all_of_column(const ColumnProfile& column) {
  Json::Array top;
  for (const auto& [value, count] : column.top) top.emplace_back(Json::Array{value, count});
  Json lengths;
  if (column.lengths) lengths = Json::array({column.lengths->min, column.lengths->max, column.lengths->mean});
  return Json::object({{"name", column.name},
                       {"type", name_of(column.type)},
                       {"missing", column.missing},
                       {"infinite", column.infinite},
                       {"distinct", column.distinct},
                       {"distinct_error", column.distinct_error},
                       {"numbers", column.numbers ? all_numbers(*column.numbers) : Json{}},
                       {"true_share", column.true_share ? exact(*column.true_share) : Json{}},
                       {"lengths", std::move(lengths)},
                       {"shape", column.shape},
                       {"top", Json{std::move(top)}},
                       {"top_error", column.top_error},
                       {"is_complete_top", column.is_complete_top}});
}

formats::ValueType type_from(const Json& json) {
  if (const auto type = formats::value_type_named(json.as_string())) return *type;
  throw Error{ErrorKind::failed, "a kept profile has an unknown type"};
}

const Json& item(const Json& json, std::size_t place) {
  const Json::Array& items = json.as_array();
  if (place < items.size()) return items[place];
  throw Error{ErrorKind::failed, "a kept profile lacks a figure"};
}

ColumnProfile column_from(const Json& json) {
  ColumnProfile column;
  column.name = json.at("name").as_string();
  column.type = type_from(json.at("type"));
  column.missing = count_from(json.at("missing"));
  column.infinite = count_from(json.at("infinite"));
  column.distinct = count_from(json.at("distinct"));
  column.distinct_error = json.at("distinct_error").as_double();
  if (const Json& numbers = json.at("numbers"); !numbers.is_null()) column.numbers = numbers_from(numbers);
  if (const Json& share = json.at("true_share"); !share.is_null()) column.true_share = exact_from(share);
  if (const Json& lengths = json.at("lengths"); !lengths.is_null()) {
    column.lengths =
        LengthProfile{count_from(item(lengths, 0)), count_from(item(lengths, 1)), item(lengths, 2).as_double()};
  }
  column.shape = json.at("shape").as_string();
  for (const Json& value : json.at("top").as_array()) {
    column.top.push_back({item(value, 0).as_string(), count_from(item(value, 1))});
  }
  column.top_error = count_from(json.at("top_error"));
  column.is_complete_top = json.at("is_complete_top").as_bool();
  return column;
}

}  // namespace

Json profile_to_json(const DataProfile& profile) {
  Json::Array columns;
  for (const ColumnProfile& column : profile.columns) columns.push_back(all_of_column(column));
  const char delimiter = profile.facts.delimiter;
  return Json::object({{"format", name_of(profile.facts.format)},
                       {"delimiter", delimiter == 0 ? "" : std::string(1, delimiter)},
                       {"rows", profile.facts.rows},
                       {"short_rows", profile.facts.short_rows},
                       {"long_rows", profile.facts.long_rows},
                       {"bytes", profile.bytes},
                       {"columns", Json{std::move(columns)}}});
}

DataProfile profile_from_json(const Json& json) {
  DataProfile profile;
  const auto format = formats::table_format_named(json.at("format").as_string());
  if (!format) throw Error{ErrorKind::failed, "a kept profile is of an unknown format"};
  const std::string& delimiter = json.at("delimiter").as_string();
  profile.facts.format = *format;
  profile.facts.delimiter = delimiter.empty() ? '\0' : delimiter.front();
  profile.facts.rows = count_from(json.at("rows"));
  profile.facts.short_rows = count_from(json.at("short_rows"));
  profile.facts.long_rows = count_from(json.at("long_rows"));
  profile.bytes = count_from(json.at("bytes"));
  for (const Json& column : json.at("columns").as_array()) {
    profile.columns.push_back(column_from(column));
    profile.facts.columns.push_back(profile.columns.back().name);
  }
  return profile;
}

std::filesystem::path place_of_profile(const std::filesystem::path& registry, const Digest& table,
                                       const formats::TableOptions& options, std::size_t most_top) {
  return place_in_table_cache(registry, kept_profiles, table, options, most_top);
}

std::optional<DataProfile> kept_profile(const std::filesystem::path& file) {
  const auto kept = find_kept(file, kept_profiles);
  if (!kept) return std::nullopt;
  try {
    return profile_from_json(*kept);
  } catch (const Error&) {
    return std::nullopt;
  }
}

DataProfile kept_or_profiled(const std::filesystem::path& file, const ByteSource& source,
                             const formats::TableOptions& options, std::size_t most_top) {
  if (auto kept = kept_profile(file)) return std::move(*kept);
  DataProfile made = profile_table(source, options, most_top);
  keep_found(file, kept_profiles, profile_to_json(made));
  return made;
}

}  // namespace mlops::app
