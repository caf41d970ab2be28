#include <mlops/domain/event.hpp>

#include <catch2/catch.hpp>

#include "unit/domain/errors.hpp"

using namespace mlops;
using namespace mlops::domain;

namespace {

// 2026-11-01T09:30:00Z, from `date -u -d 2026-11-01T09:30:00Z +%s`.
constexpr Timestamp noon{1793525400000};

GitState sample_git() {
  return {.commit = "1a2b3c",
          .branch = "main",
          .remote = std::nullopt,
          .path = "models",
          .dirty = true,
          .diff = sha256("diff")};
}

Version sample_version() {
  Version version;
  version.id = {"churn", 7};
  version.digest = sha256("manifest");
  version.file_count = 2;
  version.total_bytes = 1234;
  version.semver = SemVer::parse("1.2.0");
  version.message = "more data";
  version.metrics = {{"auc", 0.95}, {"rows", 1.0}};
  version.params = {{"depth", Json{3}}, {"lr", Json{0.1}}, {"mode", Json{"fast"}}};
  version.data = {{.role = "train", .dataset = "train", .number = 3, .digest = sha256("csv")}};
  version.parent = VersionId{"churn", 6};
  version.run = 12;
  version.git = sample_git();
  version.registered_at = noon;
  version.registered_by = "Ada <ada@example.org>";
  return version;
}

Event sample_event() {
  Event event;
  event.sequence = 1;
  event.at = noon;
  event.origin = {.actor = "ada", .host = "ci", .command = "promote churn@7 --to production", .ci_url = std::nullopt};
  event.kind = "stage.promoted";
  event.subject = stage_subject("churn", "production");
  event.after = Json::object({{"version", 7}, {"share", 1.0}});
  return event;
}

template <typename T, typename Read>
bool survives(const T& value, const Read& read) {
  return read(parse_json(canonical(to_json(value)), "stored")) == value;
}

}  // namespace

// Written down by hand from docs/formats.md.
TEST_CASE("an event's canonical form has sorted members, no spaces and ECMAScript numbers") {
  CHECK(canonical_event(sample_event()) ==
        R"({"actor":"ada","after":{"share":1,"version":7},"at":"2026-11-01T09:30:00Z","before":null,"ci_url":null,)"
        R"("command":"promote churn@7 --to production","host":"ci","kind":"stage.promoted","sequence":1,)"
        R"("subject":"stage/churn@production"})");
}

TEST_CASE("an event is read back from its canonical form") {
  Event event = sample_event();
  event.origin.ci_url = "https://ci.example.org/1";
  event.before = to_json(sample_version());
  const std::string text = canonical_event(event);
  const Event parsed = parse_event(text);
  CHECK(canonical_event(parsed) == text);
  CHECK(parsed.sequence == 1);
  CHECK(parsed.at == noon);
  CHECK(parsed.origin.ci_url == event.origin.ci_url);
  CHECK(parsed.subject == event.subject);
}

TEST_CASE("an event in any other spelling is damage") {
  const std::string text = canonical_event(sample_event());
  const auto replaced = [&](std::string_view from, std::string_view to) {
    std::string other = text;
    return other.replace(other.find(from), from.size(), to);
  };
  for (const std::string& other :
       {std::string{}, std::string{"null"}, std::string{"{}"}, " " + text, text + "\n",
        replaced("\"share\":1", "\"share\":1.0"), replaced("\"actor\"", "\"extra\":1,\"actor\""),
        replaced("2026-11-01T09:30:00Z", "2026-11-01T09:30:00.000Z"), replaced("2026-11-01T09:30:00Z", "3h"),
        replaced("\"sequence\":1", "\"sequence\":-1.5"), replaced("\"ada\"", "7"), replaced("\"host\":\"ci\",", "")}) {
    INFO(other);
    const auto error = error_of([&] { parse_event(other); });
    REQUIRE(error);
    CHECK(error->kind() == ErrorKind::integrity);
  }
  for (std::size_t i = 0; i < text.size(); ++i) CHECK_THROWS_AS(parse_event(text.substr(0, i)), Error);
}

TEST_CASE("a version as JSON has every field, absent ones null") {
  const Json json = to_json(sample_version());
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.as_object()) keys.push_back(key);
  CHECK(keys == std::vector<std::string>{"version", "model", "number", "digest", "files", "bytes", "references",
                                         "semver", "message", "metrics", "params", "data", "parent", "run", "git",
                                         "signature", "inspected", "registered_at", "registered_by"});
  CHECK(json.at("semver").as_string() == "1.2.0");
  CHECK(json.at("parent").as_string() == "churn@6");
  CHECK(json.at("run").as_integer() == 12);
  CHECK(json.at("data").as_array().front().at("dataset").as_string() == "train@3");
  CHECK(json.at("git").at("remote").is_null());
  CHECK(json.at("git").at("diff").as_string() == sha256("diff").text());
  CHECK(json.at("registered_at").as_string() == "2026-11-01T09:30:00Z");

  const Json bare = to_json(Version{});
  for (const std::string key : {"semver", "parent", "run", "git", "signature"}) CHECK(bare.at(key).is_null());
  CHECK(bare.at("metrics").is_object());
  CHECK(bare.at("data").is_array());
}

