#include <mlops/domain/compound.hpp>

#include <catch2/catch.hpp>

#include <mlops/domain/condition.hpp>
#include <mlops/domain/predictions.hpp>

#include "unit/domain/errors.hpp"

using namespace mlops;
using namespace mlops::domain;

namespace {

bool names_stage(std::string_view word) { return word == "production"; }
Compound<Condition> metrics(std::string_view text) { return parse_condition(text, names_stage); }
Compound<PredictionCondition> predictions(std::string_view text) {
  return parse_prediction_condition(text, names_stage);
}

std::string column_and_reason(std::string_view text) {
  const std::string message = message_of([&] { metrics(text); });
  return message.substr(std::min(message.find("column"), message.size()));
}
std::string proposed(std::string_view text) {
  return hint_of([&] { metrics(text); });
}

// "(0 and (1 or 2))"
std::string shape_of(const Junction& junction) {
  if (junction.kind == Junction::Kind::part) return std::to_string(junction.part);
  std::string text;
  for (const Junction& part : junction.of) {
    if (!text.empty()) text += junction.kind == Junction::Kind::all_of ? " and " : " or ";
    text += shape_of(part);
  }
  return "(" + text + ")";
}
std::string shape(std::string_view text) { return shape_of(metrics(text).whole); }

}  // namespace

TEST_CASE("a condition of one comparison is that comparison") {
  const auto plain = metrics(" accuracy >= 0.9 ");
  CHECK(plain.text == "accuracy >= 0.9");
  REQUIRE(plain.parts.size() == 1);
  CHECK(shape_of(plain.whole) == "0");
  CHECK(shape("((accuracy >= 0.9))") == "0");
}

TEST_CASE("`and` binds closer than `or`, and brackets closest") {
  CHECK(shape("a >= 1 and b >= 2 and c >= 3") == "(0 and 1 and 2)");
  CHECK(shape("a >= 1 or b >= 2 and c >= 3") == "(0 or (1 and 2))");
  CHECK(shape("(a >= 1 or b >= 2) and c >= 3") == "((0 or 1) and 2)");
  CHECK(shape("(a>=1)and(b>=2)") == "(0 and 1)");
}

TEST_CASE("each part keeps its own text, and the whole the whole") {
  const auto both = metrics("auc >= production.auc - 0.005 and (log_loss <= 0.2 or brier <= 0.1)");
  REQUIRE(both.parts.size() == 3);
  CHECK(both.parts[0].text == "auc >= production.auc - 0.005");
  CHECK(both.parts[0].reference->amount == 0.005);
  CHECK(both.parts[2].text == "brier <= 0.1");
  CHECK(both.text == "auc >= production.auc - 0.005 and (log_loss <= 0.2 or brier <= 0.1)");
  CHECK(condition_name("metrics", both) == "metrics.auc+log_loss+brier");
  CHECK(condition_name("metrics", metrics("auc >= 0.9 and auc <= 0.99")) == "metrics.auc");
}

TEST_CASE("a class and a column may hold words and brackets that look like ours") {
  const auto sentence = predictions("recall of salt and pepper by age (years) >= 0.8 and auc >= 0.9");
  REQUIRE(sentence.parts.size() == 2);
  CHECK(sentence.parts[0].label == "salt and pepper");
  CHECK(sentence.parts[0].by == std::vector<std::string>{"age (years)"});
  CHECK(sentence.parts[1].metric == "auc");
}

TEST_CASE("what can't be cut is told with its column in the whole") {
  CHECK(column_and_reason("a >= 1 and") == "column 11: here a condition is missing");
  CHECK(column_and_reason("and a >= 1") == "column 1: there is no condition before `and`");
  CHECK(column_and_reason("a >= 1 and or b >= 2") == "column 12: there is no condition before `or`");
  CHECK(column_and_reason("a and b >= 2") == "column 3: there is no comparison before `and`");
  CHECK(column_and_reason("a >= and b >= 2") == "column 6: there is no value before `and`");
  CHECK(column_and_reason("(a >= 1 or b >= 2") == "column 1: this `(` is never closed");
  CHECK(column_and_reason("a >= 1) or b >= 2") == "column 7: this `)` closes nothing");
  CHECK(column_and_reason("() or b >= 2") == "column 2: here a condition is missing");
  CHECK(column_and_reason("a >= (1)") == "column 6: a value has no brackets");
  CHECK(column_and_reason("(a >= 1) xor b >= 2") == "column 10: expected `and` or `or` before `xor`");
  CHECK(column_and_reason("not a >= 1") == "column 1: there is no `not`");
  CHECK(column_and_reason("a >= 1 and größe => 2") == "column 18: `=>` is not an operator");
  CHECK(column_and_reason("a >= 1 and b >= prod.b") == "column 17: `prod` is not a stage");
}

TEST_CASE("what other languages write for `and` and `or` is known") {
  CHECK(proposed("a >= 1 && b >= 2") == "did you mean `and`?");
  CHECK(proposed("(a >= 1) || b >= 2") == "did you mean `or`?");
  CHECK(proposed("a >= 1 AND b >= 2") == "did you mean `and`?");
}

TEST_CASE("hostile conditions are refused before they exhaust anything") {
  CHECK(column_and_reason(std::string(50'000, '(')) == "column 17: brackets are nested more than 16 deep");
  std::string many = "a >= 1";
  for (int i = 0; i < 32; ++i) many += " or a >= 1";
  CHECK(message_of([&] { metrics(many); }).find("at most 32 comparisons") != std::string::npos);
  const std::string good = "(a >= 1 or recall of (x) >= 2) and b <= production.b * 2";
  for (std::size_t i = 0; i <= good.size(); ++i) {
    for (const std::string& piece : std::vector<std::string>{"", "(", ")", " and ", "\xff", " ", ">="}) {
      const auto error = error_of([&] { metrics(good.substr(0, i) + piece + good.substr(i)); });
      if (error) CHECK(error->kind() == ErrorKind::usage);
    }
  }
}

// Kleene, "Introduction to Metamathematics" (1952), § 64: the strong tables, with 1, 0 and u.
TEST_CASE("three values are joined as in Kleene's tables") {
  const std::vector<CheckResult> values = {CheckResult::passed, CheckResult::inconclusive, CheckResult::failed};
  const std::string both = "pif iif fff";
  const std::string either = "ppp pii pif";
  const auto table = [&](Junction::Kind kind) {
    const Junction whole{.kind = kind, .part = 0, .of = {{.part = 0, .of = {}}, {.part = 1, .of = {}}}};
    std::string text;
    for (const CheckResult a : values) {
      for (const CheckResult b : values) text += name_of(result_of(whole, std::vector{a, b})).substr(0, 1);
      text += ' ';
    }
    return text.substr(0, text.size() - 1);
  };
  CHECK(table(Junction::Kind::all_of) == both);
  CHECK(table(Junction::Kind::any_of) == either);
}

TEST_CASE("what could not be asked is never a pass, and decides where nothing else does") {
  const Junction both{.kind = Junction::Kind::all_of, .part = 0, .of = {{.part = 0, .of = {}}, {.part = 1, .of = {}}}};
  Junction either = both;
  either.kind = Junction::Kind::any_of;
  using enum CheckResult;
  CHECK(result_of(both, std::vector{error, passed}) == error);
  CHECK(result_of(both, std::vector{error, failed}) == failed);
  CHECK(result_of(either, std::vector{error, passed}) == passed);
  CHECK(result_of(either, std::vector{error, inconclusive}) == error);
}
