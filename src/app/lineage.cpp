#include <mlops/app/lineage.hpp>

#include <algorithm>
#include <cctype>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "resolve.hpp"

namespace mlops::app {

namespace {

// A name that git knows here, or the id of a commit that only the registry knows.
std::string commit_id(Workspace& workspace, const std::string& name) {
  if (git::Repository* repository = workspace.repository()) {
    if (auto commit = repository->resolve(name)) return *commit;
  }
  constexpr std::size_t shortest_prefix = 7;
  const bool is_hex = std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
  if (is_hex && name.size() >= shortest_prefix) return lower_ascii(name);
  throw Error{ErrorKind::not_found,
              fmt::format("no commit `{}`", printable(name)),
              {"name a branch, a tag or at least 7 digits of a commit's id"}};
}

store::LineageQuery start_of(Workspace& workspace, store::ReadTransaction& view, const LineageRequest& request) {
  store::LineageQuery query;
  query.direction = request.direction;
  query.depth = request.depth;
  if (request.version) {
    query.kind = domain::NodeKind::version;
    query.id = resolve_ever(view, *request.version).text();
  } else if (request.dataset) {
    query.kind = domain::NodeKind::dataset;
    query.id = resolve_dataset(view, *request.dataset).text();
  } else if (request.run) {
    query.kind = domain::NodeKind::run;
    query.id = std::to_string(*request.run);
  } else {
    query.kind = domain::NodeKind::commit;
    query.id = commit_id(workspace, request.commit.value_or("HEAD"));
  }
  return query;
}

// The registry knows commits by id only; their first lines are in git.
void describe_commits(Workspace& workspace, domain::Lineage& graph) {
  constexpr std::size_t most_described = 100;
  std::size_t described = 0;
  for (domain::LineageNode& node : graph.nodes) {
    if (node.kind != domain::NodeKind::commit) continue;
    git::Repository* repository = described++ < most_described ? workspace.repository() : nullptr;
    const auto commit = repository ? repository->commit(node.id) : std::nullopt;
    node.label = commit ? commit->summary : std::string{};
  }
}

}  // namespace

domain::Lineage lineage(Workspace& workspace, const LineageRequest& request) {
  const auto view = workspace.read();
  const store::LineageQuery query = start_of(workspace, *view, request);
  domain::Lineage graph = view->lineage(query);
  if (!graph.nodes.empty()) {
    describe_commits(workspace, graph);
    return graph;
  }
  if (query.kind == domain::NodeKind::run) throw Error{ErrorKind::not_found, fmt::format("no run {}", query.id)};
  throw Error{ErrorKind::not_found, fmt::format("nothing in the registry was made from commit {}", query.id)};
}

}  // namespace mlops::app
