#include "reports/card_metadata.hpp"

#include <catch2/catch.hpp>

#include "reports/card.hpp"

namespace mlops::cli {
namespace {

app::CardOutcome example() {
  app::CardOutcome outcome;
  domain::Version& version = outcome.known.summary.version;
  version.id = {"churn", 7};
  version.metrics = {{"auc", 0.93}};
  version.inspected = domain::Inspected{};
  version.inspected->format = "pickle";
  version.inspected->architecture = "sklearn.linear_model.LogisticRegression";
  version.inspected->licence = "Apache-2.0";
  return outcome;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST_CASE("the metadata is what the files and the registry tell") {
  CHECK(card_metadata(example(), {}) ==
        "---\n"
        "license: apache-2.0\n"
        "library_name: sklearn\n"
        "tags:\n- pickle\n"
        "metrics:\n- auc\n"
        "model-index:\n- name: churn\n  results:\n"
        "  - task:\n      type: other\n    dataset:\n      type: unknown\n      name: \"not recorded\"\n"
        "    metrics:\n    - type: auc\n      name: auc\n      value: 0.93\n"
        "---\n\n");
}

TEST_CASE("a licence that the Hub doesn't know is another one, by its name") {
  app::CardOutcome outcome = example();
  outcome.known.summary.version.inspected->licence = "Acme: internal";
  CHECK(has(card_metadata(outcome, {}), "license: other\nlicense_name: \"Acme: internal\"\n"));
  CHECK(has(card_metadata(outcome, {{"license", {"mit"}, false}}), "license: mit\n"));
  CHECK_FALSE(has(card_metadata(outcome, {{"license", {"mit"}, false}}), "Acme"));
}

TEST_CASE("the author's lists are joined with ours, and results are never theirs") {
  const std::string text =
      card_metadata(example(), {{"tags", {"tabular", "pickle"}, true}, {"colour", {"blue"}, false}});
  CHECK(has(text, "tags:\n- tabular\n- pickle\nmetrics"));
  CHECK_FALSE(has(text, "colour"));
  CHECK(has(card_metadata(example(), {{"pipeline_tag", {"tabular-classification"}, false}}),
            "  - task:\n      type: tabular-classification\n"));
}

TEST_CASE("names can't break the block") {
  app::CardOutcome outcome = example();
  outcome.known.summary.version.metrics = {{"a: b\n---\nc", 1}};
  outcome.known.summary.tags = {{"x", "\" # y"}};
  const std::string text = card_metadata(outcome, {});
  CHECK(has(text, "- \"a: b --- c\"\n"));
  CHECK(has(text, "- \"x:\\\" # y\"\n"));
}

TEST_CASE("a version without anything has a card that asks for everything") {
  app::CardOutcome outcome;
  outcome.known.summary.version.id = {"churn", 1};
  const Card card = model_card(outcome);
  CHECK(card.text.starts_with("# Model Card for churn@1\n"));
  CHECK(card.authored.empty());
  CHECK(has(card.text, "### Direct Use\n\n[More Information Needed]\n"));
  CHECK(card.missing.size() > 20);
}

TEST_CASE("the author's words stand in place of the gap, before what the registry adds") {
  app::CardOutcome outcome = example();
  outcome.authored =
      "# Churn\nWho leaves.\n## Results\nGood ones.\n#### Aside\nHm.\n## Own\n### Deeper\nMine.\n## Uses\n### "
      "Odd\nStrange.\n";
  outcome.authored_source = "commit 1a2b";
  const Card card = model_card(outcome);
  CHECK(has(card.text, "# Model Card for churn@7\n\nWho leaves.\n"));
  CHECK(has(card.text, "### Results\n\nGood ones.\n\n#### Aside\n\nHm.\n\n| metric | value |"));
  CHECK(has(card.text, "\n## Own\n\n\n### Deeper\n\nMine.\n"));
  CHECK(has(card.text, "## Uses\n\n### Odd\n\nStrange.\n\n### Direct Use"));
  CHECK(card.authored == std::vector<std::string>{"Uses", "Results"});
}

}  // namespace
}  // namespace mlops::cli
