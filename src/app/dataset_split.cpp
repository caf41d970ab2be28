// Training data against test data: whether the test tells anything.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/core.h>

#include <mlops/app/dataset_check.hpp>
#include <mlops/stats/sketch_distinct.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "class_counts.hpp"
#include "data_source.hpp"
#include "row_places.hpp"

namespace mlops::app {

namespace {

// Where the shared columns stand in one of the tables.
std::vector<std::size_t> places_of(const formats::Columns& shared, const formats::Columns& columns) {
  std::vector<std::size_t> places;
  for (const std::string& name : shared)
    places.push_back(static_cast<std::size_t>(std::ranges::find(columns, name) - columns.begin()));
  return places;
}

// Cells that spell the same are the same.
std::uint64_t row_hash(const formats::RowBatch& batch, const std::vector<std::size_t>& places, std::size_t row) {
  std::uint64_t hash = 0;
  for (const std::size_t place : places) {
    const bool is_there = place < batch.columns.size() && batch.columns[place][row].kind != formats::CellKind::missing;
    const std::uint64_t own = is_there ? stats::hash_text(batch.columns[place][row].text) : 1;
    const std::array<std::uint64_t, 2> both{hash, own};
    hash = stats::hash_text({reinterpret_cast<const char*>(both.data()), sizeof both});
  }
  return hash;
}

// What one thread finds in the rows of either table.
struct LaneRows {
  std::vector<std::uint64_t> hashes;
  Tally leaked;
  ClassCounts classes;
};

template <typename Visit>
formats::TableFacts read_in_lanes(const ByteSource& bytes, const formats::TableOptions& options,
                                  std::vector<LaneRows>& lanes, const Visit& visit) {
  std::vector<formats::RowVisitor> visitors;
  for (LaneRows& lane : lanes) {
    visitors.emplace_back([&lane, &visit](const formats::Columns& columns, const formats::RowBatch& batch) {
      visit(lane, columns, batch);
    });
  }
  return formats::read_table(bytes, options, visitors);
}

ClassCounts merged_classes(const std::vector<LaneRows>& lanes) {
  ClassCounts classes;
  for (const LaneRows& lane : lanes) {
    for (const auto& [value, count] : lane.classes) classes[value] += count;
  }
  return classes;
}

void compare_classes(const ClassCounts& train, const ClassCounts& test, const std::string& label,
                     std::vector<Anomaly>& anomalies) {
  const auto train_rows = static_cast<double>(total(train));
  const auto test_rows = static_cast<double>(total(test));
  const auto put = [&](AnomalyCode code, std::uint64_t count, std::optional<double> share, std::string what) {
    anomalies.push_back(
        {.code = code, .column = label, .count = count, .share = share, .what = std::move(what), .examples = {}});
  };
  double largest = 0;
  std::string most_shifted;
  for (const auto& [value, count] : train) {
    const auto found = test.find(value);
    if (found == test.end())
      put(AnomalyCode::class_missing, 0, {}, fmt::format("no test row has {}", printable(value)));
    const double other = found == test.end() || test_rows == 0 ? 0 : static_cast<double>(found->second) / test_rows;
    const double own = static_cast<double>(count) / train_rows;
    if (std::abs(other - own) <= largest) continue;
    largest = std::abs(other - own);
    most_shifted = fmt::format("{} is {:.1f}% of the training rows and {:.1f}% of the test rows", printable(value),
                               100 * own, 100 * other);
  }
  for (const auto& [value, count] : test) {
    if (train.contains(value)) continue;
    put(AnomalyCode::class_new, count, static_cast<double>(count) / test_rows,
        fmt::format("no training row has {}", printable(value)));
  }
  if (largest > largest_class_shift) put(AnomalyCode::class_balance, 0, {}, most_shifted);
}

formats::Columns shared_columns(const ByteSource& train, const formats::TableOptions& train_options,
                                const ByteSource& test, const formats::TableOptions& test_options,
                                const std::optional<std::string>& label) {
  formats::Columns shared = formats::table_columns(train, train_options);
  const formats::Columns others = formats::table_columns(test, test_options);
  std::erase_if(shared, [&](const auto& name) { return std::ranges::find(others, name) == others.end(); });
  if (shared.empty()) throw Error{ErrorKind::usage, "training and test data have no column in common"};
  if (!label || std::ranges::find(shared, *label) != shared.end()) return shared;
  throw Error{ErrorKind::usage,
              fmt::format("training and test data have no common column `{}`", printable(*label)),
              {fmt::format("they share {}", truncate_to_width(printable(join(shared, ", ")), 200))}};
}

std::vector<std::uint64_t> sorted_hashes(std::vector<LaneRows>& lanes) {
  std::vector<std::uint64_t> hashes;
  for (LaneRows& lane : lanes) {
    hashes.insert(hashes.end(), lane.hashes.begin(), lane.hashes.end());
    lane.hashes = {};
  }
  std::ranges::sort(hashes);
  return hashes;
}

void report_leaked(const std::vector<LaneRows>& lanes, const formats::TableFacts& facts,
                   std::vector<Anomaly>& anomalies) {
  Tally leaked;
  for (const LaneRows& lane : lanes) leaked.merge(lane.leaked);
  if (leaked.count() == 0) return;
  anomalies.push_back({.code = AnomalyCode::leakage,
                       .column = "",
                       .count = leaked.count(),
                       .share = static_cast<double>(leaked.count()) / static_cast<double>(facts.rows),
                       .what = "the test row stands in the training data, too",
                       .examples = leaked.examples(facts)});
}

}  // namespace

std::vector<Anomaly> check_split(const ByteSource& train, const formats::TableOptions& train_options,
                                 const ByteSource& test, const formats::TableOptions& test_options,
                                 const std::optional<std::string>& label) {
  const formats::Columns shared = shared_columns(train, train_options, test, test_options, label);
  std::vector<LaneRows> train_lanes(table_threads);
  read_in_lanes(train, train_options, train_lanes, [&](LaneRows& lane, const auto& columns, const auto& batch) {
    const auto places = places_of(shared, columns);
    for (std::size_t row = 0; row < batch.rows; ++row) lane.hashes.push_back(row_hash(batch, places, row));
    if (label) count_classes(columns, batch, *label, lane.classes);
  });
  const std::vector<std::uint64_t> known = sorted_hashes(train_lanes);

  std::vector<LaneRows> lanes(table_threads);
  const auto look = [&](LaneRows& lane, const auto& columns, const auto& batch) {
    const auto places = places_of(shared, columns);
    for (std::size_t row = 0; row < batch.rows; ++row) {
      if (std::ranges::binary_search(known, row_hash(batch, places, row)))
        lane.leaked.add(place_of(batch.chunk, batch.row_in_chunk + row), "");
    }
    if (label) count_classes(columns, batch, *label, lane.classes);
  };
  const formats::TableFacts facts = read_in_lanes(test, test_options, lanes, look);

  std::vector<Anomaly> anomalies;
  report_leaked(lanes, facts, anomalies);
  if (label) compare_classes(merged_classes(train_lanes), merged_classes(lanes), *label, anomalies);
  return anomalies;
}

}  // namespace mlops::app
