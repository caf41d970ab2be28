// A first schema of a table, from what the table holds.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <utility>

#include <fmt/core.h>

#include <mlops/app/dataset_check.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>
#include <mlops/support/time.hpp>

#include "data_source.hpp"
#include "schema_second_look.hpp"

namespace mlops::app {

namespace {

using domain::ColumnSchema;
using formats::ValueType;

constexpr std::size_t most_categories = 100;
// In characters: of longer texts the profile keeps only the beginning.
constexpr std::size_t longest_category = 64;
// So many rows must agree on what is more than a type: fewer may do so by chance.
constexpr std::uint64_t fewest_witnesses = 100;

// The share that was seen and three standard errors of it, up to the next whole percent; none when none was seen.
double likely_missing(std::uint64_t missing, std::uint64_t rows) {
  if (missing == 0 || rows == 0) return 0;
  const double share = static_cast<double>(missing) / static_cast<double>(rows);
  const double error = std::sqrt(share * (1 - share) / static_cast<double>(rows));
  return std::min(1.0, std::ceil(100 * (share + 3 * error)) / 100);
}

std::string end_text(ValueType type, double value) {
  if (!formats::is_temporal(type)) return fmt::format("{}", value);
  const std::string text = rfc3339({.milliseconds = static_cast<std::int64_t>(std::llround(value))});
  return domain::toml_text(type == ValueType::date ? text.substr(0, text.find('T')) : text);
}

// "AA-999" as "[A-Z]{2}-\d{3}".
std::string pattern_of(std::string_view shape) {
  std::string pattern;
  while (!shape.empty()) {
    const char c = shape.front();
    const std::size_t count = std::min(shape.find_first_not_of(c), shape.size());
    shape.remove_prefix(count);
    if (c == '9') {
      pattern += "\\d";
    } else if (c == 'A' || c == 'a') {
      pattern += c == 'A' ? "[A-Z]" : "[a-z]";
    } else {
      if (std::string_view{"\\^$.|?*+()[]{}"}.find(c) != std::string_view::npos) pattern += '\\';
      pattern += c;
    }
    if (count > 1) pattern += fmt::format("{{{}}}", count);
  }
  return pattern;
}

bool has_categories(const ColumnProfile& column, std::uint64_t present) {
  const bool is_short = column.lengths && column.lengths->max <= longest_category;
  return is_short && column.is_complete_top && column.distinct <= most_categories && present >= 2 * column.distinct;
}

bool may_be_key(const ColumnProfile& column, std::uint64_t present) {
  const bool is_of_keys = column.type == ValueType::integer || column.type == ValueType::text;
  if (!is_of_keys || column.missing > 0 || present < fewest_witnesses) return false;
  return static_cast<double>(column.distinct) >= static_cast<double>(present) * (1 - 4 * column.distinct_error);
}

ColumnSchema column_schema(const ColumnProfile& column, std::uint64_t rows, std::vector<std::string>& notes) {
  ColumnSchema schema;
  schema.name = column.name;
  schema.max_missing = likely_missing(column.missing, rows);
  const std::uint64_t present = rows - column.missing;
  if (column.type == ValueType::empty) {
    notes.emplace_back("it never had a value");
    return schema;
  }
  schema.type = name_of(column.type);
  if (column.numbers) {
    notes.push_back(fmt::format("min = {}", end_text(column.type, column.numbers->min)));
    notes.push_back(fmt::format("max = {}", end_text(column.type, column.numbers->max)));
  }
  schema.infinite = column.infinite > 0;
  if (formats::is_temporal(column.type)) notes.emplace_back("max_age = \"7d\"  # how old the latest one may be");
  if (column.type != ValueType::text) return schema;
  if (has_categories(column, present)) {
    for (const auto& [value, count] : column.top) schema.categories.push_back(value);
    std::ranges::sort(schema.categories);
  } else if (!column.shape.empty() && present >= fewest_witnesses) {
    schema.pattern = pattern_of(column.shape);
  }
  return schema;
}

domain::SchemaNotes notes_about(const std::string& source, std::uint64_t rows) {
  domain::SchemaNotes notes;
  notes.heading = {
      fmt::format("What {} should hold, inferred from {} rows: edit it, and keep it in git.", source, rows),
      "`mlops dataset check DATA --schema FILE` tells where data do not hold to it. What follows a `#` was seen,",
      "but is not demanded."};
  notes.table = {fmt::format("rows seen: {}", rows)};
  return notes;
}

}  // namespace

InferredSchema infer_schema(const ByteSource& bytes, const formats::TableOptions& options, const std::string& source) {
  const DataProfile profile = profile_table(bytes, options, most_categories);
  const std::uint64_t rows = profile.facts.rows;
  InferredSchema inferred;
  inferred.notes = notes_about(source, rows);
  inferred.schema.min_rows = 1;
  SecondLook look;
  for (const ColumnProfile& column : profile.columns) {
    auto& notes = inferred.notes.columns[column.name];
    inferred.schema.columns.push_back(column_schema(column, rows, notes));
    if (may_be_key(column, rows - column.missing)) look.keys.push_back(column.name);
    if (formats::is_temporal(column.type)) look.times.push_back(column.name);
  }
  const SecondLookFindings findings = look_again(bytes, options, look, fewest_witnesses);
  for (ColumnSchema& column : inferred.schema.columns) {
    column.unique = std::ranges::find(findings.unique, column.name) != findings.unique.end();
  }
  for (const auto& rule : findings.rules) inferred.schema.rules.push_back(domain::parse_row_rule(rule));
  return inferred;
}

SchemaOutcome make_schema(const Context& context, const SchemaRequest& request) {
  std::error_code ignored;
  const auto target = request.out ? context.directory / *request.out : std::filesystem::path{};
  if (request.out && !request.replace && std::filesystem::exists(target, ignored)) {
    throw Error{ErrorKind::conflict,
                fmt::format("`{}` exists already", printable(request.out->string())),
                {"somebody may have edited it; `--force` replaces it"}};
  }
  const DataSource data = open_data(context, request.data);
  const InferredSchema inferred = infer_schema(*data.bytes, data.options, data.dataset.value_or(request.data.data));
  SchemaOutcome outcome{.source = request.data.data,
                        .dataset = data.dataset,
                        .columns = inferred.schema.columns.size(),
                        .text = domain::to_toml(inferred.schema, inferred.notes)};
  if (request.out) write_file_atomic(target, outcome.text);
  return outcome;
}

}  // namespace mlops::app
