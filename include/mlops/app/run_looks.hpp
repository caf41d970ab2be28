// `run list`, `run compare` and `run diff`: runs beside each other.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <mlops/app/look.hpp>
#include <mlops/app/workspace.hpp>
#include <mlops/domain/records.hpp>
#include <mlops/domain/series.hpp>
#include <mlops/store/store.hpp>

namespace mlops::app {

struct ListRunsRequest {
  std::optional<std::string> model;
  std::optional<std::string> where;
  std::string sort = "number";
  bool ascending = false;
  std::size_t limit = 20;
  std::optional<std::string> after;
};
store::Page<domain::Run> list_runs(Workspace& workspace, const ListRunsRequest& request);

// The metrics of a run over its steps; empty where it has none, or the store has let them go.
domain::Series run_series(Workspace& workspace, const domain::Run& run);

struct CompareRunsRequest {
  std::vector<std::int64_t> runs;  // in this order; empty: those of `list`
  ListRunsRequest list;
  bool with_series = false;
};
struct CompareRunsOutcome {
  std::vector<domain::Run> runs;
  std::vector<std::string> params;                // names of those that are not the same in all
  std::vector<std::string> metrics;               // names
  std::map<std::int64_t, domain::Series> series;  // by run, of those that have some
};
// Error{not_found} for a run that there is not, Error{usage} for fewer than two.
CompareRunsOutcome compare_runs(Workspace& workspace, const CompareRunsRequest& request);

struct DiffRunsOutcome {
  domain::Run a;
  domain::Run b;
  std::vector<Change<std::string>> facts;  // command, commit, status, seed …
  std::vector<Change<double>> metrics;
  std::vector<Change<Json>> params;
  std::vector<Change<domain::DataUse>> inputs;
  std::vector<Change<std::string>> outputs;      // by file: its digest
  std::vector<Change<std::string>> environment;  // packages and machine
  [[nodiscard]] bool same() const;
};
DiffRunsOutcome diff_runs(Workspace& workspace, std::int64_t a, std::int64_t b);

}  // namespace mlops::app
