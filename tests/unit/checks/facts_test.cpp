// The checks that look at one fact each.
#include <catch2/catch.hpp>

#include "unit/checks/facts_for_tests.hpp"

using namespace mlops;
using namespace mlops::checks;
using domain::CheckResult;
using domain::Evidence;

TEST_CASE("artifacts are intact when every file is") {
  Facts facts = good_facts();
  CHECK(artifacts_intact(facts).result == CheckResult::passed);
  CHECK(artifacts_intact(facts).found == "2 files");

  facts.file_states = [] {
    return std::vector<FileState>{{"a", ""}, {"b", "damaged"}, {"c", "missing"}, {"d", "missing"}};
  };
  const Evidence evidence = artifacts_intact(facts);
  CHECK(evidence.result == CheckResult::failed);
  CHECK(evidence.found == "1 of 4 files");
  CHECK(evidence.reason == "`b` is damaged, and 2 more are not intact");
  CHECK(to_line(evidence.figures) == R"({"files": 4, "intact": 1, "missing": 2, "damaged": 1})");

  facts.file_states = [] { return std::vector<FileState>{}; };
  CHECK(artifacts_intact(facts).result == CheckResult::error);
}

TEST_CASE("files are safe when every one is allowlisted, and the worst is named otherwise") {
  using domain::Safety;
  Facts facts = good_facts();
  CHECK(files_safe(facts).result == CheckResult::passed);
  CHECK(files_safe(facts).found == "2 files");

  facts.scanned_files = [] {
    return std::vector<ScannedFile>{{"a.bin", Safety::unknown, "its format is not known"},
                                    {"b.pkl", Safety::dangerous, "calls os.system"},
                                    {"c.txt", Safety::allowlisted, ""}};
  };
  const Evidence evidence = files_safe(facts);
  CHECK(evidence.result == CheckResult::failed);
  CHECK(evidence.found == "dangerous");
  CHECK(evidence.reason == "`b.pkl` is dangerous: calls os.system, and 1 more is not allowlisted");
  CHECK(to_line(evidence.figures) ==
        R"({"files": 3, "allowlisted": 1, "unknown": 1, "unscannable": 0, "malformed": 0, "dangerous": 1})");

  for (const auto safety : {Safety::unknown, Safety::unscannable, Safety::malformed, Safety::dangerous}) {
    facts.scanned_files = [safety] { return std::vector<ScannedFile>{{"a", safety, "why"}}; };
    CHECK(files_safe(facts).result == CheckResult::failed);
  }
  facts.scanned_files = [] { return std::vector<ScannedFile>{}; };
  CHECK(files_safe(facts).result == CheckResult::error);
}

TEST_CASE("notebooks and training code must be without warnings") {
  Facts facts = good_facts();
  CHECK(code_notebooks(facts).result == CheckResult::passed);
  facts.noticed_code = [] {
    return std::vector<NoticedCode>{{"code.no-seed", "train.py: no seed is set"}, {"code.secret", "a.ipynb: a token"}};
  };
  const Evidence evidence = code_notebooks(facts);
  CHECK(evidence.result == CheckResult::failed);
  CHECK(evidence.found == "2 warnings");
  CHECK(evidence.reason == "train.py: no seed is set, and 1 more");
  CHECK(to_line(evidence.figures) == R"({"warnings": 2, "rules": ["code.no-seed", "code.secret"]})");
}

TEST_CASE("a version is clean when it comes from a commit without changes") {
  Facts facts = good_facts();
  CHECK(git_clean(facts).result == CheckResult::passed);
  CHECK(git_clean(facts).found == "1a2b3c4");
  facts.version.git->dirty = true;
  CHECK(git_clean(facts).result == CheckResult::failed);
  CHECK(git_clean(facts).reason == "it was registered with uncommitted changes");
  facts.version.git.reset();
  CHECK(git_clean(facts).result == CheckResult::failed);
  CHECK(git_clean(facts).reason == "it was registered outside a git repository");
}

TEST_CASE("a commit is reachable, is not, or can't be looked up") {
  Facts facts = good_facts();
  CHECK(git_reachable("main", facts).result == CheckResult::passed);
  CHECK(git_reachable("main", facts).wanted == "commit reachable from main");
  facts.reachable = [](const std::string&) { return false; };
  CHECK(git_reachable("main", facts).result == CheckResult::failed);
  CHECK(git_reachable("main", facts).reason == "commit 1a2b3c4 is not on `main`");
  facts.reachable = [](const std::string&) -> std::optional<bool> { return std::nullopt; };
  CHECK(git_reachable("main", facts).result == CheckResult::error);
  facts.version.git.reset();
  CHECK(git_reachable("main", facts).result == CheckResult::failed);
}

TEST_CASE("a version must have held the stage before") {
  Facts facts = good_facts();
  CHECK(held_before("staging", facts).result == CheckResult::passed);
  facts.has_held_after = false;
  CHECK(held_before("staging", facts).result == CheckResult::failed);
  CHECK(held_before("staging", facts).reason == "promote it to staging first");
}

TEST_CASE("a deprecated version fails with the reason of its deprecation") {
  Facts facts = good_facts();
  CHECK(not_deprecated(facts).result == CheckResult::passed);
  facts.deprecation = domain::Deprecation{.reason = "leaks the target", .at = {}, .by = "Grace"};
  CHECK(not_deprecated(facts).result == CheckResult::failed);
  CHECK(not_deprecated(facts).found == "deprecated by Grace");
  CHECK(not_deprecated(facts).reason == "leaks the target");
}

TEST_CASE("each fact can be required") {
  const Facts none = [] {
    Facts facts = good_facts();
    facts.version.message.clear();
    facts.version.metrics.clear();
    facts.version.params.clear();
    facts.tags.clear();
    return facts;
  }();
  Facts all = good_facts();
  all.version.semver = domain::SemVer::parse("1.2.0");
  all.version.data.resize(2);
  all.version.run = 12;
  all.version.parent = domain::VersionId{"cancer", 1};
  all.version.signature = Json::object({{"inputs", Json::array()}});
  all.model_description = "Is the tumour malignant?";

  const std::vector<std::pair<std::string, std::string>> found = {{"message", "more data"},
                                                                  {"semver", "1.2.0"},
                                                                  {"data", "2 datasets"},
                                                                  {"run", "run 12"},
                                                                  {"parent", "cancer@1"},
                                                                  {"signature", "recorded"},
                                                                  {"description", "Is the tumour malignant?"},
                                                                  {"tag.owner", "risk"},
                                                                  {"param.lr", "0.1"},
                                                                  {"metric.accuracy", "0.931"}};
  for (const auto& [name, value] : found) {
    INFO(name);
    CHECK(required_fact(name, all).check == "required." + name);
    CHECK(required_fact(name, all).result == CheckResult::passed);
    CHECK(required_fact(name, all).found == value);
    CHECK(required_fact(name, none).result == CheckResult::failed);
    CHECK(required_fact(name, none).found == "none");
    CHECK(required_fact(name, none).reason != "");
  }
  CHECK(required_fact("tag.ownr", all).reason == "no tag `ownr`; did you mean `owner`?");
  CHECK(required_fact("unknown", all).result == CheckResult::failed);
  CHECK(required_fact("unknown.key", all).result == CheckResult::failed);
  all.tags["owner"] = "";
  CHECK(required_fact("tag.owner", all).found == "set");  // a tag may be a mere label
}
