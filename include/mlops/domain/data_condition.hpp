// What a gate asks of data, in sentences that are read when the policy is read: "drift of train from reference < 0.5",
// "train holds to data/schema.toml". Reference: docs/gates.md.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/condition.hpp>

namespace mlops::domain {

// Figures are compared with a number; the others hold or don't.
enum class DataQuestion : std::uint8_t { drift, shift, age, rows, schema, shared_rows, classes };
std::string_view name_of(DataQuestion question);  // "drift", "shared_rows"
bool is_figure(DataQuestion question);

// The data that a sentence speaks of.
struct DataName {
  enum class Kind : std::uint8_t {
    role,     // of the version's data: "train"
    held,     // a role of the data of the version that holds `stage`: "production.train"
    dataset,  // of the registry: "reference@3", "reference@latest"
    file,     // of the gate's commit, or else of the project's folder: "data/today.csv"
  };
  Kind kind = Kind::role;
  std::string text;   // as written
  std::string stage;  // of `held`
  std::string role;   // of `held`
  friend bool operator==(const DataName&, const DataName&) = default;
};

struct DataCondition {
  DataQuestion question = DataQuestion::drift;
  DataName data;
  std::optional<DataName> other;  // what it drifted or shifted from; whose rows or classes it is compared with
  std::vector<std::string>
      columns;         // drift: only these; shift, classes: the label; age: the column that tells the time
  std::string schema;  // its file, relative to the project
  Comparison comparison = Comparison::less_equal;
  double value = 0;  // a share; rows; of an age milliseconds
  std::string text;  // as written
  friend bool operator==(const DataCondition&, const DataCondition&) = default;
};

// What evidence calls it: "data.drift".
std::string check_name(const DataCondition& condition);

// Throws Error{usage} that points at the part it can't read, with the near miss.
DataCondition parse_data_condition(std::string_view text, const std::function<bool(std::string_view)>& is_stage);

// Whether a text that may name a dataset or a file means a file: by how it begins, or by an ending of tables.
bool looks_like_table_file(std::string_view text);

}  // namespace mlops::domain
