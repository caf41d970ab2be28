#include <mlops/app/dataset_profile.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include <catch2/catch.hpp>

#include <mlops/support/files.hpp>
#include <mlops/support/json.hpp>

using namespace mlops;
using app::ColumnProfile;
using app::DataProfile;

namespace {

DataProfile profile_of(std::string_view text, const std::string& name = "t.csv") {
  return app::profile_table(MemorySource{text}, {.name = name});
}

// As NumPy's default; the values are in order.
double quantile_of(const std::vector<double>& values, double q) {
  const double place = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return std::lerp(values[below], values[above], place - std::floor(place));
}

void compare_numbers(const ColumnProfile& column, const Json& wanted) {
  REQUIRE(column.numbers);
  CHECK(column.numbers->mean == Approx(wanted.at("mean").as_double()).epsilon(1e-12));
  if (wanted.at("std").is_null()) {
    CHECK(std::isnan(column.numbers->standard_deviation));
  } else {
    CHECK(column.numbers->standard_deviation == Approx(wanted.at("std").as_double()).epsilon(1e-10).margin(1e-12));
  }
  CHECK(column.numbers->min == wanted.at("min").as_double());
  CHECK(column.numbers->max == wanted.at("max").as_double());
  const auto& quantiles = wanted.at("quantiles").as_array();
  for (std::size_t i = 0; i < quantiles.size(); ++i)
    CHECK(column.numbers->quantiles.at(i) == Approx(quantiles[i].as_double()).epsilon(1e-12));
  CHECK(column.numbers->quantile_error == 0);
  if (wanted.at("histogram").is_null()) return;
  const auto& histogram = wanted.at("histogram").as_array();
  for (std::size_t i = 0; i < histogram.size(); ++i)
    CHECK(column.numbers->histogram.at(i) == static_cast<std::uint64_t>(histogram[i].as_integer()));
}

void compare(const ColumnProfile& column, const Json& wanted) {
  CHECK(column.name == wanted.at("name").as_string());
  CHECK(column.missing == static_cast<std::uint64_t>(wanted.at("missing").as_integer()));
  CHECK(column.distinct == static_cast<std::uint64_t>(wanted.at("distinct").as_integer()));
  CHECK(column.distinct_error == 0);
  const std::string type{name_of(column.type)};
  CHECK((type == "integer" ? "number" : type) == wanted.at("type").as_string());
  if (wanted.find("mean") != nullptr) compare_numbers(column, wanted);
  if (const Json* share = wanted.find("true_share")) CHECK(column.true_share.value_or(-1) == share->as_double());
  if (const Json* lengths = wanted.find("lengths")) {
    REQUIRE(column.lengths);
    CHECK(static_cast<double>(column.lengths->min) == lengths->as_array()[0].as_double());
    CHECK(static_cast<double>(column.lengths->max) == lengths->as_array()[1].as_double());
    CHECK(column.lengths->mean == Approx(lengths->as_array()[2].as_double()));
    const auto& top = wanted.at("top").as_array();
    REQUIRE(column.top.size() == top.size());
    for (std::size_t i = 0; i < top.size(); ++i) {
      CHECK(column.top[i].value == top[i].as_array()[0].as_string());
      CHECK(column.top[i].count == static_cast<std::uint64_t>(top[i].as_array()[1].as_integer()));
    }
  }
}

}  // namespace

TEST_CASE("profiles of small tables are what pandas finds") {
  const std::filesystem::path file = std::filesystem::path{MLOPS_ORACLES} / "profiles.json";
  const Json oracle = parse_json(read_file(file), file.string());
  for (const Json& wanted : oracle.at("cases").as_array()) {
    INFO(wanted.at("name").as_string());
    const DataProfile profile = profile_of(wanted.at("text").as_string());
    CHECK(profile.facts.rows == static_cast<std::uint64_t>(wanted.at("rows").as_integer()));
    const auto& columns = wanted.at("columns").as_array();
    REQUIRE(profile.columns.size() == columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
      INFO(profile.columns[i].name);
      compare(profile.columns[i], columns[i]);
    }
  }
}

