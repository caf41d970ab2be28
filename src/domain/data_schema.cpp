#include <mlops/domain/data_schema.hpp>

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/core.h>

#include <mlops/support/pattern.hpp>
#include <mlops/support/text.hpp>
#include <mlops/support/time.hpp>

#include "toml_reader.hpp"

namespace mlops::domain {
namespace {

const std::vector<std::string>& column_types() {
  static const std::vector<std::string> types = {"integer", "number", "boolean", "date", "time", "text"};
  return types;
}

constexpr std::int64_t largest_count = 1'000'000'000'000'000;

// "7d", "36h"; an absolute time would be no age.
bool is_span(std::string_view text) {
  const bool has_unit = text.size() >= 2 && !is_digit(text.back());
  return has_unit && is_digit(text.front()) && text.find_first_of("-:T") == std::string_view::npos &&
         parse_time(text, {}).has_value();
}

class SchemaReader {
 public:
  SchemaReader(const Toml& file, std::string_view source) : mistakes_{source}, root_{file, "the file", mistakes_} {}

  DataSchema read() {
    root_.refuse_unknown({"table", "column"});
    for (const auto& [name, value] : root_.table("column")) read_column(name, value);
    if (const Toml* value = root_.find("table")) read_table(*value);
    mistakes_.throw_any();
    return std::move(schema_);
  }

 private:
  void read_table(const Toml& value) {
    const TableReader table{value, "[table]", mistakes_};
    table.refuse_unknown({"min_rows", "max_rows", "new_columns", "key", "rules"});
    schema_.min_rows = table.integer("min_rows", 0, largest_count);
    schema_.max_rows = table.integer("max_rows", 0, largest_count);
    schema_.new_columns = table.boolean("new_columns").value_or(false);
    refuse_empty_range(table, "max_rows", schema_.min_rows, schema_.max_rows);
    for (const auto& [name, line] : table.strings("key").value_or(Items{})) {
      require_column(table, line, name);
      schema_.key.push_back(name);
    }
    for (const auto& [text, line] : table.strings("rules").value_or(Items{})) {
      try {
        RowRule rule = parse_row_rule(text);
        for (const RuleOperand& side : {rule.left, rule.right}) {
          if (side.is_column) require_column(table, line, side.text);
        }
        schema_.rules.push_back(std::move(rule));
      } catch (const Error& error) {
        table.mistake(line, error);
      }
    }
  }

  void read_column(const std::string& name, const Toml& value) {
    const TableReader reader{value, fmt::format("[column.{}]", printable(name)), mistakes_};
    reader.refuse_unknown({"type", "optional", "max_missing", "min", "max", "min_length", "max_length", "categories",
                           "pattern", "unique", "infinite", "max_age"});
    ColumnSchema column;
    column.name = name;
    column.type = reader.string("type").value_or("");
    if (!column.type.empty() && std::ranges::find(column_types(), column.type) == column_types().end()) {
      const auto near = near_miss(column.type, column_types());
      reader.mistake(reader.line_of("type"),
                     fmt::format("unknown type `{}`{}", printable(column.type),
                                 near ? fmt::format(", did you mean `{}`?", *near)
                                      : fmt::format(" (known: {})", join(column_types(), ", "))));
    }
    column.optional = reader.boolean("optional").value_or(false);
    column.max_missing = share(reader, "max_missing");
    column.min = bound(reader, "min");
    column.max = bound(reader, "max");
    column.min_length = reader.integer("min_length", 0, largest_count);
    column.max_length = reader.integer("max_length", 0, largest_count);
    refuse_empty_range(reader, "max_length", column.min_length, column.max_length);
    column.categories = categories(reader);
    column.pattern = pattern(reader);
    column.unique = reader.boolean("unique").value_or(false);
    column.infinite = reader.boolean("infinite").value_or(false);
    column.max_age = age(reader, column.type);
    schema_.columns.push_back(std::move(column));
  }

  using Items = std::vector<TableReader::Item>;

