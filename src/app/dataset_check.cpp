#include <mlops/app/dataset_check.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

#include "column_check.hpp"
#include "data_source.hpp"
#include "row_check.hpp"

namespace mlops::app {

namespace {

constexpr std::uint64_t largest_schema = 16u << 20;

constexpr auto code_names =
    std::to_array<std::string_view>({"ROW_COUNT", "COLUMN_MISSING", "COLUMN_NEW", "TYPE", "MISSING_VALUES", "INFINITE",
                                     "OUT_OF_RANGE", "LENGTH", "UNEXPECTED_CATEGORY", "PATTERN", "STALE", "NOT_UNIQUE",
                                     "RULE", "LEAKAGE", "CLASS_NEW", "CLASS_MISSING", "CLASS_BALANCE"});

// The rows that one thread reads.
class LaneCheck {
 public:
  LaneCheck(const domain::DataSchema& schema, const std::deque<ColumnRules>& rules) : rows_{schema} {
    for (const ColumnRules& column : rules) columns_.emplace_back(column);
  }

  void take(const formats::Columns& names, const formats::RowBatch& batch, const domain::DataSchema& schema) {
    for (std::size_t i = places_.size(); i < names.size(); ++i) places_.push_back(place_in(schema, names[i]));
    const RowPlace first = place_of(batch.chunk, batch.row_in_chunk);
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (places_[i] < columns_.size()) columns_[places_[i]].add(batch.columns[i], first);
    }
    rows_.add(names, batch);
  }

  void merge(LaneCheck&& other) {
    for (std::size_t i = 0; i < columns_.size(); ++i) columns_[i].merge(std::move(other.columns_[i]));
    rows_.merge(std::move(other.rows_));
  }

  [[nodiscard]] std::vector<ColumnCheck>& columns() { return columns_; }
  [[nodiscard]] RowCheck& rows() { return rows_; }

 private:
  // Beyond the end for a column that the schema does not name.
  static std::size_t place_in(const domain::DataSchema& schema, const std::string& name) {
    const auto found = std::ranges::find(schema.columns, name, &domain::ColumnSchema::name);
    return static_cast<std::size_t>(found - schema.columns.begin());
  }

  std::vector<ColumnCheck> columns_;
  RowCheck rows_;
  std::vector<std::size_t> places_;  // of the table's columns in the schema
};

void report_table(const domain::DataSchema& schema, const formats::TableFacts& facts, std::vector<Anomaly>& anomalies) {
  const auto put = [&](AnomalyCode code, const std::string& column, std::string what) {
    anomalies.push_back(
        {.code = code, .column = column, .count = 0, .share = std::nullopt, .what = std::move(what), .examples = {}});
  };
  const auto rows = static_cast<std::int64_t>(facts.rows);
  if (schema.min_rows && rows < *schema.min_rows)
    put(AnomalyCode::row_count, "", fmt::format("{} rows, at least {} are expected", rows, *schema.min_rows));
  if (schema.max_rows && rows > *schema.max_rows)
    put(AnomalyCode::row_count, "", fmt::format("{} rows, at most {} are expected", rows, *schema.max_rows));
  for (const auto& column : schema.columns) {
    if (column.optional || std::ranges::find(facts.columns, column.name) != facts.columns.end()) continue;
    const auto near = near_miss(column.name, facts.columns);
    const bool is_renamed = near && schema.find(*near) == nullptr;
    put(AnomalyCode::column_missing, column.name,
        is_renamed ? fmt::format("the column is not there; is it `{}`?", printable(*near)) : "the column is not there");
  }
  for (const std::string& name : facts.columns) {
    if (!schema.new_columns && schema.find(name) == nullptr)
      put(AnomalyCode::column_new, name, "the schema does not name the column");
  }
}

}  // namespace

std::string_view name_of(AnomalyCode code) { return code_names.at(static_cast<std::size_t>(code)); }

