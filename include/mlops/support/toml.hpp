// TOML documents as a tree that remembers where each value stands, so that policy errors can name the line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mlops {

// One TOML value. Dates and times are kept as their source text.
struct Toml {
  using Array = std::vector<Toml>;
  using Table = std::vector<std::pair<std::string, Toml>>;

  std::variant<bool, std::int64_t, double, std::string, Array, Table> value = Table{};
  int line = 0;    // 1-based line of the value; of a table: where it is opened
  int column = 0;  // 1-based

  [[nodiscard]] const Toml* find(std::string_view key) const;  // nullptr when absent or not a table
  [[nodiscard]] const Table* table() const { return std::get_if<Table>(&value); }
  [[nodiscard]] const Array* array() const { return std::get_if<Array>(&value); }
  [[nodiscard]] const std::string* string() const { return std::get_if<std::string>(&value); }
  [[nodiscard]] std::string_view type_name() const;  // "string", "integer", "table", …
};

// TOML 1.0. Members stand in the order of the file. Throws Error{usage} "SOURCE:LINE:COLUMN: …".
Toml parse_toml(std::string_view text, std::string_view source);

}  // namespace mlops
