#include <mlops/app/look.hpp>
#include <mlops/domain/filter.hpp>

#include "resolve.hpp"

namespace mlops::app {

store::Page<store::ModelSummary> list_models(Workspace& workspace, const ListModelsRequest& request) {
  return workspace.read()->models(request.limit, request.after);
}

store::Page<store::VersionSummary> list_versions(Workspace& workspace, const ListVersionsRequest& request) {
  store::VersionQuery query;
  if (request.where) query.filter = domain::parse_filter(*request.where);
  query.sort = request.sort;
  query.descending = !request.ascending;
  query.limit = request.limit;
  query.after = request.after;
  query.now = workspace.now();
  const auto view = workspace.read();
  if (request.model) query.model = require_model(*view, *request.model);
  return view->versions(query);
}

}  // namespace mlops::app
