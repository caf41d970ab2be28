#include "class_counts.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "row_places.hpp"

namespace mlops::app {

namespace {

constexpr std::size_t most_classes = 10'000;

const std::vector<formats::Cell>* label_cells(const formats::Columns& columns, const formats::RowBatch& batch,
                                              const std::string& label) {
  const auto found = std::ranges::find(columns, label);
  return found == columns.end() ? nullptr : &batch.columns[static_cast<std::size_t>(found - columns.begin())];
}

}  // namespace

void count_classes(const formats::Columns& columns, const formats::RowBatch& batch, const std::string& label,
                   ClassCounts& classes) {
  const auto* const cells = label_cells(columns, batch, label);
  if (cells == nullptr) return;
  for (const formats::Cell& cell : *cells) {
    if (cell.kind == formats::CellKind::missing) continue;
    const auto known = classes.find(cell.text);
    if (known != classes.end()) {
      ++known->second;
      continue;
    }
    if (classes.size() == most_classes) {
      throw Error{ErrorKind::usage,
                  fmt::format("column `{}` has more than {} values: is it the label?", printable(label), most_classes)};
    }
    classes.emplace(std::string{cell.text}, 1);
  }
}

std::uint64_t total(const ClassCounts& classes) {
  std::uint64_t sum = 0;
  for (const auto& [value, count] : classes) sum += count;
  return sum;
}

ClassTable read_classes(const ByteSource& bytes, const formats::TableOptions& options, const std::string& label) {
  ClassTable table;
  std::map<std::string, RowPlace, std::less<>> places;
  const formats::RowVisitor visitor = [&](const formats::Columns& columns, const formats::RowBatch& batch) {
    count_classes(columns, batch, label, table.classes);
    const auto* const cells = label_cells(columns, batch, label);
    if (cells == nullptr || places.size() == table.classes.size()) return;
    for (std::size_t row = 0; row < batch.rows; ++row) {
      const formats::Cell& cell = (*cells)[row];
      if (cell.kind == formats::CellKind::missing || places.contains(cell.text)) continue;
      places.emplace(std::string{cell.text}, place_of(batch.chunk, batch.row_in_chunk + row));
    }
  };
  const formats::TableFacts facts = formats::read_table(bytes, options, visitor);
  require_column(facts.columns, label, options.name);
  for (const auto& [value, place] : places) table.first_rows.emplace(value, row_at(facts, place));
  return table;
}

void require_column(const formats::Columns& columns, const std::string& column, const std::string& table) {
  if (std::ranges::find(columns, column) != columns.end()) return;
  Error error{ErrorKind::usage, fmt::format("{} has no column `{}`", printable(table), printable(column))};
  if (const auto near = near_miss(column, columns)) error.add_hint(fmt::format("did you mean `{}`?", printable(*near)));
  throw error;
}

}  // namespace mlops::app
