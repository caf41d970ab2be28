#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <mlops/stats/bins.hpp>
#include <mlops/support/error.hpp>

namespace mlops::stats {

namespace {

constexpr std::int64_t histogram_version = 1;
constexpr double json_infinity = std::numeric_limits<double>::infinity();

Json extreme_to_json(const std::optional<double>& value) {
  if (!value) return {};
  if (std::isinf(*value)) return Json{*value > 0 ? "Infinity" : "-Infinity"};
  return Json{*value};
}

std::optional<double> extreme_from_json(const Json* json) {
  if (json == nullptr || json->is_null()) return std::nullopt;
  if (!json->is_string()) return json->as_double();
  if (json->as_string() == "Infinity") return json_infinity;
  if (json->as_string() == "-Infinity") return -json_infinity;
  throw Error{ErrorKind::usage, fmt::format("\"{}\" is not a number", json->as_string())};
}

Json counts_to_json(std::span<const std::uint64_t> counts) {
  Json::Array items;
  items.reserve(counts.size());
  for (const std::uint64_t count : counts) items.emplace_back(count);
  return Json{std::move(items)};
}

NumberBins number_bins_from_json(const Json& json) {
  std::vector<double> points;
  for (const Json& point : json.at("points").as_array()) points.push_back(point.as_double());
  std::sort(points.begin(), points.end());
  std::vector<Cut> cuts;
  std::size_t found = 0;
  for (const Json& cut : json.at("cuts").as_array()) {
    const double value = cut.as_double();
    const bool is_point = std::binary_search(points.begin(), points.end(), value);
    found += is_point ? 1 : 0;
    cuts.push_back({.value = value, .is_point = is_point});
  }
  if (found != points.size()) throw Error{ErrorKind::usage, "a point of the bins is not among their cuts"};
  return NumberBins{std::move(cuts)};
}

Bins bins_from_json(const Json& json) {
  const std::string& type = json.at("type").as_string();
  if (type == "number") return number_bins_from_json(json);
  if (type != "text") throw Error{ErrorKind::usage, fmt::format("bins of the type \"{}\" are unknown", type)};
  std::vector<std::string> values;
  for (const Json& value : json.at("values").as_array()) values.push_back(value.as_string());
  return TextBins{std::move(values)};
}

Json bins_to_json(const NumberBins& bins) {
  Json json = Json::object({{"version", histogram_version}, {"type", "number"}});
  Json::Array cuts;
  Json::Array points;
  for (const Cut& cut : bins.cuts()) {
    cuts.emplace_back(cut.value);
    if (cut.is_point) points.emplace_back(cut.value);
  }
  json.set("cuts", std::move(cuts));
  json.set("points", std::move(points));
  return json;
}

Json bins_to_json(const TextBins& bins) {
  Json::Array values;
  for (const std::string& value : bins.values()) values.emplace_back(value);
  return Json::object({{"version", histogram_version}, {"type", "text"}, {"values", std::move(values)}});
}

void demand_version(const Json& json) {
  const std::int64_t version = json.at("version").as_integer();
  if (version == histogram_version) return;
  throw Error{ErrorKind::usage,
              fmt::format("the bins are of version {}, and only version {} is known", version, histogram_version),
              {"a newer mlops may have written them"}};
}

}  // namespace

Json to_json(const Histogram& histogram) {
  Json json = std::visit([](const auto& bins) { return bins_to_json(bins); }, histogram.bins());
  json.set("counts", counts_to_json(histogram.counts()));
  if (std::holds_alternative<NumberBins>(histogram.bins())) {
    json.set("smallest", extreme_to_json(histogram.smallest()));
    json.set("largest", extreme_to_json(histogram.largest()));
  }
  return json;
}

Histogram histogram_from_json(const Json& json) try {
  demand_version(json);
  Histogram histogram{bins_from_json(json)};
  const Json::Array& counts = json.at("counts").as_array();
  if (counts.size() != histogram.counts_.size()) {
    throw Error{ErrorKind::usage,
                fmt::format("there are {} counts for {} bins", counts.size(), histogram.counts_.size())};
  }
  for (std::size_t bin = 0; bin < counts.size(); ++bin) {
    const std::int64_t count = counts[bin].as_integer();
    if (count < 0) throw Error{ErrorKind::usage, fmt::format("a bin counts {} rows", count)};
    histogram.count(bin, static_cast<std::uint64_t>(count));
  }
  histogram.smallest_ = extreme_from_json(json.find("smallest"));
  histogram.largest_ = extreme_from_json(json.find("largest"));
  return histogram;
} catch (Error& error) {
  // A missing member or one of a wrong type is as much the input's fault as the rest.
  if (error.kind() == ErrorKind::usage) throw;
  throw Error{ErrorKind::usage, error.message(), error.hints()};
}

}  // namespace mlops::stats