TEST_CASE("a large table is told within the stated errors, from all of its parts") {
  constexpr std::uint64_t rows = 400'000;
  std::string text = "id,group,half\n";
  for (std::uint64_t i = 0; i < rows; ++i) {
    text +=
        std::to_string(i * 7919 % rows) + (i % 4 == 0 ? ",rare" : ",frequent") + (i % 2 == 0 ? ",\n" : ",2026-11-01\n");
  }
  const DataProfile profile = profile_of(text);
  CHECK(profile.facts.rows == rows);
  const ColumnProfile& id = profile.columns.at(0);
  REQUIRE(id.numbers);
  CHECK(id.numbers->mean == Approx((rows - 1) / 2.0));
  // The deviation of 0 … n - 1 is sqrt(n (n + 1) / 12).
  CHECK(id.numbers->standard_deviation == Approx(std::sqrt(rows * (rows + 1.0) / 12)));
  CHECK(std::abs(id.numbers->quantiles.at(3) / rows - 0.5) < 2 * id.numbers->quantile_error);
  CHECK(id.numbers->quantile_error == Approx(0.0007).epsilon(0.02));
  CHECK(static_cast<double>(id.distinct) == Approx(rows).epsilon(3 * id.distinct_error));
  CHECK(id.top.empty());
  const ColumnProfile& group = profile.columns.at(1);
  REQUIRE(group.top.size() == 2);
  CHECK(group.top[0].value == "frequent");
  CHECK(group.top[0].count == rows / 4 * 3);
  CHECK(group.is_complete_top);
  CHECK(profile.columns.at(2).missing == rows / 2);
  CHECK(name_of(profile.columns.at(2).type) == "date");

  // The same again, to the last digit.
  const DataProfile again = profile_of(text);
  CHECK(again.columns.at(0).numbers->quantiles == id.numbers->quantiles);
  CHECK(again.columns.at(0).distinct == id.distinct);
}

TEST_CASE("a column of figures that ends with a word is one of text, with the lengths of all") {
  const DataProfile profile = profile_of("a\n1\n22\nword\n");
  const ColumnProfile& column = profile.columns.at(0);
  CHECK(name_of(column.type) == "text");
  CHECK_FALSE(column.numbers);
  REQUIRE(column.lengths);
  CHECK(column.lengths->min == 1);
  CHECK(column.lengths->max == 4);
  CHECK(column.lengths->mean == Approx(7.0 / 3));
  CHECK(column.top.size() == 3);
}

TEST_CASE("infinite values are counted and left out") {
  const DataProfile profile = profile_of("a\n1\ninf\n-inf\n3\n");
  const ColumnProfile& column = profile.columns.at(0);
  CHECK(column.infinite == 2);
  REQUIRE(column.numbers);
  CHECK(column.numbers->mean == 2);
  CHECK_FALSE(profile_of("a\ninf\n").columns.at(0).numbers.has_value());
}

TEST_CASE("a table without rows has columns without values") {
  const DataProfile profile = profile_of("a,b\n");
  CHECK(profile.facts.rows == 0);
  CHECK(profile.columns.size() == 2);
  CHECK(name_of(profile.columns.at(0).type) == "empty");
  const app::ProfileOutcome outcome{.source = "t.csv", .dataset = {}, .profile = profile};
  CHECK(app::to_json(outcome, 10).at("columns").as_array()[0].at("missing_share").as_double() == 0);
}

