#include "lineage_text.hpp"

#include <catch2/catch.hpp>

namespace mlops::cli {
namespace {

using domain::Direction;
using domain::Lineage;
using domain::NodeKind;

// train@1 → run 3 → churn@2, whose parent is churn@1; churn@2 holds production.
Lineage example() {
  return {.nodes = {{NodeKind::version, "churn@2", "auc 0.95"},
                    {NodeKind::version, "churn@1", "auc 0.93"},
                    {NodeKind::run, "3", "succeeded"},
                    {NodeKind::dataset, "train@1", "5 rows"},
                    {NodeKind::stage, "churn@production", ""}},
          .edges = {{1, 0, "parent"}, {2, 0, "trained by"}, {3, 2, "input"}, {3, 0, "input"}, {0, 4, "holds"}},
          .truncated = false};
}

TEST_CASE("A tree shows what a version was made from, and what came of it, each thing in full once") {
  CHECK(lineage_tree(example(), Direction::both, Style{false}) ==
        "churn@2  auc 0.95\n"
        "made from\n"
        "├─ parent: churn@1  auc 0.93\n"
        "├─ trained by: run 3  succeeded\n"
        "│  └─ input: dataset train@1  5 rows\n"
        "└─ input: dataset train@1  (above)\n"
        "led to\n"
        "└─ holds: stage churn@production\n");
}

TEST_CASE("Going down, the relations are read the other way round") {
  Lineage graph = example();
  std::swap(graph.nodes[0], graph.nodes[3]);
  graph.edges = {{1, 3, "parent"}, {2, 3, "trained by"}, {0, 2, "input"}, {0, 3, "input"}};
  CHECK(lineage_tree(graph, Direction::down, Style{false}) ==
        "dataset train@1  5 rows\n"
        "led to\n"
        "├─ input of: run 3  succeeded\n"
        "│  └─ made: churn@2  auc 0.95\n"
        "└─ input of: churn@2  (above)\n");
}

TEST_CASE("A version says when it was let into which stage, where it is shown in full") {
  Lineage graph = example();
  domain::StageChange change;
  change.stage = "production";
  change.at = Timestamp{1793491200000};  // date -u -d 2026-11-01 +%s
  change.by = "Ann";
  graph.nodes[0].entered = {{.change = change, .event = 12}};
  graph.nodes[1].entered = graph.nodes[0].entered;
  graph.nodes[1].entered[0].change.kind = domain::ChangeKind::rollback;
  graph.nodes[1].entered[0].event = std::nullopt;
  CHECK(lineage_tree(graph, Direction::up, Style{false}) ==
        "churn@2  auc 0.95\n"
        "let into production  2026-11-01T00:00:00Z by Ann, event 12\n"
        "made from\n"
        "├─ parent: churn@1  auc 0.93\n"
        "│  └─ let into: production  2026-11-01T00:00:00Z by Ann, rolled back\n"
        "├─ trained by: run 3  succeeded\n"
        "│  └─ input: dataset train@1  5 rows\n"
        "└─ input: dataset train@1  (above)\n");
}

TEST_CASE("A firing leads from its evidence to its run, read either way") {
  const Lineage graph{.nodes = {{NodeKind::version, "churn@1", ""},
                                {NodeKind::batch, "7", "20 rows"},
                                {NodeKind::firing, "2", "drift"},
                                {NodeKind::run, "3", ""},
                                {NodeKind::firing, "4", "age"}},
                      .edges = {{0, 1, "recorded for"}, {1, 2, "evidence"}, {2, 3, "cause"}, {0, 4, "watched"}},
                      .truncated = false};
  CHECK(lineage_tree(graph, Direction::down, Style{false}) ==
        "churn@1\n"
        "led to\n"
        "├─ production data: batch 7  20 rows\n"
        "│  └─ evidence of: firing 2  drift\n"
        "│     └─ cause of: run 3\n"
        "└─ watched by: firing 4  age\n");
}

TEST_CASE("A circle, which a damaged registry might hold, is drawn once") {
  const Lineage graph{.nodes = {{NodeKind::version, "a@1", ""}, {NodeKind::version, "a@2", ""}},
                      .edges = {{0, 1, "parent"}, {1, 0, "parent"}},
                      .truncated = false};
  CHECK(lineage_tree(graph, Direction::up, Style{false}) ==
        "a@1\n"
        "made from\n"
        "└─ parent: a@2\n"
        "   └─ parent: a@1  (above)\n");
}

TEST_CASE("Quotes, backslashes and control characters can't break out of a label") {
  const Lineage graph{.nodes = {{NodeKind::dataset, "train@1", "\"];\n\\evil"}}, .edges = {}, .truncated = false};
  CHECK(lineage_dot(graph) ==
        "digraph lineage {\n"
        "  rankdir=LR;\n"
        "  node [shape=box, fontname=\"sans-serif\"];\n"
        "  n0 [label=\"dataset train@1\\n'];/x0a/evil\"];\n"
        "}\n");
  CHECK(lineage_mermaid(graph) == "flowchart LR\n  n0[\"dataset train@1\"]\n");
}

}  // namespace
}  // namespace mlops::cli
