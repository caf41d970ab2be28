#include "frozen_reference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <variant>

#include <mlops/formats/table_value.hpp>
#include <mlops/stats/sketch_distinct.hpp>
#include <mlops/stats/sketch_moments.hpp>
#include <mlops/stats/sketch_quantiles.hpp>
#include <mlops/stats/sketch_top.hpp>

#include "column_kinds.hpp"
#include "data_source.hpp"

namespace mlops::app {

namespace {

constexpr std::size_t most_bins = 256;
constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

// What has to be known of a column before its bins can be cut.
class ColumnSketch {
 public:
  explicit ColumnSketch(std::uint64_t seed) : quantiles_{stats::QuantileSketch::default_size, seed} {}

  void add(std::span<const formats::Cell> cells) {
    batch_.clear();
    for (const formats::Cell& cell : cells) {
      if (cell.kind == formats::CellKind::missing) continue;
      add_value(formats::value_of(cell));
      const std::uint64_t hash = stats::hash_text(cell.text);
      distinct_.add(hash);
      top_.add(hash, cell.text);
    }
    moments_.add(batch_);
    quantiles_.add(batch_);
  }

  void merge(const ColumnSketch& other) {
    type_ = formats::widened(type_, other.type_);
    for (const double code : other.codes_) note_code(code);
    moments_.merge(other.moments_);
    quantiles_.merge(other.quantiles_);
    distinct_.merge(other.distinct_);
    top_.merge(other.top_);
  }

  [[nodiscard]] FrozenColumn frozen(const std::string& name, std::uint64_t rows) const {
    if (formats::is_numeric(type_) && codes_.size() > most_codes) {
      return {.name = name, .names_rows = false, .counts = stats::Histogram{cuts()}, .deviation = deviation()};
    }
    stats::TextCounts counts;
    for (const auto& entry : top_.entries()) counts.emplace(entry.text, entry.count);
    return {.name = name,
            .names_rows = name_their_rows(distinct_.count(), rows),
            .counts = stats::Histogram{stats::TextBins::of(counts, stats::TopValues::default_size)},
            .deviation = 0};
  }

 private:
  void add_value(const formats::Value& value) {
    type_ = formats::widened(type_, value.type);
    if (!formats::is_numeric(type_)) return;
    note_code(value.number);
    if (std::isfinite(value.number)) batch_.push_back(value.number);
  }

  void note_code(double code) {
    if (codes_.size() <= most_codes) codes_.insert(code);
  }

  // The smallest and the largest are known, where the sketch may have let go of them.
  [[nodiscard]] stats::NumberBins cuts() const {
    const stats::QuantileSketch::View view = quantiles_.view();
    if (moments_.count() == 0) return stats::NumberBins{};
    std::vector<double> quantiles;
    for (std::size_t i = 0; i <= most_bins; ++i) {
      const double value = view.quantile(static_cast<double>(i) / most_bins);
      quantiles.push_back(std::clamp(value, moments_.min(), moments_.max()));
    }
    quantiles.front() = moments_.min();
    quantiles.back() = moments_.max();
    return stats::NumberBins::at(quantiles);
  }

  [[nodiscard]] double deviation() const {
    const auto n = static_cast<double>(moments_.count());
    return n > 1 ? moments_.standard_deviation() * std::sqrt((n - 1) / n) : 0;
  }

  formats::ValueType type_ = formats::ValueType::empty;
  std::set<double> codes_;  // at most one more than a column of codes has
  std::vector<double> batch_;
  stats::Moments moments_;
  stats::QuantileSketch quantiles_;
  stats::DistinctCounter distinct_;
  stats::TopValues top_;
};

class SketchLane {
 public:
  explicit SketchLane(std::uint64_t seed) : seed_{seed} {}

  void take(const formats::Columns& names, const formats::RowBatch& batch) {
    while (columns_.size() < names.size()) columns_.emplace_back(++seed_);
    for (std::size_t i = 0; i < names.size(); ++i) columns_[i].add(batch.columns[i]);
    if (names_.size() < names.size()) names_ = names;
  }

  void merge_into(std::map<std::string, ColumnSketch>& all) const {
    for (std::size_t i = 0; i < columns_.size(); ++i) all.at(names_[i]).merge(columns_[i]);
  }

 private:
  std::uint64_t seed_;
  formats::Columns names_;
  std::vector<ColumnSketch> columns_;
};

// The rows that one thread counts.
class CountingLane {
 public:
  explicit CountingLane(const FrozenReference& reference) {
    for (const FrozenColumn& column : reference.columns) counts_.emplace(column.name, column.counts.bins());
  }

