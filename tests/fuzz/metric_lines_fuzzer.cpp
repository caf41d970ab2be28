// A metrics file as a training may leave it: read to its end, and as far as it is whole.
#include "fuzzing.hpp"

#include <cmath>

#include <mlops/formats/metrics.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/json.hpp>

using namespace mlops;

namespace {

const domain::BestOf best{{"auc", domain::Goal::maximum}};

void check(const formats::RunMetrics& read) {
  for (const auto& [name, value] : read.metrics) fuzzing::require(!name.empty() && std::isfinite(value));
  for (const auto& [name, curve] : read.series) {
    fuzzing::require(!curve.empty() && curve.begin()->first >= 0 && read.metrics.contains(name));
  }
  fuzzing::require(domain::points_of(read.series) <= domain::most_series_points);
  if (!read.series.empty()) fuzzing::require(domain::series_from_json(domain::to_json(read.series)) == read.series);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzzing::text_of(fuzzing::bytes_of(data, size));
  try {
    check(formats::parse_run_metrics(text, "metrics", best));
  } catch (const Error&) {
    return 0;
  }
  return 0;
}