TEST_CASE("a column of few different values is told exactly, however long it is") {
  constexpr std::uint64_t rows = 300'000;
  std::string text = "code,day\n";
  for (std::uint64_t i = 0; i < rows; ++i) {
    const std::uint64_t drawn = i * i % 1009;  // 505 different squares
    text += std::to_string(drawn) + ".5," + (drawn % 2 == 0 ? "2026-11-01\n" : "2026-11-03\n");
  }
  std::vector<double> values;
  for (std::uint64_t i = 0; i < rows; ++i) values.push_back(static_cast<double>(i * i % 1009) + 0.5);
  std::ranges::sort(values);
  const DataProfile profile = profile_of(text);
  const ColumnProfile& code = profile.columns.at(0);
  REQUIRE(code.numbers);
  CHECK(code.distinct == 505);
  CHECK(code.numbers->quantile_error == 0);
  for (std::size_t i = 0; i < app::quantile_points.size(); ++i) {
    CHECK(code.numbers->quantiles.at(i) == Approx(quantile_of(values, app::quantile_points.at(i))).epsilon(1e-12));
  }
  double mean = 0;
  for (const double value : values) mean += value / static_cast<double>(rows);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  CHECK(code.numbers->mean == Approx(mean).epsilon(1e-12));
  CHECK(code.numbers->standard_deviation == Approx(std::sqrt(squares / (rows - 1.0))).epsilon(1e-12));
  std::uint64_t counted = 0;
  for (const std::uint64_t part : code.numbers->histogram) counted += part;
  CHECK(counted == rows);
  CHECK(name_of(profile.columns.at(1).type) == "date");
  CHECK(profile.columns.at(1).numbers->quantile_error == 0);
}

// 1,024 different values are counted. The next one comes late, in one part of the file or in each.
TEST_CASE("values that become many after a while are told within the stated error") {
  constexpr std::uint64_t rows = 200'000;
  const std::string padding(40, ' ');  // so that every thread reads some of it
  const std::uint64_t late = GENERATE(std::uint64_t{1025}, rows / 2, rows - 1);
  std::string text = "a,none\n";
  std::vector<double> values;
  for (std::uint64_t i = 0; i < rows; ++i) {
    values.push_back(static_cast<double>(i < late ? i * 7 % 1024 : 1024 + i * 31 % 5000));
    text += std::to_string(static_cast<std::uint64_t>(values.back())) + "," + padding + "\n";
  }
  const ColumnProfile column = profile_of(text).columns.at(0);
  std::set<double> distinct{values.begin(), values.end()};
  std::ranges::sort(values);
  REQUIRE(column.numbers);
  CHECK(column.distinct == distinct.size());
  CHECK(column.top.empty());
  CHECK(column.numbers->min == values.front());
  CHECK(column.numbers->max == values.back());
  CHECK(column.numbers->quantile_error > 0);
  for (std::size_t i = 0; i < app::quantile_points.size(); ++i) {
    const double q = app::quantile_points.at(i);
    const double slack = 2 * column.numbers->quantile_error;
    CHECK(column.numbers->quantiles.at(i) >= quantile_of(values, std::max(0.0, q - slack)));
    CHECK(column.numbers->quantiles.at(i) <= quantile_of(values, std::min(1.0, q + slack)));
  }
}

TEST_CASE("a text of JSON that looks like a number makes a column of texts, wherever it stands") {
  for (const bool is_first : {true, false}) {
    std::string text = is_first ? "{\"a\": \"1\"}\n" : "";
    for (int i = 0; i < 50; ++i) text += "{\"a\": 1}\n{\"a\": 22}\n";
    if (!is_first) text += "{\"a\": \"1\"}\n";
    const ColumnProfile column = profile_of(text, "t.jsonl").columns.at(0);
    CHECK(name_of(column.type) == "text");
    CHECK(column.distinct == 2);
    CHECK(column.top.at(0).count == 51);
    CHECK(column.lengths->max == 2);
  }
}

TEST_CASE("a text that is longer than what is kept of one has its full length") {
  const std::string longer(1000, 'x');
  const ColumnProfile column = profile_of("a\nshort\n" + longer + "\nshort\n").columns.at(0);
  CHECK(column.lengths->max == 1000);
  CHECK(column.lengths->mean == Approx(1010.0 / 3));
  CHECK(column.distinct == 2);
  CHECK(column.top.at(0).value == "short");
}