  void take(const formats::Columns& names, const formats::RowBatch& batch) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto found = counts_.find(names[i]);
      if (found == counts_.end()) continue;
      if (std::holds_alternative<stats::NumberBins>(found->second.bins())) {
        add_numbers(batch.columns[i], found->second);
      } else {
        add_texts(batch.columns[i], found->second);
      }
    }
  }

  [[nodiscard]] const stats::Histogram& of(const std::string& name) const { return counts_.at(name); }

 private:
  // What is no finite number says nothing of a distance: it has a bin of its own.
  void add_numbers(std::span<const formats::Cell> cells, stats::Histogram& counts) {
    numbers_.clear();
    for (const formats::Cell& cell : cells) {
      const bool is_missing = cell.kind == formats::CellKind::missing;
      const formats::Value value = is_missing ? formats::Value{} : formats::value_of(cell);
      const bool is_number = formats::is_numeric(value.type) && std::isfinite(value.number);
      numbers_.push_back(is_number ? value.number : no_number);
    }
    counts.add(numbers_);
  }

  static void add_texts(std::span<const formats::Cell> cells, stats::Histogram& counts) {
    for (const formats::Cell& cell : cells) {
      if (cell.kind == formats::CellKind::missing) {
        counts.add_missing();
      } else {
        counts.add(stats::TopValues::kept_part(cell.text));
      }
    }
  }

  std::map<std::string, stats::Histogram> counts_;
  std::vector<double> numbers_;
};

// Rows of JSON Lines before the first that has the key.
void add_rows_without(std::uint64_t rows, stats::Histogram& counts) {
  if (std::holds_alternative<stats::TextBins>(counts.bins())) {
    counts.add_missing(rows - counts.rows());
    return;
  }
  while (counts.rows() < rows) counts.add(no_number);
}

template <typename Lane, typename Make>
formats::TableFacts read_on_lanes(const ByteSource& source, const formats::TableOptions& options,
                                  std::vector<Lane>& lanes, Make make_lane) {
  const formats::Columns first = formats::table_columns(source, options, formats::LookAt::beginning);
  const std::size_t threads = threads_for_columns(first.size());
  std::vector<formats::RowVisitor> visitors;
  lanes.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) {
    lanes.push_back(make_lane(i));
    Lane& lane = lanes.back();
    visitors.emplace_back(
        [&lane](const formats::Columns& columns, const formats::RowBatch& batch) { lane.take(columns, batch); });
  }
  return formats::read_table(source, options, visitors);
}

}  // namespace

const FrozenColumn* FrozenReference::find(std::string_view name) const {
  const auto found = std::ranges::find(columns, name, &FrozenColumn::name);
  return found == columns.end() ? nullptr : &*found;
}

const stats::Histogram* CountedTable::find(std::string_view name) const {
  const auto found =
      std::ranges::find(columns, name, [](const auto& column) -> std::string_view { return column.first; });
  return found == columns.end() ? nullptr : &found->second;
}

FrozenReference freeze_table(const ByteSource& source, const formats::TableOptions& options) {
  std::vector<SketchLane> lanes;
  const formats::TableFacts facts = read_on_lanes(
      source, options, lanes, [](std::size_t lane) { return SketchLane{(std::uint64_t{lane} + 1) << 32}; });
  std::map<std::string, ColumnSketch> sketches;
  for (const std::string& name : facts.columns) sketches.emplace(name, sketches.size() + 1);
  for (const SketchLane& lane : lanes) lane.merge_into(sketches);

  FrozenReference reference{.rows = facts.rows, .columns = {}};
  for (const std::string& name : facts.columns) reference.columns.push_back(sketches.at(name).frozen(name, facts.rows));
  CountedTable counted = count_into(reference, source, options);
  for (std::size_t i = 0; i < counted.columns.size(); ++i) {
    reference.columns[i].counts = std::move(counted.columns[i].second);
  }
  return reference;
}

CountedTable count_into(const FrozenReference& reference, const ByteSource& source,
                        const formats::TableOptions& options) {
  std::vector<CountingLane> lanes;
  const formats::TableFacts facts =
      read_on_lanes(source, options, lanes, [&](std::size_t) { return CountingLane{reference}; });
  CountedTable counted{.rows = facts.rows, .columns = {}, .others = {}};
  for (const FrozenColumn& column : reference.columns) {
    if (std::ranges::find(facts.columns, column.name) == facts.columns.end()) continue;
    stats::Histogram counts{column.counts.bins()};
    for (const CountingLane& lane : lanes) counts.merge(lane.of(column.name));
    add_rows_without(facts.rows, counts);
    counted.columns.emplace_back(column.name, std::move(counts));
  }
  for (const std::string& name : facts.columns) {
    if (reference.find(name) == nullptr) counted.others.push_back(name);
  }
  return counted;
}

}  // namespace mlops::app
