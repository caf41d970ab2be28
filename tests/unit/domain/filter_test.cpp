#include <mlops/domain/filter.hpp>

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "unit/domain/errors.hpp"

using namespace mlops;
using namespace mlops::domain;

namespace {

std::string value_text(const FilterTerm& term) {
  if (const auto* number = std::get_if<double>(&term.value)) return fmt::format("{}", *number);
  if (const auto* flag = std::get_if<bool>(&term.value)) return *flag ? "true" : "false";
  return "'" + std::get<std::string>(term.value) + "'";
}

// The tree in brackets: "all(1:auc > 0.9, any(...))", each term as FIELD:KEY OP VALUE.
std::string tree(const Filter& filter) {
  if (filter.kind == Filter::Kind::term) {
    return fmt::format("{}:{} {} {}", static_cast<int>(filter.term.field), filter.term.key,
                       symbol_of(filter.term.comparison), value_text(filter.term));
  }
  std::string parts;
  for (const Filter& part : filter.parts) parts += (parts.empty() ? "" : ", ") + tree(part);
  const char* name = filter.kind == Filter::Kind::all_of ? "all" : filter.kind == Filter::Kind::any_of ? "any" : "not";
  return fmt::format("{}({})", name, parts);
}

FilterTerm term(std::string_view text) {
  const Filter filter = parse_filter(text);
  REQUIRE(filter.kind == Filter::Kind::term);
  return filter.term;
}

std::string fault(std::string_view text) {
  const std::string message = message_of([&] { parse_filter(text); });
  const std::size_t column = message.find("column");
  return column == std::string::npos ? message : message.substr(column);
}

}  // namespace

TEST_CASE("an empty filter matches everything") {
  CHECK(tree(parse_filter("")) == "all()");
  CHECK(tree(parse_filter("  \n")) == "all()");
}

TEST_CASE("and binds closer than or, not closer than both") {
  CHECK(tree(parse_filter("stage=a or stage=b and stage=c")) == "any(3: == 'a', all(3: == 'b', 3: == 'c'))");
  CHECK(tree(parse_filter("(stage=a or stage=b) and stage=c")) == "all(any(3: == 'a', 3: == 'b'), 3: == 'c')");
  CHECK(tree(parse_filter("not stage=a and stage=b")) == "all(not(3: == 'a'), 3: == 'b')");
  CHECK(tree(parse_filter("NOT (stage=a OR stage=b)")) == "not(any(3: == 'a', 3: == 'b'))");
  CHECK(tree(parse_filter("metrics.auc>0.9 and stage=production and tag.team=risk")) ==
        "all(0:auc > 0.9, 3: == 'production', 2:team == 'risk')");
}

TEST_CASE("every field reads its own kind of value") {
  CHECK(std::get<double>(term("metrics.auc>0.9").value) == 0.9);
  CHECK(term("metric.val.auc<=1e-3").key == "val.auc");
  CHECK(term("metrics.\"top 1\" > 0.5").key == "top 1");
  CHECK(std::get<double>(term("params.lr=0.1").value) == 0.1);
  CHECK(std::get<std::string>(term("params.lr='0.1'").value) == "0.1");
  CHECK(std::get<bool>(term("params.early=true").value));
  CHECK(std::get<std::string>(term("tags.build=007").value) == "007");
}

TEST_CASE("ages, sizes, versions and flags are written as people write them") {
  CHECK(std::get<double>(term("age<30d").value) == 30);
  CHECK(std::get<double>(term("age<12h").value) == 0.5);
  CHECK(std::get<double>(term("age<2w").value) == 14);
  CHECK(std::get<double>(term("age<7").value) == 7);
  CHECK(std::get<double>(term("size>1.5MB").value) == 1.5e6);
  CHECK(std::get<double>(term("size>2KiB").value) == 2048);
  CHECK(std::get<double>(term("version>=v7").value) == 7);
  CHECK(std::get<double>(term("params<1e9").value) == 1e9);
  CHECK(std::get<double>(term("params>=7B").value) == 7e9);
  CHECK(std::get<std::string>(term("format=onnx").value) == "onnx");
  CHECK(std::get<bool>(term("deprecated").value));
  CHECK_FALSE(std::get<bool>(term("dirty = false").value));
  CHECK(tree(parse_filter("not deprecated")) == "not(11: == true)");
  CHECK(std::get<std::string>(term("dataset=team/train@3").value) == "team/train@3");
  CHECK(std::get<std::string>(term("author='Ada <ada@example.org>'").value) == "Ada <ada@example.org>");
}

