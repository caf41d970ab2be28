// Metrics and params files that training code wrote.
#pragma once

#include <filesystem>
#include <string_view>

#include <mlops/domain/records.hpp>
#include <mlops/domain/series.hpp>

namespace mlops::formats {

// A JSON object of numbers; nested objects are joined by dots. Anything else that a metric can't be (text, NaN, null,
// lists) is Error{usage} "FILE: metric `x.y` is …". `source` names the file.
domain::Metrics parse_metrics(std::string_view text, std::string_view source);
domain::Metrics read_metrics(const std::filesystem::path& path);

// What a training left in its metrics file: one JSON object as above, or JSON Lines, an object of numbers a line. The
// `step` of a line says where in the training its metrics were taken; a line without one has the last word. Steps are
// whole numbers from 0 on.
struct RunMetrics {
  domain::Metrics metrics;
  domain::Series series;  // empty for a file of one object
};
RunMetrics parse_run_metrics(std::string_view text, std::string_view source, const domain::BestOf& best);
RunMetrics read_run_metrics(const std::filesystem::path& path, const domain::BestOf& best);

// Of JSON Lines that are still being written, or whose writer was ended: what is no whole line yet, or no line of
// metrics, is passed over. Nothing for a file of one object, and for none.
RunMetrics read_run_metrics_so_far(const std::filesystem::path& path, const domain::BestOf& best);

// A JSON object of numbers, text, booleans and lists of these; nested objects are joined by dots.
domain::Params parse_params(std::string_view text, std::string_view source);
domain::Params read_params(const std::filesystem::path& path);

}  // namespace mlops::formats
