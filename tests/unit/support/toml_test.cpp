#include <mlops/support/toml.hpp>

#include <catch2/catch.hpp>

#include <cmath>

#include <mlops/support/error.hpp>

using namespace mlops;
using Catch::Matchers::Contains;

namespace {

Toml parsed(std::string_view text) { return parse_toml(text, "mlops.toml"); }

std::string refusal(std::string_view text) {
  try {
    (void)parsed(text);
    return "accepted";
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return error.message();
  }
}

std::vector<std::string> keys_of(const Toml* value) {
  REQUIRE(value != nullptr);
  REQUIRE(value->table() != nullptr);
  std::vector<std::string> keys;
  for (const auto& [key, member] : *value->table()) keys.push_back(key);
  return keys;
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string result;
  for (std::size_t time = 0; time < times; ++time) result += text;
  return result;
}

constexpr std::string_view policy = R"([stages]
order = ["staging", "production"]

[gate.production]
after     = "staging"
metrics   = [
  "accuracy >= 0.92",
  "auc >= production.auc - 0.005",
]
approvals = 1

[model.churn.train]
inputs  = { train = "data/train.csv", extra = "b.csv" }
params  = { lr = 0.1, zeta = 1, alpha = true }
)";

}  // namespace

TEST_CASE("a policy is read in the order of the file") {
  const Toml document = parsed(policy);
  CHECK(keys_of(&document) == std::vector<std::string>{"stages", "gate", "model"});
  const Toml* const production = document.find("gate")->find("production");
  CHECK(keys_of(production) == std::vector<std::string>{"after", "metrics", "approvals"});
  CHECK(*production->find("after")->string() == "staging");
  CHECK(std::get<std::int64_t>(production->find("approvals")->value) == 1);
  CHECK(production->find("metrics")->array()->size() == 2);
  const Toml* const train = document.find("model")->find("churn")->find("train");
  CHECK(keys_of(train->find("params")) == std::vector<std::string>{"lr", "zeta", "alpha"});
  CHECK(std::get<double>(train->find("params")->find("lr")->value) == 0.1);
}

TEST_CASE("every value knows where it stands") {
  const Toml document = parsed(policy);
  const auto position = [](const Toml* value) { return std::pair{value->line, value->column}; };
  CHECK(position(&document) == std::pair{1, 1});
  CHECK(position(document.find("stages")) == std::pair{1, 1});
  const Toml* const production = document.find("gate")->find("production");
  CHECK(position(document.find("gate")) == std::pair{4, 1});
  CHECK(position(production) == std::pair{4, 1});
  CHECK(position(production->find("after")) == std::pair{5, 13});
  CHECK(position(&(*production->find("metrics")->array())[1]) == std::pair{8, 3});
  const Toml* const inputs = document.find("model")->find("churn")->find("train")->find("inputs");
  CHECK(position(inputs) == std::pair{13, 11});
  CHECK(position(inputs->find("extra")) == std::pair{13, 47});
}

TEST_CASE("order is kept through dotted keys, reopened parents and arrays of tables") {
  const Toml document = parsed("z.b = 1\nz.a = 2\ny = 3\n[x.late]\n[x]\nq = 1\n[[w]]\nn = 1\n[[w]]\nn = 2\n[a]\n");
  CHECK(keys_of(&document) == std::vector<std::string>{"z", "y", "x", "w", "a"});
  CHECK(keys_of(document.find("z")) == std::vector<std::string>{"b", "a"});
  CHECK(keys_of(document.find("x")) == std::vector<std::string>{"late", "q"});
  CHECK(document.find("x")->line == 5);
  CHECK(document.find("w")->array()->size() == 2);
  CHECK((*document.find("w")->array())[1].line == 9);
}

TEST_CASE("every type has its name") {
  const Toml document = parsed("a = true\nb = 1\nc = 1.0\nd = 'x'\ne = []\nf = {}\n");
  CHECK(document.find("a")->type_name() == "boolean");
  CHECK(document.find("b")->type_name() == "integer");
  CHECK(document.find("c")->type_name() == "float");
  CHECK(document.find("d")->type_name() == "string");
  CHECK(document.find("e")->type_name() == "array");
  CHECK(document.find("f")->type_name() == "table");
  CHECK(document.find("g") == nullptr);
  CHECK(document.find("a")->find("b") == nullptr);
}

