#include "shuffled_rows.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <mlops/stats/importance.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::app {

namespace {

constexpr std::uint64_t largest_table = std::uint64_t{2} << 30;

std::string whole_text(const ByteSource& bytes) {
  std::string text(bytes.size(), '\0');
  text.resize(bytes.read_at(0, std::as_writable_bytes(std::span{text})));
  return text;
}

void put_cell(std::string_view cell, char delimiter, std::string& text) {
  const bool is_plain = cell.find_first_of("\"\r\n") == std::string_view::npos &&
                        cell.find(delimiter) == std::string_view::npos && trim(cell) == cell;
  if (is_plain) {
    text += cell;
    return;
  }
  text += '"';
  for (const char c : cell) {
    if (c == '"') text += '"';
    text += c;
  }
  text += '"';
}

}  // namespace

ShuffledRows::ShuffledRows(const std::filesystem::path& file) : ending_{file.extension().string()} {
  const auto bytes = open_byte_source(file);
  formats::TableOptions options;
  options.name = file.filename().string();
  if (bytes->size() > largest_table) {
    throw Error{
        ErrorKind::usage,
        fmt::format("{} has {}: a table is shuffled in memory", printable(options.name), bytes_text(bytes->size())),
        {"name a smaller holdout in the policy"}};
  }
  read_delimited(*bytes, options);
}

bool ShuffledRows::has(const std::string& column) const {
  return std::ranges::find(columns_, column) != columns_.end();
}

std::string ShuffledRows::file_name() const { return "data" + ending_; }

void ShuffledRows::read_delimited(const ByteSource& bytes, const formats::TableOptions& options) {
  const formats::RowVisitor visitor = [&](const formats::Columns& columns, const formats::RowBatch& batch) {
    cells_.resize(columns.size());
    for (std::size_t column = 0; column < columns.size(); ++column) {
      for (const formats::Cell& cell : batch.columns[column]) cells_[column].emplace_back(cell.text);
    }
  };
  const formats::TableFacts facts = formats::read_table(bytes, options, visitor);
  if (facts.format == formats::TableFormat::npy) {
    throw Error{ErrorKind::usage,
                fmt::format("{} has no names of columns to shuffle", printable(options.name)),
                {"name a holdout in CSV or JSON Lines in the policy"}};
  }
  format_ = facts.format;
  delimiter_ = facts.delimiter;
  columns_ = facts.columns;
  rows_ = facts.rows;
  if (format_ == formats::TableFormat::json_lines) read_objects(bytes);
}

// As they were written: a key that is missing is not one that is null.
void ShuffledRows::read_objects(const ByteSource& bytes) {
  cells_.clear();
  for (const std::string& line : split(whole_text(bytes), '\n')) {
    if (!trim(line).empty()) objects_.push_back(parse_json(line, fmt::format("row {}", objects_.size() + 1)));
  }
}

std::string ShuffledRows::text(std::span<const RowsCopy> copies, const std::string& id) const {
  std::string text;
  if (format_ != formats::TableFormat::json_lines) write_header(text);
  std::int64_t number = 1;
  for (const RowsCopy& copy : copies) {
    const auto order = copy.column ? stats::shuffled_order(rows_, copy.seed) : std::vector<std::size_t>{};
    const auto first_number = copies.size() > 1 ? std::optional{number} : std::nullopt;
    if (format_ == formats::TableFormat::json_lines) {
      write_objects(copy, order, id, first_number, text);
    } else {
      write_delimited(copy, order, id, first_number, text);
    }
    number += static_cast<std::int64_t>(rows_);
  }
  return text;
}

void ShuffledRows::write_header(std::string& text) const {
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    if (column > 0) text += delimiter_;
    put_cell(columns_[column], delimiter_, text);
  }
  text += '\n';
}

void ShuffledRows::write_delimited(const RowsCopy& copy, const std::vector<std::size_t>& order, const std::string& id,
                                   std::optional<std::int64_t> number, std::string& text) const {
  for (std::size_t row = 0; row < rows_; ++row) {
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      if (column > 0) text += delimiter_;
      const std::string& name = columns_[column];
      if (number && name == id) {
        text += std::to_string(*number + static_cast<std::int64_t>(row));
      } else {
        put_cell(cells_[column][copy.column == name ? order[row] : row], delimiter_, text);
      }
    }
    text += '\n';
  }
}

void ShuffledRows::write_objects(const RowsCopy& copy, const std::vector<std::size_t>& order, const std::string& id,
                                 std::optional<std::int64_t> number, std::string& text) const {
  for (std::size_t row = 0; row < rows_; ++row) {
    Json::Object members;
    for (const auto& [key, value] : objects_[row].as_object()) {
      if (copy.column != key) members.emplace_back(key, value);
    }
    if (copy.column) {
      const Json* const value = objects_[order[row]].find(*copy.column);
      if (value != nullptr) members.emplace_back(*copy.column, *value);
    }
    Json object{std::move(members)};
    if (number && object.find(id) != nullptr) object.set(id, *number + static_cast<std::int64_t>(row));
    text += to_line(object);
    if (!text.ends_with('\n')) text += '\n';
  }
}

}  // namespace mlops::app
