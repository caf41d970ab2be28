#pragma once

#include <catch2/catch.hpp>

#include "registry.hpp"

namespace mlops::store::contract {

inline std::vector<std::int64_t> numbers_of(const Page<VersionSummary>& page) {
  std::vector<std::int64_t> numbers;
  for (const auto& item : page.items) numbers.push_back(item.version.id.number);
  return numbers;
}

// The numbers on all pages of `query`, read page by page.
inline std::vector<std::int64_t> walk(ReadTransaction& read, VersionQuery query) {
  std::vector<std::int64_t> numbers;
  for (;;) {
    const auto page = read.versions(query);
    const auto more = numbers_of(page);
    numbers.insert(numbers.end(), more.begin(), more.end());
    if (!page.next) return numbers;
    CHECK(page.items.size() == query.limit);
    query.after = page.next;
  }
}

inline void models_are_listed(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  for (const auto* model : {"churn", "team/risk", "fraud", "churn"}) add(registry, version_of(model, model));
  registry.write([](WriteTransaction& write) { write.ensure_model("empty"); });
  registry.write(minute(4), "ann",
                 [](WriteTransaction& write) { return write.change_stage(promotion("churn", 1, std::nullopt)); });

  const auto read = registry.read();
  const auto all = read->models(10, std::nullopt);
  REQUIRE(all.items.size() == 4);
  CHECK(all.next == std::nullopt);
  CHECK(all.items[0].model.name == "churn");
  CHECK(all.items[0].versions == 2);
  CHECK(all.items[0].latest == 2);
  CHECK(all.items[0].latest_at == minute(0));
  REQUIRE(all.items[0].holders.size() == 1);
  CHECK(all.items[0].holders[0].version == 1);
  CHECK(all.items[1].model.name == "empty");
  CHECK(all.items[1].latest == 0);
  CHECK(all.items[1].latest_at == std::nullopt);

  const auto first = read->models(3, std::nullopt);
  REQUIRE(first.next);
  const auto second = read->models(3, first.next);
  REQUIRE(second.items.size() == 1);
  CHECK(second.items[0].model.name == "team/risk");
  CHECK(second.next == std::nullopt);

  CHECK(read->model_names("", 2) == std::vector<std::string>{"churn", "empty"});
  CHECK(read->model_names("team/", 9) == std::vector<std::string>{"team/risk"});
}

inline void versions_are_sorted_and_paged(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  // number:        1     2     3     4     5     6     7
  // metric auc:   .9    .7     -    .9    .8     -    .7
  // param lr:      1    "a"   .5     -    "b"    2    null
  // semver:     1.9.0    -  1.10.0  -  2.0.0-a   -  2.0.0
  const std::vector<std::optional<double>> auc{0.9, 0.7, std::nullopt, 0.9, 0.8, std::nullopt, 0.7};
  const std::vector<std::optional<Json>> lr{Json{1}, Json{"a"}, Json{0.5}, std::nullopt, Json{"b"}, Json{2}, Json{}};
  const std::vector<const char*> semver{"1.9.0", "", "1.10.0", "", "2.0.0-a", "", "2.0.0"};
  for (std::size_t i = 0; i < auc.size(); ++i) {
    auto version = version_of("churn", std::to_string(i));
    if (auc[i]) version.metrics["auc"] = *auc[i];
    if (lr[i]) version.params["lr"] = *lr[i];
    version.semver = domain::SemVer::parse(semver[i]);
    registry.write(minute(static_cast<std::int64_t>(i)), "ann", [&](WriteTransaction& write) {
      write.ensure_model("churn");
      return write.add_version(version, files_of(std::string(10 - i, 'x')));
    });
  }
  add(registry, version_of("other"));

  struct Example {
    const char* sort;
    bool descending;
    std::vector<std::int64_t> expected;
  };
  const std::vector<Example> examples{
      {"number", true, {7, 6, 5, 4, 3, 2, 1}},       {"number", false, {1, 2, 3, 4, 5, 6, 7}},
      {"age", true, {1, 2, 3, 4, 5, 6, 7}},          {"age", false, {7, 6, 5, 4, 3, 2, 1}},
      {"size", true, {1, 2, 3, 4, 5, 6, 7}},         {"semver", true, {7, 5, 3, 1, 6, 4, 2}},
      {"semver", false, {1, 3, 5, 7, 2, 4, 6}},      {"metrics.auc", true, {4, 1, 5, 7, 2, 6, 3}},
      {"metrics.auc", false, {2, 7, 5, 1, 4, 3, 6}}, {"metrics.unknown", true, {7, 6, 5, 4, 3, 2, 1}},
      {"params.lr", false, {3, 1, 6, 2, 5, 4, 7}},   {"params.lr", true, {5, 2, 6, 1, 3, 7, 4}},
  };
  const auto read = registry.read();
  for (const auto& example : examples) {
    for (const std::size_t limit : {1U, 2U, 3U, 5U, 100U}) {
      CAPTURE(example.sort, example.descending, limit);
      VersionQuery query;
      query.model = "churn";
      query.sort = example.sort;
      query.descending = example.descending;
      query.limit = limit;
      CHECK(walk(*read, query) == example.expected);
    }
  }
}

inline void hostile_list_queries_are_refused(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  add(registry, version_of("churn"));
  const auto read = registry.read();
  VersionQuery query;
  query.model = "churn";
  for (const auto* cursor : {"", "7", "[1]", "[1,2,3]", "[[],1]", "[true,1]", "[1,\"x\"]", "x' OR 1=1 --"}) {
    CAPTURE(cursor);
    query.after = cursor;
    CHECK(error_of([&] { read->versions(query); }).kind() == ErrorKind::usage);
  }
  query.after.reset();
  query.sort = "nubmer";
  const auto error = error_of([&] { read->versions(query); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(error.hints().front() == "did you mean 'number'?");
  query.sort = "metrics.x'; DROP TABLE version; --";
  CHECK(numbers_of(read->versions(query)) == std::vector<std::int64_t>{1});
}

inline void versions_are_filtered(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  const auto data = registry.write(
      [](WriteTransaction& write) { return write.add_dataset(dataset_of("train", "d"), files_of("d")); });
  for (int i = 1; i <= 5; ++i) {
    auto version = version_of("churn", std::to_string(i));
    version.metrics["auc"] = 0.5 + 0.1 * i;  // .6 .7 .8 .9 1.0
    if (i < 5)
      version.params = {{"lr", Json{i}}, {"solver", Json{i % 2 == 0 ? "adam" : "sgd"}}, {"deep", Json{i == 4}}};
    if (i >= 3) version.git = commit_of(static_cast<char>('a' + i - 3));
    if (i == 4) version.git->dirty = true;
    if (i == 5) version.git->branch = "feature/x";
    if (i <= 2) version.data = {use_of("train", data)};
    if (i == 2) version.semver = domain::SemVer::parse("1.10.0");
    if (i == 3) version.semver = domain::SemVer::parse("1.9.0");
    if (i >= 4) {
      version.inspected = domain::Inspected{.format = i == 4 ? "onnx" : "safetensors",
                                            .architecture = i == 4 ? "ResNet50" : "",
                                            .licence = i == 4 ? "Apache-2.0" : "mit",
                                            .quantisation = i == 4 ? "" : "Q4_K_M",
                                            .parameters = i == 4 ? 25'000'000 : 7'000'000'000,
                                            .safety = i == 4 ? domain::Safety::allowlisted : domain::Safety::unknown,
                                            .code_warnings = 0,
                                            .details = sha256("details")};
    }
    version.message = i == 1 ? "The first one's %_" : "later";
    registry.write(minute(60 * 24 * i), i == 1 ? "Bob <bob@example.org>" : "ann", [&](WriteTransaction& write) {
      write.ensure_model("churn");
      const auto id = write.add_version(version, files_of(std::string(static_cast<std::size_t>(i), 'x'))).id;
      if (i <= 2) write.set_tags(id, {{"team", i == 1 ? "risk" : "sales"}});
      if (i == 3) write.deprecate(id, "old");
      if (i == 4) write.change_stage(promotion("churn", 4, std::nullopt));
      if (i == 5) write.set_alias("churn", "champion", 5);
    });
  }

  struct Example {
    const char* where;
    std::vector<std::int64_t> expected;
  };
  const std::vector<Example> examples{
      {"metrics.auc > 0.8", {4, 5}},
      {"metrics.auc >= 0.7 and metrics.auc < 0.85", {2, 3}},
      {"metrics.missing > 0", {}},
      {"not metrics.missing > 0", {1, 2, 3, 4, 5}},
      {"params.lr >= 3", {3, 4}},
      {"params.lr != 3", {1, 2, 4}},
      {"params.solver = adam", {2, 4}},
      {"params.deep = true", {4}},
      {"tag.team = risk", {1}},
      {"tag.team != risk", {2}},
      {"not tag.team = risk", {2, 3, 4, 5}},
      {"tag.team = \"x' OR '1'='1\"", {}},
      {"stage = production", {4}},
      {"stage != production", {1, 2, 3, 5}},
      {"alias = champion", {5}},
      {"stage = production or alias = champion", {4, 5}},
      {"semver = 1.10.0", {2}},
      {"semver != 1.10.0", {3}},
      {"commit = aaaaaaa", {3}},
      {"not commit = aaaaaaa", {1, 2, 4, 5}},
      {"branch = main", {3, 4}},
      {"branch != main", {5}},
      {"author = bob", {1}},
      {"author != bob", {2, 3, 4, 5}},
      {"version > 3", {4, 5}},
      {"age < 2d", {4, 5}},
      {"age >= 2d", {1, 2, 3}},
      {"deprecated = true", {3}},
      {"deprecated != true", {1, 2, 4, 5}},
      {"dirty = true", {4}},
      {"dirty = false", {1, 2, 3, 5}},
      {"message = first", {1}},
      {"message = \"'s %_\"", {1}},
      {"size <= 2", {1, 2}},
      {"format = ONNX", {4}},
      {"format != onnx", {1, 2, 3, 5}},
      {"format = onnx and params < 1e9", {4}},
      {"params >= 7B", {5}},
      {"architecture = resnet", {4}},
      {"licence = apache", {4}},
      {"quantisation = q4_k_m", {5}},
      {"scan = allowlisted", {4}},
      {"dataset = train", {1, 2}},
      {"dataset = train@1", {1, 2}},
      {"dataset = train@2", {}},
      {"dataset != train", {3, 4, 5}},
      {"(metrics.auc > 0.8 or tag.team = risk) and not stage = production", {1, 5}},
  };
  const auto read = registry.read();
  for (const auto& example : examples) {
    CAPTURE(example.where);
    VersionQuery query;
    query.filter = domain::parse_filter(example.where);
    query.descending = false;
    query.limit = 2;
    query.now = minute(60 * 24 * 5 + 12 * 60);
    query.model = "churn";
    CHECK(walk(*read, query) == example.expected);
    query.model = "";
    CHECK(walk(*read, query) == example.expected);
    query.sort = "metrics.auc";  // which rises with the number
    CHECK(walk(*read, query) == example.expected);
    query.model = "churn";
    CHECK(walk(*read, query) == example.expected);
  }
}

}  // namespace mlops::store::contract
