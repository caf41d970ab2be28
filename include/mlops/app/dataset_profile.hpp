// `dataset profile`: what the columns of a table hold, from one pass over it.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <mlops/app/context.hpp>
#include <mlops/formats/table.hpp>
#include <mlops/formats/table_value.hpp>
#include <mlops/support/json.hpp>

namespace mlops::app {

struct ValueCount {
  std::string value;
  std::uint64_t count = 0;
};

// Of numbers; of dates and times in milliseconds since 1970. Infinite values are counted, and nothing else.
struct NumberProfile {
  double mean = 0;
  double standard_deviation = 0;  // of a sample; NaN for a single value
  double min = 0;
  double max = 0;
  std::array<double, 7> quantiles{};     // at quantile_points
  double quantile_error = 0;             // of their ranks, as a share of the values; 0: exact
  std::vector<std::uint64_t> histogram;  // counts in parts of equal width between min and max
};
inline constexpr std::array<double, 7> quantile_points = {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};

struct LengthProfile {
  std::uint64_t min = 0;  // in characters
  std::uint64_t max = 0;
  double mean = 0;
};

struct ColumnProfile {
  std::string name;
  formats::ValueType type = formats::ValueType::empty;
  std::uint64_t missing = 0;
  std::uint64_t infinite = 0;
  std::uint64_t distinct = 0;
  double distinct_error = 0;  // standard deviation of `distinct`, as a share of it; 0: exact
  std::optional<NumberProfile> numbers;
  std::optional<double> true_share;      // of booleans
  std::optional<LengthProfile> lengths;  // of texts
  std::string shape;                     // of texts that all have one: "AA-999" for digits and letters; "" otherwise
  std::vector<ValueCount> top;           // the most frequent first; none of numbers that are nearly all different
  std::uint64_t top_error = 0;           // by which each count may be too low
  bool is_complete_top = false;          // `top` has every value there is
};

struct DataProfile {
  formats::TableFacts facts;
  std::uint64_t bytes = 0;
  std::vector<ColumnProfile> columns;
};

// How the data are named and read by all commands that read tables.
struct DataRequest {
  std::string data;                      // a file, or DATASET[@REF] that is one file
  std::optional<std::string> format;     // csv, tsv, jsonl, npy
  std::optional<std::string> delimiter;  // one character, or "tab"
};

struct ProfileOutcome {
  std::string source;                  // what was asked for
  std::optional<std::string> dataset;  // "train@3"
  DataProfile profile;
};

inline constexpr std::size_t usual_top = 10;

// Of a dataset it is made once and kept. Error{not_found} and {usage}, also for what read_table refuses.
ProfileOutcome profile_dataset(const Context& context, const DataRequest& request, std::size_t most_top = usual_top);

// The same of any bytes.
DataProfile profile_table(const ByteSource& source, const formats::TableOptions& options,
                          std::size_t most_top = usual_top);

// With so many of the most frequent values of each column.
Json to_json(const ProfileOutcome& outcome, std::size_t most_top);

}  // namespace mlops::app