std::vector<Anomaly> check_table(const ByteSource& bytes, const formats::TableOptions& options,
                                 const domain::DataSchema& schema, Timestamp now, formats::TableFacts& facts) {
  std::deque<ColumnRules> rules;
  for (const auto& column : schema.columns) rules.emplace_back(column);
  std::vector<LaneCheck> lanes(table_threads, LaneCheck{schema, rules});
  std::vector<formats::RowVisitor> visitors;
  for (LaneCheck& lane : lanes) {
    visitors.emplace_back([&lane, &schema](const formats::Columns& columns, const formats::RowBatch& batch) {
      lane.take(columns, batch, schema);
    });
  }
  facts = formats::read_table(bytes, options, visitors);
  LaneCheck& whole = lanes.front();
  for (std::size_t i = 1; i < lanes.size(); ++i) whole.merge(std::move(lanes[i]));

  std::vector<Anomaly> anomalies;
  report_table(schema, facts, anomalies);
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    if (std::ranges::find(facts.columns, schema.columns[i].name) == facts.columns.end()) continue;
    std::move(whole.columns()[i]).report(facts, now, anomalies);
  }
  std::move(whole.rows()).report(facts, anomalies);
  return anomalies;
}

namespace {

void check_schema(const Context& context, const std::filesystem::path& file, const DataSource& data,
                  CheckOutcome& outcome) {
  const domain::DataSchema schema =
      domain::parse_data_schema(read_file(context.directory / file, largest_schema), file.string());
  formats::TableFacts facts;
  outcome.anomalies = check_table(*data.bytes, data.options, schema, context.clock(), facts);
  outcome.schema = file.string();
  outcome.rows = facts.rows;
  outcome.columns = facts.columns.size();
}

}  // namespace

CheckOutcome check_dataset(const Context& context, const CheckRequest& request) {
  if (!request.schema && !request.against) {
    throw Error{ErrorKind::usage, "nothing to check against", {"add `--schema FILE`, or `--against TEST`"}};
  }
  if (request.label && !request.against) {
    throw Error{ErrorKind::usage, "`--label` is for a comparison with test data", {"add `--against TEST`"}};
  }
  const DataSource data = open_data(context, request.data);
  CheckOutcome outcome;
  outcome.source = request.data.data;
  outcome.dataset = data.dataset;
  outcome.against = request.against;
  if (request.schema) check_schema(context, *request.schema, data, outcome);
  if (request.against) {
    DataRequest test_request = request.data;
    test_request.data = *request.against;
    const DataSource test = open_data(context, test_request);
    auto found = check_split(*data.bytes, data.options, *test.bytes, test.options, request.label);
    outcome.anomalies.insert(outcome.anomalies.end(), found.begin(), found.end());
  }
  return outcome;
}

Json to_json(const Anomaly& anomaly) {
  Json examples = Json::array();
  for (const auto& [row, value] : anomaly.examples)
    examples.push_back(Json::object({{"row", row}, {"value", value.empty() ? Json{} : Json{value}}}));
  return Json::object({{"code", name_of(anomaly.code)},
                       {"column", anomaly.column.empty() ? Json{} : Json{anomaly.column}},
                       {"count", anomaly.count},
                       {"share", anomaly.share ? Json{*anomaly.share} : Json{}},
                       {"what", anomaly.what},
                       {"examples", std::move(examples)}});
}

Json to_json(const CheckOutcome& outcome) {
  Json anomalies = Json::array();
  for (const Anomaly& anomaly : outcome.anomalies) anomalies.push_back(to_json(anomaly));
  return Json::object({{"data", outcome.source},
                       {"dataset", outcome.dataset},
                       {"schema", outcome.schema},
                       {"against", outcome.against},
                       {"rows", outcome.schema ? Json{outcome.rows} : Json{}},
                       {"ok", outcome.ok()},
                       {"anomalies", std::move(anomalies)}});
}

}  // namespace mlops::app