TEST_CASE("dates and times keep their source text") {
  const Toml document = parsed(
      "\"ключ\" = [2026-11-01, 07:32:00]\n"
      "a = 2026-11-01T07:32:00.999+02:00 # comment\n"
      "b = 2026-11-01 07:32:00Z\n"
      "c = 2026-11-01 # 7 days\n"
      "d = { \"é\" = 1979-05-27T07:32:00, x = 1 }\n"
      "e = 2026-11-01");
  CHECK(*(*document.find("ключ")->array())[0].string() == "2026-11-01");
  CHECK(*(*document.find("ключ")->array())[1].string() == "07:32:00");
  CHECK(*document.find("a")->string() == "2026-11-01T07:32:00.999+02:00");
  CHECK(*document.find("b")->string() == "2026-11-01 07:32:00Z");
  CHECK(*document.find("c")->string() == "2026-11-01");
  CHECK(*document.find("d")->find("é")->string() == "1979-05-27T07:32:00");
  CHECK(*document.find("e")->string() == "2026-11-01");
}

TEST_CASE("strings, numbers and line ends are TOML 1.0's") {
  const Toml document =
      parsed("a = \"\"\"\nx\"\"\\\n   y\"\"\"\r\nb = '\\n'\nc = 0xff\nd = 1_000\ne = nan\nf = \"\\u00e9\"\n");
  CHECK(*document.find("a")->string() == "x\"\"y");
  CHECK(*document.find("b")->string() == "\\n");
  CHECK(std::get<std::int64_t>(document.find("c")->value) == 255);
  CHECK(std::get<std::int64_t>(document.find("d")->value) == 1000);
  CHECK(std::isnan(std::get<double>(document.find("e")->value)));
  CHECK(*document.find("f")->string() == "é");
  CHECK(parsed("").table()->empty());
  CHECK(parsed("\xEF\xBB\xBF"
               "a = 1")
            .find("a")
            ->column == 5);
}

TEST_CASE("a refused policy names the source, the line and the column") {
  CHECK_THAT(refusal("a = 1\nb = \n"), Contains("mlops.toml:2:"));
  CHECK_THAT(refusal("a = 1\na = 2\n"), Contains("mlops.toml:2:"));
  CHECK_THAT(refusal("[a]\nx = 1\n[a]\n"), Contains("mlops.toml:3:"));
}

TEST_CASE("what is not TOML is refused") {
  const auto text =
      GENERATE(as<std::string>{}, "a", "a =", "= 1", "a = 1 b = 2", "a = 'x", "a = \"\"\"x", "a = [1", "[a", "[[a]",
               "a = {b = 1", "a = 01", "a = 2026-13-01", "a = \"\\ud800\"", "a = \"\\x41\"", "a = 9223372036854775808",
               "a.b = 1\na = 2", "a = \"\xFF\"", std::string("a = \"\0\"", 7), "a = [1\n[b]\n");
  CAPTURE(text);
  CHECK(refusal(text) != "accepted");
}

TEST_CASE("a document cut off at any byte is read or refused, never worse") {
  for (std::size_t length = 0; length <= policy.size(); ++length) CHECK_NOTHROW(refusal(policy.substr(0, length)));
}

TEST_CASE("nesting without end is refused before it costs the stack") {
  CHECK(refusal("a = " + repeated("[", 10'000)) != "accepted");
  CHECK(refusal(repeated("a={", 10'000)) != "accepted");
  CHECK(refusal("x = 1\n" + repeated("a.", 100'000) + "a = 1") == "mlops.toml:2:1: key has more than 16 parts");
  CHECK(refusal("[" + repeated("a.", 100'000) + "a]") == "mlops.toml:1:2: key has more than 16 parts");
  CHECK_THAT(refusal("s = { t = \"\"\"x\"\"\"\", " + repeated("a.", 100) + "a = 1 }"),
             Contains("key has more than 16 parts"));
  CHECK(refusal("s = \"" + repeated("a.", 1000) + "\" # " + repeated("b.", 1000) + "\n") == "accepted");
  CHECK(refusal(repeated("a.", 15) + "a = 1") == "accepted");
  // The deepest that is let through.
  const std::string level = repeated("a.", 15) + "a = ";
  CHECK(refusal(repeated(level + "{", 30) + "b = 1" + repeated("}", 30)) == "accepted");
}
