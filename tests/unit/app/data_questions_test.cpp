#include "data_questions.hpp"

#include <catch2/catch.hpp>

#include <fmt/core.h>

#include <mlops/support/byte_source.hpp>
#include <mlops/support/error.hpp>

using namespace mlops;
using namespace mlops::app;

namespace {

// `text` outlives it.
GateTable table_named(std::string name, const std::string& text) {
  GateTable table;
  table.name = std::move(name);
  table.options.name = "t.csv";
  table.bytes = std::make_unique<MemorySource>(text);
  return table;
}

std::string labels(int yes, int no) {
  std::string text = "y\n";
  for (int i = 0; i < yes; ++i) text += "yes\n";
  for (int i = 0; i < no; ++i) text += "no\n";
  return text;
}

std::string fault_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.message() + (error.hints().empty() ? "" : "; " + error.hints().front());
  }
  return "";
}

}  // namespace

// Newcombe (1998), Statistics in Medicine 17, table II, example (a): 56/70 - 48/80 = 0.2, method 10: 0.0524 to 0.3339.
TEST_CASE("the shift of a class is its largest change, between the ends of Newcombe's interval") {
  const std::string now = labels(56, 14);
  const std::string before = labels(48, 32);
  const DataMeasurement shift = measure_shift(table_named("train", now), table_named("reference", before), "y");
  CHECK(shift.value == Approx(0.2));
  CHECK(shift.low == Approx(0.0524).margin(5e-5));
  CHECK(shift.high == Approx(0.3339).margin(5e-5));
  CHECK(shift.found == "0.2: yes is 80% of train and 60% of reference");
  CHECK(shift.details.at("classes").as_array().size() == 2);

  const DataMeasurement same = measure_shift(table_named("train", now), table_named("reference", now), "y");
  CHECK(same.value == 0);
  CHECK(same.low == 0);
  CHECK(same.high > 0.1);
}

TEST_CASE("classes that nobody learned are told with their first row") {
  const std::string train = "y\na\nb\n";
  const std::string test = "x,y\n1,a\n2,c\n3,\n4,c\n";
  const DataMeasurement found = find_missing_classes(table_named("train", train), table_named("test", test), "y");
  REQUIRE(found.why.size() == 1);
  CHECK(found.why.front() == "CLASS_NEW y: 2 rows (66.67%), no row of train has c; first in row 2");
  CHECK(found.found == "1 of 2 classes");
  CHECK(find_missing_classes(table_named("test", test), table_named("train", train), "y").why.size() == 1);
  CHECK(find_missing_classes(table_named("test", test), table_named("test", test), "y").why.empty());
}

TEST_CASE("rows that two tables share are those of the second") {
  const std::string train = "a,b\n1,2\n3,4\n";
  const std::string test = "b,a\n2,1\n4,4\n4,3\n";
  const DataMeasurement shared = find_shared_rows(table_named("train", train), table_named("test", test));
  REQUIRE(shared.why.size() == 1);
  CHECK(shared.why.front() == "LEAKAGE: 2 rows (66.67%), the row of test stands in train, too; first in row 1, 3");
  CHECK(shared.details.at("anomalies").as_array().front().at("count").as_integer() == 2);
}

TEST_CASE("the latest of a column of dates and times counts") {
  const std::string days = "day,id\n2026-10-02,1\n2026-10-28,2\nlater,3\n,4\n2026-10-03,5\n";
  const DataMeasurement latest = find_latest(table_named("train", days), "day");
  // date -d 2026-10-28T00:00Z +%s000
  CHECK(latest.value == 1793145600000.0);
  CHECK(latest.details.at("other_values").as_integer() == 1);
  CHECK(fault_of([&] { find_latest(table_named("train", days), "dya"); }) ==
        "train has no column `dya`; did you mean `day`?");
  CHECK(fault_of([&] { find_latest(table_named("train", days), "id"); }) ==
        "no value of `id` in train is a date or time");
}

TEST_CASE("drift is the share of the columns that have drifted, and of those that may have") {
  std::string before = "a,b,gone\n";
  std::string now = "a,b\n";
  for (int i = 0; i < 200; ++i) {
    before += fmt::format("{},{},1\n", i % 50, i % 3);
    now += fmt::format("{},{}\n", 25 + i % 50, i % 3);
  }
  const DataMeasurement gone = measure_drift(table_named("now", now), table_named("before", before), {});
  CHECK(gone.is_refuted);
  CHECK(gone.value == Approx(2.0 / 3));
  CHECK(gone.why.front() == "gone: the column is gone");

  const DataMeasurement drift = measure_drift(table_named("now", now), table_named("before", before), {"a", "b"});
  CHECK_FALSE(drift.is_refuted);
  CHECK(drift.low == 0.5);
  CHECK(drift.high == 0.5);
  REQUIRE(drift.why.size() == 1);
  CHECK(drift.why.front().starts_with("a: kolmogorov_smirnov p "));
  CHECK(drift.found == "0.5: 1 of 2 columns");

  const std::string few = "a,b\n30,1\n30,1\n30,1\n";
  const DataMeasurement unsure = measure_drift(table_named("few", few), table_named("before", before), {"a", "b"});
  CHECK(unsure.low == 0);
  CHECK(unsure.high == 1);
  CHECK(unsure.doubt == "there are too few rows to tell whether these have drifted: a, b");
  CHECK(fault_of([&] { measure_drift(table_named("now", now), table_named("before", before), {"agee"}); }) != "");
}
