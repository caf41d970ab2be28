// A table of rows that can be written again, with one column shuffled, and several times one below the other.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <mlops/formats/table.hpp>
#include <mlops/support/json.hpp>

namespace mlops::app {

// The rows as they are, or with the values of one column in another order: row i then has the value of row
// stats::shuffled_order(rows, seed)[i].
struct RowsCopy {
  std::optional<std::string> column;
  std::uint64_t seed = 0;
};

class ShuffledRows {
 public:
  // CSV, TSV or JSON Lines; Error{usage} for anything else.
  explicit ShuffledRows(const std::filesystem::path& file);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  [[nodiscard]] bool has(const std::string& column) const;
  // The name of a file in the same format.
  [[nodiscard]] std::string file_name() const;
  // All copies one below the other. With several of them the values of `id`, if there is such a column, are the
  // numbers from 1 on: an id stands for one row only.
  [[nodiscard]] std::string text(std::span<const RowsCopy> copies, const std::string& id) const;

 private:
  void read_delimited(const ByteSource& bytes, const formats::TableOptions& options);
  void read_objects(const ByteSource& bytes);
  // `order` is that of the shuffled column; `number` counts the rows when they need new ids, else nullopt.
  void write_delimited(const RowsCopy& copy, const std::vector<std::size_t>& order, const std::string& id,
                       std::optional<std::int64_t> number, std::string& text) const;
  void write_objects(const RowsCopy& copy, const std::vector<std::size_t>& order, const std::string& id,
                     std::optional<std::int64_t> number, std::string& text) const;
  void write_header(std::string& text) const;

  formats::TableFormat format_ = formats::TableFormat::csv;
  std::string ending_;
  char delimiter_ = ',';
  std::vector<std::string> columns_;
  std::size_t rows_ = 0;
  std::vector<std::vector<std::string>> cells_;  // of CSV by column, as they were spelled
  std::vector<Json> objects_;                    // of JSON Lines
};

}  // namespace mlops::app
