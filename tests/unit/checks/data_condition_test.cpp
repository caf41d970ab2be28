#include <catch2/catch.hpp>

#include "unit/checks/facts_for_tests.hpp"

using namespace mlops;
using namespace mlops::checks;
using domain::CheckResult;
using domain::Evidence;

namespace {

Evidence ask_data(std::string_view text, const DataFinding& finding) {
  Facts facts = good_facts();
  facts.look_at_data = [&](const domain::DataCondition&) { return finding; };
  return data_condition(domain::parse_data_condition(text, [](std::string_view word) { return word == "production"; }),
                        facts);
}

DataFinding figure_between(double low, double high) {
  DataFinding finding;
  finding.value = finding.low = low;
  finding.high = high;
  finding.found = "some";
  finding.why = {"a", "b", "c", "d"};
  finding.doubt = "too few rows";
  return finding;
}

}  // namespace

TEST_CASE("a figure of data is judged by what it may be") {
  const std::string drift = "drift of train from reference < 0.5";
  CHECK(ask_data(drift, figure_between(0.2, 0.4)).result == CheckResult::passed);
  CHECK(ask_data(drift, figure_between(0.2, 0.5)).result == CheckResult::inconclusive);
  CHECK(ask_data(drift, figure_between(0.5, 0.5)).result == CheckResult::failed);
  CHECK(ask_data("drift of train from reference <= 0.5", figure_between(0.2, 0.5)).result == CheckResult::passed);
  CHECK(ask_data("rows of train >= 100", figure_between(100, 100)).result == CheckResult::passed);
  CHECK(ask_data("rows of train > 100", figure_between(100, 100)).result == CheckResult::failed);
  CHECK(ask_data("rows of train == 100", figure_between(100, 100)).result == CheckResult::passed);
}

TEST_CASE("evidence on data says what speaks against them, or why it can't be told") {
  const Evidence failed = ask_data("drift of train from reference < 0.5", figure_between(0.6, 0.8));
  CHECK(failed.check == "data.drift");
  CHECK(failed.wanted == "drift of train from reference < 0.5");
  CHECK(failed.found == "some");
  CHECK(failed.reason == "a; b; c; and 1 more");
  CHECK(failed.figures.at("wanted").as_double() == 0.5);
  CHECK(failed.figures.at("interval").as_array().size() == 2);
  CHECK(ask_data("drift of train from reference < 0.5", figure_between(0.2, 0.8)).reason == "too few rows");
  CHECK(ask_data("drift of train from reference < 0.5", figure_between(0.2, 0.2)).reason.empty());
}

TEST_CASE("a sentence holds when nothing speaks against it") {
  DataFinding finding;
  CHECK(ask_data("train and holdout share no rows", finding).result == CheckResult::passed);
  finding.why = {"LEAKAGE: 3 rows"};
  CHECK(ask_data("train and holdout share no rows", finding).result == CheckResult::failed);
}

TEST_CASE("a column that is gone is drift, whatever the limit") {
  DataFinding finding = figure_between(0.1, 0.1);
  finding.is_refuted = true;
  CHECK(ask_data("drift of train from reference < 0.5", finding).result == CheckResult::failed);
}

TEST_CASE("data of a stage that nobody holds ask for nothing, and what can't be found is an error") {
  DataFinding finding;
  finding.is_unopposed = true;
  finding.note = "nobody holds production yet";
  const Evidence passed = ask_data("drift of train from production.train < 0.5", finding);
  CHECK(passed.result == CheckResult::passed);
  CHECK(passed.reason == "nobody holds production yet");
  finding.fault = "the bytes are gone";
  const Evidence error = ask_data("drift of train from production.train < 0.5", finding);
  CHECK(error.result == CheckResult::error);
  CHECK(error.reason == "the bytes are gone");
}
