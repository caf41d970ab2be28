#include "batch_counts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <variant>

#include <mlops/formats/table_value.hpp>
#include <mlops/stats/sketch_top.hpp>

#include "table_lanes.hpp"

namespace mlops::app {

namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t longest_unseen = 64;

// Cut between characters.
std::string_view beginning_of(std::string_view text) {
  constexpr unsigned continuation = 0x80;
  if (text.size() <= longest_unseen) return text;
  std::size_t size = longest_unseen;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == continuation) --size;
  return text.substr(0, size);
}

void note_unseen(std::string_view text, std::vector<std::string>& unseen) {
  const std::string_view part = beginning_of(text);
  const auto place = std::ranges::lower_bound(unseen, part, std::ranges::less{},
                                              [](const std::string& known) -> std::string_view { return known; });
  if (place != unseen.end() && *place == part) return;
  if (unseen.size() == most_unseen && place == unseen.end()) return;
  unseen.insert(place, std::string{part});
  if (unseen.size() > most_unseen) unseen.pop_back();
}

}  // namespace

BatchCounter::BatchCounter(const FrozenReference& reference) : reference_{reference} {
  for (const FrozenColumn& column : reference.columns) {
    by_name_.emplace(column.name, columns_.size());
    columns_.push_back({.counts = stats::Histogram{column.counts.bins()}, .unseen = {}});
  }
}

void BatchCounter::find_places(const formats::Columns& names) {
  while (places_.size() < names.size()) {
    const auto found = by_name_.find(names[places_.size()]);
    places_.push_back(found == by_name_.end() ? not_there : found->second);
  }
}

void BatchCounter::take(const formats::Columns& names, const formats::RowBatch& batch, std::size_t begin,
                        std::size_t end) {
  find_places(names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (places_[i] == not_there) continue;
    ColumnCounts& column = columns_[places_[i]];
    // A key of JSON Lines that turns up late: the rows before don't have it.
    if (column.counts.rows() < rows_) column.missing += rows_ - column.counts.rows();
    if (std::holds_alternative<stats::NumberBins>(column.counts.bins())) {
      numbers_.assign(rows_ - std::min(rows_, column.counts.rows()), no_number);
      add_numbers(std::span{batch.columns[i]}.subspan(begin, end - begin), column);
    } else {
      column.counts.add_missing(rows_ - std::min(rows_, column.counts.rows()));
      add_texts(std::span{batch.columns[i]}.subspan(begin, end - begin), reference_.columns[places_[i]], column);
    }
  }
  rows_ += end - begin;
}

// What is no finite number says nothing of a distance: it has a bin of its own.
void BatchCounter::add_numbers(std::span<const formats::Cell> cells, ColumnCounts& column) {
  for (const formats::Cell& cell : cells) {
    if (cell.kind == formats::CellKind::missing) {
      ++column.missing;
      numbers_.push_back(no_number);
      continue;
    }
    const formats::Value value = formats::value_of(cell);
    const bool is_number = formats::is_numeric(value.type) && std::isfinite(value.number);
    if (!is_number) ++column.unfit;
    numbers_.push_back(is_number ? value.number : no_number);
  }
  column.counts.add(numbers_);
}

void BatchCounter::add_texts(std::span<const formats::Cell> cells, const FrozenColumn& reference,
                             ColumnCounts& column) {
  const std::size_t other = std::get<stats::TextBins>(column.counts.bins()).other_index();
  for (const formats::Cell& cell : cells) {
    if (cell.kind == formats::CellKind::missing) {
      ++column.missing;
      column.counts.add_missing();
      continue;
    }
    const std::uint64_t others = column.counts.counts()[other];
    column.counts.add(stats::TopValues::kept_part(cell.text));
    if (!reference.names_rows && column.counts.counts()[other] != others) note_unseen(cell.text, column.unseen);
  }
}

void BatchCounter::merge(const BatchCounter& other) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    columns_[i].counts.merge(other.columns_[i].counts);
    columns_[i].missing += other.columns_[i].missing;
    columns_[i].unfit += other.columns_[i].unfit;
    for (const std::string& text : other.columns_[i].unseen) note_unseen(text, columns_[i].unseen);
  }
  rows_ += other.rows_;
}

BatchCounts BatchCounter::counts(const formats::Columns& columns) const {
  BatchCounts result{.rows = rows_, .columns = columns_, .others = {}};
  for (std::size_t i = 0; i < result.columns.size(); ++i) {
    ColumnCounts& column = result.columns[i];
    column.is_there = std::ranges::find(columns, reference_.columns[i].name) != columns.end();
    if (!column.is_there) continue;
    const std::uint64_t lacking = rows_ - column.counts.rows();
    column.missing += lacking;
    if (std::holds_alternative<stats::TextBins>(column.counts.bins())) {
      column.counts.add_missing(lacking);
    } else {
      for (std::uint64_t row = 0; row < lacking; ++row) column.counts.add(no_number);
    }
  }
  for (const std::string& name : columns) {
    if (!by_name_.contains(name)) result.others.push_back(name);
  }
  return result;
}

BatchCounts count_batch(const FrozenReference& reference, const ByteSource& source,
                        const formats::TableOptions& options) {
  std::vector<BatchCounter> lanes;
  const formats::TableFacts facts =
      read_on_lanes(source, options, lanes, [&](std::size_t) { return BatchCounter{reference}; });
  BatchCounter all{reference};
  for (const BatchCounter& lane : lanes) all.merge(lane);
  return all.counts(facts.columns);
}

CountedTable counted_table(const FrozenReference& reference, BatchCounts counts) {
  CountedTable counted{.rows = counts.rows, .columns = {}, .others = std::move(counts.others)};
  for (std::size_t i = 0; i < reference.columns.size(); ++i) {
    if (!counts.columns[i].is_there) continue;
    counted.columns.emplace_back(reference.columns[i].name, std::move(counts.columns[i].counts));
  }
  return counted;
}

}  // namespace mlops::app
