#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include <fmt/core.h>

#include <mlops/formats/table.hpp>
#include <mlops/formats/table_value.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::formats {

namespace {

std::vector<std::string> names_of(const std::vector<LoadedColumn>& columns) {
  std::vector<std::string> names;
  for (const LoadedColumn& column : columns) names.push_back(column.name);
  return names;
}

[[noreturn]] void fail_column(const std::string& source, const std::string& name, const Columns& known) {
  Error error{ErrorKind::usage, fmt::format("{} has no column `{}`", printable(source), printable(name))};
  if (const auto near = near_miss(name, known)) {
    error.add_hint(fmt::format("did you mean `{}`?", printable(*near)));
  } else {
    error.add_hint(fmt::format("it has {}", truncate_to_width(printable(join(known, ", ")), 200)));
  }
  throw error;
}

// Puts the columns that are wanted into memory.
class Loader {
 public:
  Loader(std::string source, const TableLimits& limits) : limits_{limits} { table_.source = std::move(source); }

  void take(const Columns& columns, const RowBatch& batch) {
    for (std::size_t i = places_.size(); i < columns.size(); ++i) places_.push_back(place_of(columns[i]));
    require_room("rows", limits_.rows, table_.rows + batch.rows);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (places_[i] != not_wanted) append(table_.columns[places_[i]], batch.columns[i]);
    }
    table_.rows += batch.rows;
    // A key of JSON that these lines don't have.
    for (LoadedColumn& column : table_.columns) fill(column);
  }

  Table finish(const Columns& columns) {
    for (std::size_t i = places_.size(); i < columns.size(); ++i) places_.push_back(place_of(columns[i]));
    for (const std::string& name : limits_.columns) {
      if (!limits_.may_lack && table_.find(name) == nullptr) fail_column(table_.source, name, columns);
    }
    table_.names = columns;
    return std::move(table_);
  }

 private:
  static constexpr std::size_t not_wanted = std::numeric_limits<std::size_t>::max();

  std::size_t place_of(const std::string& name) {
    if (!limits_.columns.empty() && std::ranges::find(limits_.columns, name) == limits_.columns.end())
      return not_wanted;
    table_.columns.push_back({.name = name, .texts = {}, .missing = {}});
    fill(table_.columns.back());
    return table_.columns.size() - 1;
  }

  void fill(LoadedColumn& column) const {
    column.texts.resize(table_.rows);
    column.missing.resize(table_.rows, true);
  }

  void append(LoadedColumn& column, const std::vector<Cell>& cells) {
    for (const Cell& cell : cells) {
      const bool is_missing = cell.kind == CellKind::missing;
      column.missing.push_back(is_missing);
      column.texts.push_back(is_missing ? std::string_view{} : cell.text);
      column.is_text = column.is_text || cell.kind == CellKind::text;
      bytes_ += sizeof(std::uint64_t) + (is_missing ? 0 : cell.text.size());
    }
    require_room("bytes", limits_.bytes, bytes_);
  }

  void require_room(std::string_view what, std::uint64_t most, std::uint64_t found) const {
    if (found <= most) return;
    throw Error{ErrorKind::usage,
                fmt::format("{} takes more than {} {} in memory", printable(table_.source), most, what)};
  }

  const TableLimits& limits_;
  Table table_;
  std::vector<std::size_t> places_;  // of the file's columns in the table
  std::uint64_t bytes_ = 0;
};

}  // namespace

void Texts::push_back(std::string_view text) {
  bytes_ += text;
  ends_.push_back(bytes_.size());
}

void Texts::resize(std::size_t count) {
  ends_.resize(count, bytes_.size());
  bytes_.resize(ends_.empty() ? 0 : ends_.back());
}

std::vector<double> LoadedColumn::numbers() const {
  std::vector<double> numbers;
  numbers.reserve(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Value value = missing[i] ? Value{} : value_of(texts[i]);
    if (value.type == ValueType::empty) {
      numbers.push_back(std::numeric_limits<double>::quiet_NaN());
    } else if (is_numeric(value.type) || value.type == ValueType::boolean) {
      numbers.push_back(value.number);
    } else {
      throw Error{ErrorKind::usage, fmt::format("column `{}`, row {}: `{}` is not a number", printable(name), i + 1,
                                                truncate_to_width(printable(texts[i]), 40))};
    }
  }
  return numbers;
}

const LoadedColumn* Table::find(std::string_view name) const {
  const auto found = std::ranges::find(columns, name, &LoadedColumn::name);
  return found == columns.end() ? nullptr : &*found;
}

const LoadedColumn& Table::at(std::string_view name) const {
  const LoadedColumn* column = find(name);
  if (column == nullptr) fail_column(source, std::string{name}, names_of(columns));
  return *column;
}

Table load_table(const ByteSource& source, const TableOptions& options, const TableLimits& limits) {
  Loader loader{options.name, limits};
  const TableFacts facts =
      read_table(source, options, [&](const Columns& columns, const RowBatch& batch) { loader.take(columns, batch); });
  return loader.finish(facts.columns);
}

Table load_table(const std::filesystem::path& path, const TableLimits& limits, TableOptions options) {
  if (options.name.empty()) options.name = path.string();
  return load_table(*open_byte_source(path), options, limits);
}

}  // namespace mlops::formats
