#include <mlops/domain/series.hpp>

#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/error.hpp>

namespace mlops::domain {

std::size_t points_of(const Series& series) {
  std::size_t points = 0;
  for (const auto& [metric, curve] : series) points += curve.size();
  return points;
}

double final_value(const Curve& curve, const std::string& metric, const BestOf& best) {
  const auto goal = best.find(metric);
  if (goal == best.end()) return curve.rbegin()->second;
  double value = curve.begin()->second;
  for (const auto& [step, other] : curve) {
    if (is_better(goal->second, other, value)) value = other;
  }
  return value;
}

Json to_json(const Series& series) {
  Json curves = Json::object();
  for (const auto& [metric, curve] : series) {
    Json points = Json::array();
    for (const auto& [step, value] : curve) points.push_back(Json::array({step, value}));
    curves.set(metric, std::move(points));
  }
  return Json::object({{"series", std::move(curves)}});
}

Series series_from_json(const Json& json) {
  Series series;
  try {
    for (const auto& [metric, points] : json.at("series").as_object()) {
      Curve& curve = series[metric];
      for (const Json& point : points.as_array()) {
        const auto& pair = point.as_array();
        if (pair.size() != 2) throw Error{ErrorKind::failed, "a point is no pair"};
        curve.insert_or_assign(pair[0].as_integer(), pair[1].as_double());
      }
    }
  } catch (const Error& error) {
    throw Error{ErrorKind::integrity, fmt::format("a series of metrics is damaged: {}", error.message())};
  }
  return series;
}

}  // namespace mlops::domain
