#include "frozen_reference.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <mlops/formats/table_value.hpp>
#include <mlops/stats/sketch_distinct.hpp>
#include <mlops/stats/sketch_moments.hpp>
#include <mlops/stats/sketch_quantiles.hpp>
#include <mlops/stats/sketch_top.hpp>

#include "batch_counts.hpp"
#include "column_kinds.hpp"
#include "table_lanes.hpp"

namespace mlops::app {

namespace {

constexpr std::size_t most_bins = 256;

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
  return counted_table(reference, count_batch(reference, source, options));
}

}  // namespace mlops::app
