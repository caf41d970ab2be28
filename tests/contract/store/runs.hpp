#pragma once

#include <catch2/catch.hpp>

#include "registry.hpp"

namespace mlops::store::contract {

inline std::vector<std::int64_t> numbers_of(const std::vector<domain::Run>& runs) {
  std::vector<std::int64_t> numbers;
  for (const domain::Run& run : runs) numbers.push_back(run.number);
  return numbers;
}

inline void runs_are_filtered_sorted_and_paged(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  // number:     1     2     3     4     5
  // auc:       .9    .7     -    .9    .8
  // lr:        .1    .2    .1    .3   "a"
  // model:   churn churn  risk churn  risk
  const std::vector<std::optional<double>> auc{0.9, 0.7, std::nullopt, 0.9, 0.8};
  const std::vector<Json> lr{Json{0.1}, Json{0.2}, Json{0.1}, Json{0.3}, Json{"a"}};
  const std::vector<const char*> models{"churn", "churn", "risk", "churn", "risk"};
  registry.write([&](WriteTransaction& write) {
    for (std::size_t i = 0; i < auc.size(); ++i) {
      auto run = run_of(models[i]);
      run.params = {{"lr", lr[i]}};
      if (i > 2) run.search = 1;
      run = write.start_run(run);
      run.status = auc[i] ? domain::RunStatus::succeeded : domain::RunStatus::failed;
      run.ended_at = minute(2 + static_cast<int>(i));
      if (auc[i]) run.metrics = {{"auc", *auc[i]}};
      write.finish_run(run);
    }
  });
  const auto read = registry.read();
  const auto found = [&](const std::string& where, const std::string& sort, bool descending) {
    RunQuery query;
    query.filter = domain::parse_run_filter(where);
    query.sort = sort;
    query.descending = descending;
    query.now = minute(60);
    return numbers_of(read->find_runs(query).items);
  };
  using Numbers = std::vector<std::int64_t>;

  SECTION("by what they are") {
    CHECK(found("", "number", true) == Numbers{5, 4, 3, 2, 1});
    CHECK(found("metrics.auc >= 0.8", "number", false) == Numbers{1, 4, 5});
    CHECK(found("params.lr = 0.1", "number", false) == Numbers{1, 3});
    CHECK(found("params.lr = a", "number", false) == Numbers{5});
    CHECK(found("status = failed", "number", false) == Numbers{3});
    CHECK(found("model = churn and not metrics.auc < 0.8", "number", false) == Numbers{1, 4});
    CHECK(found("search = 1", "number", true) == Numbers{5, 4});
    CHECK(found("run > 3 or name = x", "number", true) == Numbers{5, 4});
    CHECK(found("host = laptop and age < 1d", "number", true).size() == 5);
    CHECK(error_of([&] { found("stage = production", "number", true); }).kind() == ErrorKind::usage);
  }

  SECTION("in an order, those without the value last") {
    CHECK(found("", "metrics.auc", true) == Numbers{4, 1, 5, 2, 3});
    CHECK(found("", "metrics.auc", false) == Numbers{2, 5, 1, 4, 3});
    CHECK(found("", "duration", true) == Numbers{5, 4, 3, 2, 1});
    CHECK(found("", "params.lr", false) == Numbers{1, 3, 2, 4, 5});
    CHECK(found("model = churn", "metrics.auc", true) == Numbers{4, 1, 2});
    CHECK(error_of([&] { found("", "loss", true); }).kind() == ErrorKind::usage);
  }

  SECTION("page by page") {
    for (const std::string sort : {"number", "metrics.auc", "duration", "params.lr"}) {
      CAPTURE(sort);
      RunQuery query;
      query.sort = sort;
      query.limit = 2;
      Numbers all;
      do {
        const auto page = read->find_runs(query);
        for (const std::int64_t number : numbers_of(page.items)) all.push_back(number);
        query.after = page.next;
      } while (query.after && all.size() < 10);
      CHECK(all == found("", sort, true));
    }
  }

  SECTION("of a search, oldest first") { CHECK(numbers_of(read->trials(1)) == Numbers{4, 5}); }
}

inline void a_run_is_resumed(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  auto run = registry.write([&](WriteTransaction& write) { return write.start_run(run_of("churn")); });
  run.status = domain::RunStatus::interrupted;
  run.failure = "its process is gone";
  run.ended_at = minute(3);
  registry.write([&](WriteTransaction& write) { write.finish_run(run); });

  auto resumed = run;
  resumed.status = domain::RunStatus::running;
  resumed.failure.clear();
  resumed.ended_at.reset();
  resumed.host = "desktop";
  resumed.pid = 77;
  registry.write([&](WriteTransaction& write) { write.resume_run(run, resumed); });
  CHECK(registry.read()->run(run.number) == resumed);
  CHECK(registry.read()->events({}).back().kind == "run.resumed");
  // Who saw it interrupted comes too late.
  CHECK(error_of([&] { registry.write([&](WriteTransaction& write) { write.resume_run(run, resumed); }); }).kind() ==
        ErrorKind::conflict);
}

}  // namespace mlops::store::contract
