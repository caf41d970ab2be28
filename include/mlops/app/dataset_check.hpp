// `dataset schema` and `dataset check`: what a table should hold, and where another one does not.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <mlops/app/dataset_profile.hpp>
#include <mlops/domain/data_schema.hpp>

namespace mlops::app {

struct InferredSchema {
  domain::DataSchema schema;
  domain::SchemaNotes notes;
};
// Conservative: what holds for all the data, and would be surprising to break. docs/datasets.md has the rules.
// `source` is for the heading. May read the table a second time.
InferredSchema infer_schema(const ByteSource& bytes, const formats::TableOptions& options, const std::string& source);

struct SchemaRequest {
  DataRequest data;
  std::optional<std::filesystem::path> out;
  bool replace = false;  // what `out` holds already
};
struct SchemaOutcome {
  std::string source;
  std::optional<std::string> dataset;
  std::size_t columns = 0;
  std::string text;  // TOML
};
// Error{conflict} when there is a file already.
SchemaOutcome make_schema(const Context& context, const SchemaRequest& request);

enum class AnomalyCode : std::uint8_t {
  row_count,
  column_missing,
  column_new,
  type,
  missing_values,
  infinite,
  out_of_range,
  length,
  unexpected_category,
  pattern,
  stale,
  not_unique,
  rule,
  leakage,
  class_new,
  class_missing,
  class_balance,
};
std::string_view name_of(AnomalyCode code);  // "OUT_OF_RANGE"

struct AnomalyExample {
  std::uint64_t row = 0;  // counted from 1, the header aside
  std::string value;
};

struct Anomaly {
  AnomalyCode code = AnomalyCode::type;
  std::string column;           // "" for the table as a whole
  std::uint64_t count = 0;      // rows it is in; 0 where it is not in rows
  std::optional<double> share;  // of all rows
  std::string what;
  std::vector<AnomalyExample> examples;  // the first ones
};

struct CheckOutcome {
  std::string source;
  std::optional<std::string> dataset;
  std::optional<std::string> schema;   // its file
  std::optional<std::string> against;  // the test data
  std::uint64_t rows = 0;
  std::size_t columns = 0;
  std::vector<Anomaly> anomalies;  // of the table first, then column by column in the order of the schema
  [[nodiscard]] bool ok() const { return anomalies.empty(); }
};

// Error{usage} for a schema that contradicts itself: a range of a text, an end that is no date.
std::vector<Anomaly> check_table(const ByteSource& bytes, const formats::TableOptions& options,
                                 const domain::DataSchema& schema, Timestamp now, formats::TableFacts& facts);

// What makes a test of a model worth less than it seems: rows of the test data that the training data have, too (told
// by the hashes of all columns that both have), and labels that one of them lacks, or whose shares differ by more than
// largest_class_shift. Rows are those of the test data. Error{usage} when they have no column in common, or no `label`.
inline constexpr double largest_class_shift = 0.1;
std::vector<Anomaly> check_split(const ByteSource& train, const formats::TableOptions& train_options,
                                 const ByteSource& test, const formats::TableOptions& test_options,
                                 const std::optional<std::string>& label);

struct CheckRequest {
  DataRequest data;
  std::optional<std::filesystem::path> schema;
  std::optional<std::string> against;  // test data, when `data` are for training
  std::optional<std::string> label;    // the column that the model learns
};
// Error{usage} with neither a schema nor test data.
CheckOutcome check_dataset(const Context& context, const CheckRequest& request);

Json to_json(const Anomaly& anomaly);
Json to_json(const CheckOutcome& outcome);

}  // namespace mlops::app