  void require_column(const TableReader& reader, int line, const std::string& name) const {
    if (schema_.find(name) != nullptr) return;
    std::vector<std::string> names;
    for (const ColumnSchema& column : schema_.columns) names.push_back(column.name);
    const auto near = near_miss(name, names);
    reader.mistake(line, fmt::format("no column `{}` is described here{}", printable(name),
                                     near ? fmt::format(", did you mean `{}`?", printable(*near)) : ""));
  }

  static void refuse_empty_range(const TableReader& reader, std::string_view key, std::optional<std::int64_t> least,
                                 std::optional<std::int64_t> most) {
    if (least && most && *most < *least)
      reader.mistake(reader.line_of(key), fmt::format("`{}` is below its other end", key));
  }

  static std::optional<double> number_of(const Toml& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value.value)) return static_cast<double>(*integer);
    if (const auto* number = std::get_if<double>(&value.value)) return *number;
    return std::nullopt;
  }

  static std::optional<double> share(const TableReader& reader, std::string_view key) {
    const Toml* value = reader.find(key);
    if (value == nullptr) return std::nullopt;
    const auto number = number_of(*value);
    if (number && *number >= 0 && *number <= 1) return number;
    reader.mistake(value->line, fmt::format("`{}` must be a share between 0 and 1", key));
    return std::nullopt;
  }

  static std::optional<std::string> bound(const TableReader& reader, std::string_view key) {
    const Toml* value = reader.find(key);
    if (value == nullptr) return std::nullopt;
    if (const std::string* text = value->string()) return *text;
    if (const auto* integer = std::get_if<std::int64_t>(&value->value)) return fmt::format("{}", *integer);
    const auto number = number_of(*value);
    if (number && std::isfinite(*number)) return fmt::format("{}", *number);
    reader.mistake(value->line, fmt::format("`{}` must be a number, or a date or time", key));
    return std::nullopt;
  }

  static std::vector<std::string> categories(const TableReader& reader) {
    std::vector<std::string> values;
    const Toml* found = reader.find("categories");
    if (found == nullptr) return values;
    if (found->array() == nullptr || found->array()->empty()) {
      reader.mistake(found->line, "`categories` must be an array with the values that may stand in the column");
      return values;
    }
    for (const Toml& item : *found->array()) {
      if (const std::string* text = item.string()) {
        values.push_back(*text);
      } else if (const auto* flag = std::get_if<bool>(&item.value)) {
        values.emplace_back(*flag ? "true" : "false");
      } else if (const auto* integer = std::get_if<std::int64_t>(&item.value)) {
        values.push_back(fmt::format("{}", *integer));
      } else {
        reader.mistake(item.line, fmt::format("`categories` holds texts and integers, not {}", item.type_name()));
      }
    }
    return values;
  }

  static std::string pattern(const TableReader& reader) {
    std::string text = reader.string("pattern").value_or("");
    try {
      static_cast<void>(Pattern{text});
    } catch (const Error& error) {
      reader.mistake(reader.line_of("pattern"), error);
    }
    return text;
  }

  static std::string age(const TableReader& reader, const std::string& type) {
    std::string text = reader.string("max_age").value_or("");
    if (text.empty()) return text;
    if (!is_span(text)) reader.mistake(reader.line_of("max_age"), "`max_age` must be a span such as \"36h\" or \"7d\"");
    if (type != "date" && type != "time")
      reader.mistake(reader.line_of("max_age"), "`max_age` needs the type \"date\" or \"time\"");
    return text;
  }

  Mistakes mistakes_;
  TableReader root_;
  DataSchema schema_;
};

}  // namespace

const ColumnSchema* DataSchema::find(std::string_view column) const {
  const auto found = std::ranges::find(columns, column, &ColumnSchema::name);
  return found == columns.end() ? nullptr : &*found;
}

DataSchema parse_data_schema(std::string_view text, std::string_view source) {
  const Toml file = parse_toml(text, source);
  return SchemaReader{file, source}.read();
}

}  // namespace mlops::domain
