#include <mlops/app/dataset_profile.hpp>

#include <algorithm>
#include <map>
#include <utility>

#include "column_profiler.hpp"
#include "data_source.hpp"
#include "profile_cache.hpp"

namespace mlops::app {

namespace {

// The columns of the rows that one thread reads.
class LaneProfiler {
 public:
  explicit LaneProfiler(std::uint64_t seed) : seed_{seed} {}

  void take(const formats::Columns& names, const formats::RowBatch& batch) {
    while (columns_.size() < names.size()) columns_.emplace_back(names[columns_.size()], ++seed_);
    for (std::size_t i = 0; i < names.size(); ++i) columns_[i].add(batch.columns[i]);
  }
  [[nodiscard]] const std::vector<ColumnProfiler>& columns() const { return columns_; }

 private:
  std::uint64_t seed_;
  std::vector<ColumnProfiler> columns_;
};

std::vector<ColumnProfiler> merged(const std::vector<LaneProfiler>& lanes, const formats::Columns& names) {
  std::vector<ColumnProfiler> columns;
  std::map<std::string_view, std::size_t> places;
  columns.reserve(names.size());
  for (const std::string& name : names) {
    places.emplace(name, columns.size());
    columns.emplace_back(name, columns.size() + 1);
  }
  for (const LaneProfiler& lane : lanes) {
    for (const ColumnProfiler& column : lane.columns()) columns[places.at(column.name())].merge(column);
  }
  return columns;
}

}  // namespace

DataProfile profile_table(const ByteSource& source, const formats::TableOptions& options, std::size_t most_top) {
  std::vector<LaneProfiler> lanes;
  std::vector<formats::RowVisitor> visitors;
  const formats::Columns first = formats::table_columns(source, options, formats::LookAt::beginning);
  const std::size_t threads = threads_for_columns(first.size());
  lanes.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) {
    LaneProfiler& lane = lanes.emplace_back((i + 1) << 32);
    visitors.emplace_back(
        [&lane](const formats::Columns& columns, const formats::RowBatch& batch) { lane.take(columns, batch); });
  }
  DataProfile profile;
  profile.bytes = source.size();
  profile.facts = formats::read_table(source, options, visitors);
  for (const ColumnProfiler& column : merged(lanes, profile.facts.columns)) {
    profile.columns.push_back(column.profile(profile.facts.rows, most_top));
  }
  return profile;
}

ProfileOutcome profile_dataset(const Context& context, const DataRequest& request, std::size_t most_top) {
  const DataSource data = open_data(context, request);
  ProfileOutcome outcome{.source = request.data, .dataset = data.dataset, .profile = {}};
  if (data.digest) {
    const auto file = place_of_profile(data.workspace->registry(), *data.digest, data.options, most_top);
    outcome.profile = kept_or_profiled(file, *data.bytes, data.options, most_top);
  } else {
    outcome.profile = profile_table(*data.bytes, data.options, most_top);
  }
  return outcome;
}

}  // namespace mlops::app
