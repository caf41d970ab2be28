#include "prediction_rows.hpp"

#include <catch2/catch.hpp>

#include <mlops/support/byte_source.hpp>

using namespace mlops;
using namespace mlops::app;

namespace {

formats::Table table_of(std::string_view csv) {
  formats::TableOptions options;
  options.name = "table.csv";
  return formats::load_table(MemorySource{csv}, options);
}

Predictions predictions_of(std::int64_t number, std::string_view made, std::string_view holdout = "") {
  Predictions predictions;
  predictions.name = "churn@" + std::to_string(number);
  predictions.made = table_of(made);
  if (!holdout.empty()) predictions.holdout = table_of(holdout);
  return predictions;
}

std::string fault_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

const domain::PredictionRecipe recipe;

}  // namespace

TEST_CASE("labels are compared as text without spaces, and numbers as numbers") {
  CHECK(label_text(" yes ") == "yes");
  CHECK(label_text("1.0") == label_text("1"));
  CHECK(label_text("-0") == label_text("0"));
  const std::vector<std::string> numbers = {"10", "9", "10"};
  CHECK(classes_of({&numbers}) == std::vector<std::string>{"9", "10"});
  CHECK(indexes_of(numbers, classes_of({&numbers})) == std::vector<std::uint32_t>{1, 0, 1});
}

TEST_CASE("what the predictions lack is taken from the holdout, by id") {
  const Predictions predictions =
      predictions_of(1, "id,prediction\nb,1\na,0\n", "id,truth,region\na,0,north\nb,1,south\n");
  const PredictionColumns columns{predictions, recipe};
  CHECK(columns.texts("prediction") == std::vector<std::string>{"1", "0"});
  CHECK(columns.texts("truth") == std::vector<std::string>{"1", "0"});
  CHECK(columns.texts("region") == std::vector<std::string>{"south", "north"});
  CHECK(slice_names({"region", "truth"}, columns).front() == "region=south, truth=1");
}

TEST_CASE("two versions are put side by side by id, whatever the order of their rows") {
  const Predictions first = predictions_of(1, "id,truth,prediction\na,0,0\nb,1,1\n");
  const Predictions second = predictions_of(2, "id,truth,prediction\nb,1,0\na,0,0\n");
  const PredictionColumns own{first, recipe};
  CHECK(PredictionColumns{second, own}.texts("prediction") == std::vector<std::string>{"0", "0"});
  CHECK(PredictionColumns{second, own}.texts("truth") == own.texts("truth"));
}

TEST_CASE("rows that are not the same are never compared") {
  const Predictions first = predictions_of(1, "id,truth,prediction\na,0,0\nb,1,1\n");
  const PredictionColumns own{first, recipe};
  const auto against = [&](std::string_view csv) {
    const Predictions other = predictions_of(2, csv);
    return fault_of([&] { const PredictionColumns columns{other, own}; });
  };
  CHECK(against("id,truth,prediction\na,0,0\n") == "2 rows of churn@1 can't be compared with 1 of churn@2");
  CHECK(against("id,truth,prediction\na,0,0\nc,1,1\n") ==
        "there is no row with the id `b` in the predictions of churn@2");
  CHECK(against("id,truth,prediction\na,0,0\na,1,1\n") == "the id `a` stands twice in the predictions of churn@2");
  CHECK(against("id,truth,prediction\na,1,0\nb,1,1\n") ==
        "the predictions of churn@2 tell another truth in row 1: `1` and not `0`");
}

TEST_CASE("columns and cells that are not there are named") {
  const Predictions predictions = predictions_of(1, "id,predicton,score\na,1,0.5\nb,,x\n");
  const PredictionColumns columns{predictions, recipe};
  CHECK(fault_of([&] { (void)columns.texts("prediction"); }) ==
        "the predictions have no column `prediction`; did you mean `predicton`?");
  CHECK(fault_of([&] { (void)columns.texts("predicton"); }) == "`predicton` is missing in row 2");
  CHECK(fault_of([&] { (void)columns.numbers("score"); }).find("score") != std::string::npos);
  CHECK_FALSE(columns.has("region"));
}
