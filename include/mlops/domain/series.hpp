// Metrics over the steps of a training.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include <mlops/domain/objective.hpp>
#include <mlops/domain/records.hpp>

namespace mlops::domain {

// By step, ascending. A training that goes on from a checkpoint takes steps again; what it said last counts.
using Curve = std::map<std::int64_t, double>;
using Series = std::map<std::string, Curve>;  // by metric

// Of all metrics together: a run keeps no more.
inline constexpr std::size_t most_series_points = 1'000'000;

std::size_t points_of(const Series& series);
// The value that counts as the run's metric, of a curve that is not empty: its best where `best` says so, else its
// last.
double final_value(const Curve& curve, const std::string& metric, const BestOf& best);

// {"series": {"loss": [[1, 0.7], [2, 0.6]]}}, and back; Error{integrity} for another shape.
Json to_json(const Series& series);
Series series_from_json(const Json& json);

}  // namespace mlops::domain
