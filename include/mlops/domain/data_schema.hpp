// What a table should hold, as a person declares it in a TOML file that is kept in git: docs/datasets.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/condition.hpp>

namespace mlops::domain {

struct ColumnSchema {
  std::string name;
  std::string type;       // "integer", "number", "boolean", "date", "time", "text"; "" when anything may stand there
  bool optional = false;  // the table need not have the column
  std::optional<double> max_missing;  // share of the rows
  // As written: a number, or for dates and times an ISO 8601 text. Both ends belong to the range.
  std::optional<std::string> min, max;
  std::optional<std::int64_t> min_length, max_length;  // of texts, in characters
  std::vector<std::string> categories;                 // as a cell spells them; empty: any
  std::string pattern;                                 // see Pattern; "": any
  bool unique = false;
  bool infinite = false;  // infinite numbers are fine
  std::string max_age;    // "7d": how long ago the latest value may be; "": any
};

// One side of a rule.
struct RuleOperand {
  bool is_column = false;
  std::string text;  // the column's name, or the value
};

// "start <= end": holds for every row in which both sides have a value.
struct RowRule {
  std::string text;  // as written
  RuleOperand left;
  Comparison comparison = Comparison::equal;
  RuleOperand right;
};

struct DataSchema {
  std::optional<std::int64_t> min_rows, max_rows;
  bool new_columns = false;      // columns that are not named here are fine
  std::vector<std::string> key;  // together different in each row
  std::vector<RowRule> rules;
  std::vector<ColumnSchema> columns;

  [[nodiscard]] const ColumnSchema* find(std::string_view column) const;
};

// A column is a bare word or stands between backticks, a text between quotes. Error{usage} that quotes the rule.
RowRule parse_row_rule(std::string_view text);

// Error{usage} "SOURCE:LINE: …" with all mistakes: unknown keys with the near miss, wrong types, rules on columns that
// are not there.
DataSchema parse_data_schema(std::string_view text, std::string_view source);

// Lines that stand as comments in the text, for those who edit it: above all, and under a table's heading.
struct SchemaNotes {
  std::vector<std::string> heading;
  std::vector<std::string> table;
  std::map<std::string, std::vector<std::string>> columns;  // by name
};

// TOML that reads back as the same schema: one key a line, in a fixed order, so that changes read well in git.
std::string to_toml(const DataSchema& schema, const SchemaNotes& notes = {});

// A text as TOML spells it, with its quotes.
std::string toml_text(std::string_view text);

}  // namespace mlops::domain