TEST_CASE("the event of a version without references reads as it always did") {
  Version version;
  CHECK(to_json(version).find("references") != nullptr);
  CHECK(event_state(version).find("references") == nullptr);
  CHECK(event_state(version).find("semver") != nullptr);
  version.references = References{.count = 1, .bytes = 3, .digest = sha256("places")};
  CHECK(event_state(version).at("references").at("files").as_integer() == 1);
}

TEST_CASE("what the store keeps as JSON survives the way there and back") {
  const Version version = sample_version();
  CHECK(survives(*version.git, git_state_from_json));
  CHECK(survives(GitState{}, git_state_from_json));
  CHECK(survives(version.metrics, metrics_from_json));
  CHECK(survives(Metrics{{"whole", 3.0}, {"tiny", 5e-324}, {"huge", 1e300}, {"third", 1.0 / 3}, {"zero", 0.0}},
                 metrics_from_json));
  CHECK(survives(version.params, params_from_json));
  CHECK(survives(version.data, data_from_json));
  CHECK(survives(std::vector<RunOutput>{{.name = "model", .path = "model/", .files = {{"a", sha256("a"), 5, true}}}},
                 outputs_from_json));

  const std::vector<Evidence> evidence = {{.check = "metrics.auc",
                                           .result = CheckResult::failed,
                                           .wanted = "auc >= 0.9",
                                           .found = "0.8",
                                           .reason = "below 0.9 by 0.1",
                                           .figures = Json::object({{"found", 0.8}}),
                                           .duration_ms = 12}};
  Verdict verdict;
  verdict.evidence = evidence;
  CHECK(evidence_from_json(to_json(verdict).at("evidence")) == evidence);
}

TEST_CASE("stored JSON of another shape is damage") {
  const auto kind_of = [](const auto& read, std::string_view text) {
    const auto error = error_of([&] { read(parse_json(text, "stored")); });
    return error && error->kind() == ErrorKind::integrity;
  };
  CHECK(kind_of(git_state_from_json, "{}"));
  CHECK(kind_of(metrics_from_json, R"({"auc":"high"})"));
  CHECK(kind_of(metrics_from_json, "[]"));
  CHECK(kind_of(params_from_json, "7"));
  CHECK(kind_of(data_from_json, R"([{"role":"train","dataset":"train","digest":"sha256:00"}])"));
  CHECK(kind_of(data_from_json, R"([{"role":"train","dataset":"train@3","digest":"sha256:00"}])"));
  CHECK(kind_of(outputs_from_json, R"([{"name":"x","path":"y","files":[{"path":"a","digest":7}]}])"));
  CHECK(kind_of(evidence_from_json, R"([{"check":"x","result":"perhaps"}])"));
}

TEST_CASE("subjects name what an event is about, and its model") {
  CHECK(subject_of(sample_version()) == "version/churn@7");
  CHECK(tags_subject({"churn", 7}) == "tags/churn@7");
  CHECK(deprecation_subject({"churn", 7}) == "deprecation/churn@7");
  CHECK(alias_subject("team/churn", "champion") == "alias/team/churn@champion");
  Run run;
  run.number = 12;
  CHECK(subject_of(run) == "run/12");

  CHECK(model_of_subject("version/team/churn@7") == "team/churn");
  CHECK(model_of_subject("stage/churn@production") == "churn");
  CHECK(model_of_subject("model/churn") == "churn");
  CHECK(model_of_subject("dataset/train@3") == "");
  CHECK(model_of_subject("run/12") == "");
  CHECK(model_of_subject("") == "");
}

TEST_CASE("every record can be written as JSON") {
  const Dataset dataset{.name = "train",
                        .number = 3,
                        .digest = {},
                        .file_count = 1,
                        .total_bytes = 9,
                        .rows = 2,
                        .columns = {{"age", "integer"}},
                        .source = "data/train.csv",
                        .message = {},
                        .git = {},
                        .added_at = noon,
                        .added_by = "ada"};
  CHECK(to_json(dataset).at("columns").as_array().front().at("type").as_string() == "integer");
  CHECK(to_json(dataset).at("rows").as_integer() == 2);

  Run run;
  run.command = {"python3", "train.py"};
  CHECK(to_json(run).at("exit_code").is_null());
  CHECK(to_json(run).at("status").as_string() == "running");
  CHECK(to_json(run).at("command").as_array().size() == 2);

  StageChange change;
  change.version = 7;
  CHECK(to_json(change).at("kind").as_string() == "promote");
  CHECK(to_json(change).at("previous").is_null());
  CHECK(to_json(Approval{}).at("decision").as_string() == "approve");
  CHECK(to_json(Deprecation{.reason = "bias", .at = noon, .by = "ada"}).at("reason").as_string() == "bias");
  CHECK(to_json(Model{.name = "churn", .created_at = noon, .created_by = "ada"}).at("model").as_string() == "churn");
  CHECK(to_line(to_json(Tags{{"team", "risk"}})) == R"({"team": "risk"})");
}
