#include <mlops/app/dataset_check.hpp>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>

using namespace mlops;
using namespace mlops::app;

namespace {

// 2026-11-01T09:00:00Z
constexpr Timestamp now{1793523600000};

// Each anomaly as "CODE column count: first rows".
std::vector<std::string> lines_of(const std::vector<Anomaly>& anomalies) {
  std::vector<std::string> lines;
  for (const Anomaly& anomaly : anomalies) {
    std::string line =
        std::string{name_of(anomaly.code)} + " " + anomaly.column + " " + std::to_string(anomaly.count) + ":";
    for (const auto& [row, value] : anomaly.examples) line += " " + std::to_string(row);
    lines.push_back(line);
  }
  return lines;
}

std::vector<Anomaly> check(std::string_view table, std::string_view schema, const std::string& name = "t.csv") {
  formats::TableFacts facts;
  return check_table(MemorySource{table}, {.name = name}, domain::parse_data_schema(schema, "s.toml"), now, facts);
}

std::vector<std::string> found(std::string_view table, std::string_view schema, const std::string& name = "t.csv") {
  return lines_of(check(table, schema, name));
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a table that holds to its schema has no anomaly") {
  CHECK(found("a,b\n1,x\n2,y\n", "[column.a]\ntype = \"integer\"\nunique = true\nmin = 1\nmax = 2\n[column.b]\n")
            .empty());
}

TEST_CASE("each kind of anomaly is told once, with its rows") {
  CHECK(found("a\n1\n", "[table]\nmin_rows = 2\n[column.a]\n") == Lines{"ROW_COUNT  0:"});
  CHECK(found("a\n1\n2\n", "[table]\nmax_rows = 1\n[column.a]\n") == Lines{"ROW_COUNT  0:"});
  CHECK(found("ages\n1\n", "[column.age]\n") == Lines{"COLUMN_MISSING age 0:", "COLUMN_NEW ages 0:"});
  CHECK(found("b\n1\n", "[table]\nnew_columns = true\n[column.a]\noptional = true\n").empty());
  CHECK(found("a\n1\n1.5\nx\n-2\n", "[column.a]\ntype = \"integer\"\n") == Lines{"TYPE a 2: 2 3"});
  CHECK(found("a\n1\n1.5\nx\n", "[column.a]\ntype = \"number\"\n") == Lines{"TYPE a 1: 3"});
  CHECK(found("a\n2026-01-01\n2026-01-01T09:00\n", "[column.a]\ntype = \"time\"\n").empty());
  CHECK(found("a,b\n1,2\n,2\nNA,2\n", "[column.a]\nmax_missing = 0.5\n[column.b]\n") ==
        Lines{"MISSING_VALUES a 2: 2 3"});
  CHECK(found("a,b\n1,2\n,2\n", "[column.a]\nmax_missing = 0.5\n[column.b]\n").empty());
  CHECK(found("a\n1\ninf\n", "[column.a]\ntype = \"number\"\n") == Lines{"INFINITE a 1: 2"});
  CHECK(found("a\n1\ninf\n", "[column.a]\ntype = \"number\"\ninfinite = true\n").empty());
  CHECK(found("a\n0\n1\n10\n11\n", "[column.a]\nmin = 1\nmax = 10\n") == Lines{"OUT_OF_RANGE a 2: 1 4"});
  CHECK(found("a\n2019-12-31\n2020-01-01\n", "[column.a]\ntype = \"date\"\nmin = \"2020-01-01\"\n") ==
        Lines{"OUT_OF_RANGE a 1: 1"});
  CHECK(found("a\nö\nabc\nabcd\n", "[column.a]\nmin_length = 2\nmax_length = 3\n") == Lines{"LENGTH a 2: 1 3"});
  CHECK(found("a\nx\ny\nz\n", "[column.a]\ncategories = [\"x\", \"y\"]\n") == Lines{"UNEXPECTED_CATEGORY a 1: 3"});
  CHECK(found("a\n1\n3\n", "[column.a]\ncategories = [1, 2]\n") == Lines{"UNEXPECTED_CATEGORY a 1: 2"});
  CHECK(found("a\nA1\nB\n", "[column.a]\npattern = '[A-Z]\\d'\n") == Lines{"PATTERN a 1: 2"});
  CHECK(found("a\nx\ny\nx\nx\n", "[column.a]\nunique = true\n") == Lines{"NOT_UNIQUE a 2: 3 4"});
  CHECK(found("a,b\n1,1\n1,2\n1,1\n", "[table]\nkey = [\"a\", \"b\"]\n[column.a]\n[column.b]\n") ==
        Lines{"NOT_UNIQUE a, b 1: 3"});
}

TEST_CASE("rules hold for rows in which both sides have a value") {
  constexpr std::string_view schema =
      "[table]\nrules = [\"start <= end\", \"n > 0\"]\n[column.start]\n[column.end]\n[column.n]\n";
  CHECK(found("start,end,n\n2026-01-01,2026-01-02,1\n2026-01-03,2026-01-02,10\n2026-01-03,,0\n", schema) ==
        Lines{"RULE  1: 2", "RULE  1: 3"});
  // By their values, not their spelling: 9 < 10.
  CHECK(found("start,end,n\n9,10,1\n", schema).empty());
  CHECK(found("start,end,n\nb,a,1\n", schema) == Lines{"RULE  1: 1"});
  CHECK(found("s\ngone\nhere\n", "[table]\nrules = [\"s != 'gone'\"]\n[column.s]\n") == Lines{"RULE  1: 1"});
}

TEST_CASE("data are stale when the latest time is too old") {
  constexpr std::string_view schema = "[column.t]\ntype = \"date\"\nmax_age = \"7d\"\n";
  CHECK(found("t\n2026-10-20\n2026-10-30\n", schema).empty());
  CHECK(found("t\n2026-10-20\n", schema) == Lines{"STALE t 0:"});
  CHECK(found("t,u\n,1\n", std::string{schema} + "[column.u]\n") == Lines{"STALE t 0:"});
}

TEST_CASE("a value of a wrong type is told once, and an empty table breaks no rule about values") {
  CHECK(found("a\nabc\n", "[column.a]\ntype = \"integer\"\nmin = 5\ncategories = [1]\n") == Lines{"TYPE a 1: 1"});
  CHECK(found("a\n", "[column.a]\ntype = \"integer\"\nmax_missing = 0\nunique = true\n").empty());
}

TEST_CASE("a key of JSON that only some lines have is missing in the others") {
  CHECK(found("{\"a\": 1}\n{\"a\": 2, \"b\": \"5\"}\n",
              "[column.a]\n[column.b]\ntype = \"integer\"\nmax_missing = 0.4\n",
              "t.jsonl") == Lines{"MISSING_VALUES b 1: 1", "TYPE b 1: 2"});
}

TEST_CASE("anomalies of a large table have the numbers of their rows, whatever thread met them") {
  std::string table = "id,v\n";
  for (int i = 1; i <= 1'000'000; ++i)
    table += std::to_string(i == 900'001 ? 5 : i) + (i % 300'000 == 0 ? ",x\n" : ",1\n");
  CHECK(found(table, "[column.id]\nunique = true\n[column.v]\ntype = \"integer\"\n") ==
        Lines{"NOT_UNIQUE id 1: 900001", "TYPE v 3: 300000 600000 900000"});
}

TEST_CASE("a schema that contradicts itself is refused") {
  CHECK_THROWS_WITH(check("a\n1\n", "[column.a]\ntype = \"text\"\nmin = 1\n"), "column `a`: `min = 1` is no number");
  CHECK_THROWS_WITH(check("a\n1\n", "[column.a]\ntype = \"date\"\nmax = 7\n"),
                    "column `a`: `max = 7` is no date or time");
  CHECK_THROWS_WITH(check("a\n1\n", "[column.a]\nmin = 2\nmax = 1\n"), "column `a`: `max` is below `min`");
}

TEST_CASE("an inferred schema holds for the data it was inferred from, and is not eager") {
  std::string table = "id,city,code,start,end,gap,flag,x\n";
  for (int i = 0; i < 300; ++i) {
    const std::string day = std::to_string(10 + i % 20);
    table += std::to_string(i + 1) + (i % 3 == 0 ? ",Rome," : ",Oslo,") + "AB-" + std::to_string(100 + i) +
             ",2026-01-" + day + ",2026-03-" + day + (i % 10 == 0 ? ",," : ",1,") + (i % 2 == 0 ? "true" : "false") +
             "," + std::to_string(i % 7) + ".5\n";
  }
  const MemorySource source{table};
  const InferredSchema inferred = infer_schema(source, {.name = "t.csv"}, "t.csv");
  const domain::DataSchema& schema = inferred.schema;
  CHECK(schema.find("id")->type == "integer");
  CHECK(schema.find("id")->unique);
  CHECK(schema.find("id")->min == std::nullopt);
  CHECK(schema.find("city")->categories == std::vector<std::string>{"Oslo", "Rome"});
  CHECK(schema.find("city")->max_missing == 0.0);
  CHECK(schema.find("code")->pattern == "[A-Z]{2}-\\d{3}");
  CHECK(schema.find("code")->unique);
  // 10% and three standard errors of sqrt(0.1 * 0.9 / 300) are 15.2%.
  CHECK(schema.find("gap")->max_missing == 0.16);
  CHECK_FALSE(schema.find("x")->unique);
  REQUIRE(schema.rules.size() == 1);
  CHECK(schema.rules[0].text == "start <= end");
  CHECK(inferred.notes.columns.at("x") == std::vector<std::string>{"min = 0.5", "max = 6.5"});
  const std::string text = domain::to_toml(schema, inferred.notes);
  CHECK(found(table, text).empty());
}

TEST_CASE("long texts are no categories") {
  std::string table = "a\n";
  for (int i = 0; i < 20; ++i) table += std::string(300, 'x') + (i % 2 == 0 ? "y\n" : "z\n");
  const InferredSchema inferred = infer_schema(MemorySource{table}, {.name = "t.csv"}, "t.csv");
  CHECK(inferred.schema.find("a")->categories.empty());
  CHECK(found(table, domain::to_toml(inferred.schema)).empty());
}

TEST_CASE("a few rows are witnesses of types only") {
  const MemorySource source{"id,start,end\n1,2026-01-01,2026-01-02\n2,2026-01-01,2026-01-02\n"};
  const InferredSchema inferred = infer_schema(source, {.name = "t.csv"}, "t.csv");
  CHECK_FALSE(inferred.schema.find("id")->unique);
  CHECK(inferred.schema.rules.empty());
}

TEST_CASE("test rows that were trained on are found, whatever the order of the columns") {
  const MemorySource train{"a,b,y\n1,x,0\n2,y,1\n3,,0\n"};
  const MemorySource test{"y,b,a,extra\n1,y,2,p\n0,z,1,q\n0,,3,r\n"};
  CHECK(lines_of(check_split(train, {.name = "t.csv"}, test, {.name = "u.csv"}, std::nullopt)) ==
        Lines{"LEAKAGE  2: 1 3"});
  CHECK(check_split(train, {.name = "t.csv"}, MemorySource{"a,b,y\n1,x,1\n"}, {.name = "u.csv"}, std::nullopt).empty());
  CHECK_THROWS_WITH(check_split(train, {.name = "t.csv"}, MemorySource{"z\n1\n"}, {.name = "u.csv"}, std::nullopt),
                    "training and test data have no column in common");
  CHECK_THROWS_WITH(check_split(train, {.name = "t.csv"}, test, {.name = "u.csv"}, "extra"),
                    "training and test data have no common column `extra`");
}

TEST_CASE("classes that one side lacks, or that are shared out differently, are told") {
  const auto classes = [](std::string_view train, std::string_view test) {
    return lines_of(check_split(MemorySource{train}, {.name = "t.csv"}, MemorySource{test}, {.name = "u.csv"}, "y"));
  };
  CHECK(classes("i,y\n1,a\n2,b\n", "i,y\n3,a\n4,b\n").empty());
  CHECK(classes("i,y\n1,a\n2,b\n", "i,y\n3,a\n4,c\n") ==
        Lines{"CLASS_MISSING y 0:", "CLASS_NEW y 1:", "CLASS_BALANCE y 0:"});
  CHECK(classes("i,y\n1,a\n2,b\n3,b\n4,b\n", "i,y\n5,a\n6,b\n") == Lines{"CLASS_BALANCE y 0:"});
}
