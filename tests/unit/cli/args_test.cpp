#include "args.hpp"

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>

namespace mlops::cli {
namespace {

// The arguments of an imaginary command: `cmd MODEL [DIR] [--to STAGE] [-m TEXT] [--tag T]… [--limit N] [-f] --
// COMMAND…`
struct Command {
  std::string model;
  std::optional<std::string> directory, stage;
  std::string message;
  std::vector<std::string> tags, rest;
  std::optional<std::int64_t> limit;
  bool force = false;
  Args args;

  explicit Command(bool with_rest = false) {
    args.positional("MODEL", model, "the model");
    args.optional_positional("DIR", directory, "where to");
    args.option({"--to"}, "STAGE", stage, "the stage");
    args.option({"-m", "--message"}, "TEXT", message, "why");
    args.repeated({"-t", "--tag"}, "NAME", tags, "a tag");
    args.number({"--limit"}, "N", limit, 1, "how many");
    args.flag({"-f", "--force"}, force, "go on");
    if (with_rest) args.rest("COMMAND", rest, "what to run");
  }
};

std::string refusal(const std::vector<std::string>& words, bool with_rest = false) {
  Command command{with_rest};
  try {
    command.args.parse(words);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return error.hints().empty() ? error.message() : error.message() + " | " + error.hints().front();
  }
  return "accepted";
}

TEST_CASE("Arguments reach their targets in any order") {
  const auto words = GENERATE(std::vector<std::string>{"churn", "out", "--to", "production", "-m", "why", "-f"},
                              std::vector<std::string>{"-f", "--to=production", "churn", "--message", "why", "out"},
                              std::vector<std::string>{"-fm", "why", "--to", "production", "--", "churn", "out"});
  Command command;
  command.args.parse(words);
  CHECK(command.model == "churn");
  CHECK(command.directory == "out");
  CHECK(command.stage == "production");
  CHECK(command.message == "why");
  CHECK(command.force);
}

TEST_CASE("What is not given keeps its target as it was") {
  Command command;
  command.args.parse({"churn"});
  CHECK_FALSE(command.directory);
  CHECK_FALSE(command.stage);
  CHECK_FALSE(command.limit);
  CHECK_FALSE(command.force);
  CHECK(command.tags.empty());
}

TEST_CASE("An option that may be repeated takes one word each time") {
  Command command;
  command.args.parse({"-t", "a", "churn", "--tag", "b", "out"});
  CHECK(command.tags == std::vector<std::string>{"a", "b"});
  CHECK(command.model == "churn");
  CHECK(command.directory == "out");
}

TEST_CASE("A flag may be given twice") {
  Command command;
  command.args.parse({"churn", "-f", "--force"});
  CHECK(command.force);
}

TEST_CASE("An option's value may begin with a dash after an equals sign, be empty, or be a negative number") {
  Command command;
  command.args.parse({"churn", "--message=-v", "--to", ""});
  CHECK(command.message == "-v");
  CHECK(command.stage == "");
  CHECK(refusal({"churn", "--limit", "-1"}) == "`--limit -1`: a whole number from 1 is wanted");
}

TEST_CASE("What is wrong with the words is said by the argument's name") {
  using Row = std::pair<std::vector<std::string>, std::string>;
  const auto& [words, complaint] = GENERATE(
      Row{{}, "missing `MODEL` | the model"}, Row{{"churn", "out", "more"}, "unexpected argument `more`"},
      Row{{"churn", "--to", "a", "--to", "b"}, "`--to STAGE` is given twice"},
      Row{{"churn", "-m", "a", "--message", "b"}, "`-m, --message TEXT` is given twice"},
      Row{{"churn", "--to"}, "`--to STAGE` needs a value"},
      Row{{"churn", "--limit", "ten"}, "`--limit ten`: a whole number from 1 is wanted"},
      Row{{"churn", "--limit", "0"}, "`--limit 0`: a whole number from 1 is wanted"},
      Row{{"churn", "--limit", "99999999999999999999"},
          "`--limit 99999999999999999999`: a whole number from 1 is wanted"},
      Row{{"churn", "--froce"}, "unknown option `--froce` | did you mean `--force`?"},
      Row{{"churn", "--froce=1"}, "unknown option `--froce` | did you mean `--force`?"},
      Row{{"churn", "--zzz"}, "unknown option `--zzz` | what begins with `-` and is no option stands after `--`"},
      Row{{"-churn"}, "unknown option `-churn` | what begins with `-` and is no option stands after `--`"},
      Row{{"churn\xff"}, "`MODEL` is not valid UTF-8: churn\\xff"});
  CHECK(refusal(words) == complaint);
}

TEST_CASE("What follows two dashes is taken as it stands") {
  Command command;
  command.args.parse({"--", "-churn", "--to"});
  CHECK(command.model == "-churn");
  CHECK(command.directory == "--to");
}

TEST_CASE("The rest keeps every word, also those that look like options or are empty") {
  std::vector<std::string> rest;
  bool json = false;
  Args args;
  args.flag({"--json"}, json, "JSON");
  args.rest("COMMAND", rest, "what to run");
  args.parse({"--", "sh", "-c", "", "--json", "--", "x"});
  CHECK(rest == std::vector<std::string>{"sh", "-c", "", "--json", "--", "x"});
  CHECK_FALSE(json);
}

TEST_CASE("An option of the command to run that stands before the two dashes is pointed out") {
  CHECK(refusal({"churn", "--lr", "0.1"}, true) ==
        "unknown option `--lr` | options of the command itself stand after `--`");
}

}  // namespace
}  // namespace mlops::cli
