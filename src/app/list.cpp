#include <fmt/core.h>

#include <mlops/app/look.hpp>
#include <mlops/domain/filter.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "resolve.hpp"

namespace mlops::app {

namespace {

constexpr std::string_view metric_prefix = "metrics.";

// A metric that no version has is a typing error rather than a condition that nothing meets.
void require_metric(store::ReadTransaction& view, const store::VersionQuery& asked, const std::string& name) {
  store::VersionQuery query;
  query.model = asked.model;
  query.now = asked.now;
  query.sort = std::string{metric_prefix} + name;
  const auto first = view.versions(query).items;
  if (first.empty() || first.front().version.metrics.contains(name)) return;
  std::vector<std::string> known;
  for (const auto& summary : first) {
    for (const auto& [metric, value] : summary.version.metrics) known.push_back(metric);
  }
  Error error{ErrorKind::not_found, fmt::format("no version has a metric `{}`", printable(name))};
  if (const auto near = near_miss(name, known)) error.add_hint(fmt::format("did you mean `{}`?", *near));
  throw error;
}

void require_metrics_of(store::ReadTransaction& view, const store::VersionQuery& asked, const domain::Filter& filter) {
  if (filter.kind == domain::Filter::Kind::term && filter.term.field == domain::Field::metric) {
    require_metric(view, asked, filter.term.key);
  }
  for (const domain::Filter& part : filter.parts) require_metrics_of(view, asked, part);
}

}  // namespace

store::Page<store::ModelSummary> list_models(Workspace& workspace, const ListModelsRequest& request) {
  return workspace.read()->models(request.limit, request.after);
}

store::Page<store::VersionSummary> list_versions(Workspace& workspace, const ListVersionsRequest& request) {
  store::VersionQuery query;
  if (request.where) query.filter = domain::parse_filter(*request.where);
  query.with_deleted = request.with_deleted;
  query.sort = request.sort;
  query.descending = !request.ascending;
  query.limit = request.limit;
  query.after = request.after;
  query.now = workspace.now();
  const auto view = workspace.read();
  if (request.model) query.model = require_model(*view, *request.model);
  auto page = view->versions(query);
  if (!query.after) {
    if (query.sort.starts_with(metric_prefix)) require_metric(*view, query, query.sort.substr(metric_prefix.size()));
    if (page.items.empty()) require_metrics_of(*view, query, query.filter);
  }
  return page;
}

}  // namespace mlops::app