TEST_CASE("an unreadable filter is refused at its column") {
  CHECK(fault("metrics.auc>0.9 and") == "column 20: something is missing here at the end");
  CHECK(fault("metrics.auc") == "column 12: expected an operator after `metrics.auc`");
  CHECK(fault("metrics.auc>") == "column 13: expected a value after `>`");
  CHECK(fault("metrics.auc>high") == "column 13: `high` is not a number");
  CHECK(fault("stage>production") == "column 6: `>` compares numbers, and `production` is none");
  CHECK(fault("tag.größe=1 und stage=x") == "column 13: expected `and` or `or` before `und`");
  CHECK(fault("(stage=x") == "column 1: this `(` is never closed");
  CHECK(fault("stage=x)") == "column 8: this `)` closes nothing");
  CHECK(fault("message='abc") == "column 9: this quote is never closed");
  CHECK(fault("age>3moons") == "column 5: `3moons` is not an age, such as 30d or 12h");
  CHECK(fault("params<many") == "column 8: `many` is not a count, such as 1e9 or 7B");
  CHECK(fault("deprecated=maybe") == "column 12: `maybe` is not true or false");
  CHECK(fault("metrics.>1") == "column 1: the name of the metric is empty");
  CHECK(fault("stage= and dirty") == "column 8: expected a value after `=`");
  CHECK(fault("stage='and'") == "");
  CHECK(fault("and") == "column 1: expected a field, such as `metrics.auc`, and found `and`");
}

TEST_CASE("what was probably meant in a filter is proposed") {
  CHECK(hint_of([] { parse_filter("stge=production"); }) == "did you mean `stage`?");
  CHECK(hint_of([] { parse_filter("metircs.auc>1"); }) == "did you mean `metrics.auc`?");
  CHECK(hint_of([] { parse_filter("auc>0.9"); }) == "a metric is `metrics.auc`, a param `params.auc`, a tag `tag.auc`");
  CHECK(hint_of([] { parse_filter("stage=a && stage=b"); }) == "write `and`");
  CHECK(hint_of([] { parse_filter("message~abc"); }) ==
        "compare whole values with `=` or `!=`; there is no pattern matching");
}

TEST_CASE("a filter may nest 64 deep and no deeper") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '(') + "stage=a" + std::string(depth, ')'); };
  CHECK(tree(parse_filter(nested(63))) == "3: == 'a'");
  CHECK(fault(nested(64)) == "column 65: it is nested more than 64 deep");
  std::string nots;
  for (int i = 0; i < 100'000; ++i) nots += "not ";
  CHECK(fault(nots + "stage=a").ends_with("it is nested more than 64 deep"));
  CHECK_THROWS_AS(parse_filter(std::string(1'000'000, '(')), Error);
}

TEST_CASE("no spoiled filter does worse than be refused") {
  const std::string good = "metrics.auc>0.9 and (stage='production' or not tag.\"a b\"=x)";
  for (std::size_t i = 0; i <= good.size(); ++i) {
    for (const std::string piece : {"", "\xff", "'", "(", ")", "=", " not ", ".", "é"}) {
      for (const std::string& text : {good.substr(0, i) + piece, good.substr(0, i) + piece + good.substr(i)}) {
        const auto error = error_of([&] { parse_filter(text); });
        if (error) CHECK(error->kind() == ErrorKind::usage);
      }
    }
  }
}
