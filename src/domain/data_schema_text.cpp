// Schemas as TOML.
#include <algorithm>

#include <fmt/core.h>

#include <mlops/domain/data_schema.hpp>
#include <mlops/support/text.hpp>

namespace mlops::domain {
namespace {

constexpr std::size_t widest_list = 100;

std::string toml_key(std::string_view name) {
  constexpr std::string_view bare = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  const bool is_bare = !name.empty() && name.find_first_not_of(bare) == std::string_view::npos;
  return is_bare ? std::string{name} : toml_text(name);
}

// On one line when it fits, else one item a line.
std::string toml_list(const std::vector<std::string>& texts) {
  std::vector<std::string> items;
  for (const std::string& text : texts) items.push_back(toml_text(text));
  std::string line = fmt::format("[{}]", join(items, ", "));
  if (line.size() <= widest_list) return line;
  return fmt::format("[\n  {},\n]", join(items, ",\n  "));
}

class SchemaWriter {
 public:
  void comments(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) text_ += fmt::format("# {}\n", printable(line));
  }
  void heading(const std::string& name) { text_ += fmt::format("{}[{}]\n", text_.empty() ? "" : "\n", name); }
  void put(std::string_view key, const std::string& value) { text_ += fmt::format("{} = {}\n", key, value); }
  void put(std::string_view key, const std::optional<std::int64_t>& value) {
    if (value) put(key, fmt::format("{}", *value));
  }
  void put_flag(std::string_view key, bool value) {
    if (value) put(key, "true");
  }
  void put_text(std::string_view key, const std::string& value) {
    if (!value.empty()) put(key, toml_text(value));
  }
  void put_list(std::string_view key, const std::vector<std::string>& values) {
    if (!values.empty()) put(key, toml_list(values));
  }
  void put_bound(std::string_view key, const std::optional<std::string>& value) {
    if (!value) return;
    // Only what TOML reads as the same number.
    const auto number = parse_double(*value);
    put(key, number && fmt::format("{}", *number) == *value ? *value : toml_text(*value));
  }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

void write_column(SchemaWriter& out, const ColumnSchema& column) {
  out.put_text("type", column.type);
  out.put_flag("optional", column.optional);
  if (column.max_missing) out.put("max_missing", fmt::format("{}", *column.max_missing));
  out.put_bound("min", column.min);
  out.put_bound("max", column.max);
  out.put("min_length", column.min_length);
  out.put("max_length", column.max_length);
  out.put_list("categories", column.categories);
  out.put_text("pattern", column.pattern);
  out.put_flag("unique", column.unique);
  out.put_flag("infinite", column.infinite);
  out.put_text("max_age", column.max_age);
}

}  // namespace

std::string toml_text(std::string_view text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  // Patterns are read more easily without doubled backslashes.
  const bool is_literal = text.find_first_of("\\\"") != std::string_view::npos &&
                          text.find('\'') == std::string_view::npos && std::ranges::none_of(text, is_control);
  if (is_literal) return fmt::format("'{}'", text);
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (is_control(c)) {
      result += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      result += c;
    }
  }
  return result + '"';
}

std::string to_toml(const DataSchema& schema, const SchemaNotes& notes) {
  SchemaWriter out;
  out.comments(notes.heading);
  out.heading("table");
  out.comments(notes.table);
  out.put("min_rows", schema.min_rows);
  out.put("max_rows", schema.max_rows);
  out.put("new_columns", schema.new_columns ? "true" : "false");
  out.put_list("key", schema.key);
  std::vector<std::string> rules;
  for (const RowRule& rule : schema.rules) rules.push_back(rule.text);
  out.put_list("rules", rules);
  for (const ColumnSchema& column : schema.columns) {
    out.heading("column." + toml_key(column.name));
    const auto found = notes.columns.find(column.name);
    if (found != notes.columns.end()) out.comments(found->second);
    write_column(out, column);
  }
  return out.text();
}

}  // namespace mlops::domain
