#include <mlops/app/marks.hpp>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "resolve.hpp"

namespace mlops::app {

namespace {

void remove_tag(domain::Tags& tags, const std::string& key, const domain::VersionId& id) {
  if (tags.erase(key) == 1) return;
  std::vector<std::string> keys;
  for (const auto& [known, value] : tags) keys.push_back(known);
  Error error{ErrorKind::not_found, fmt::format("{} has no tag `{}`", id.text(), printable(key))};
  if (const auto near = near_miss(key, keys)) error.add_hint(fmt::format("did you mean `{}`?", *near));
  throw error;
}

}  // namespace

TagOutcome tag(Workspace& workspace, const TagRequest& request) {
  for (const auto& [key, value] : request.set) domain::check_key("tag", key);
  const auto apply = [&](store::ReadTransaction& view) {
    const bool changes = !request.set.empty() || !request.remove.empty();
    TagOutcome outcome;
    outcome.version = changes ? resolve_explicit(view, request.reference) : resolve_ever(view, request.reference);
    const auto summary = view.version_summary(outcome.version);
    const domain::Tags before = summary ? summary->tags : domain::Tags{};
    outcome.tags = before;
    for (const std::string& key : request.remove) remove_tag(outcome.tags, key, outcome.version);
    for (const auto& [key, value] : request.set) outcome.tags.insert_or_assign(key, value);
    outcome.changed = outcome.tags != before;
    return outcome;
  };
  const bool only_looks = request.dry_run || (request.set.empty() && request.remove.empty());
  if (only_looks) return apply(*workspace.read());

  const auto transaction = workspace.write();
  const TagOutcome outcome = apply(transaction->view());
  if (outcome.changed) {
    transaction->set_tags(outcome.version, outcome.tags);
    transaction->commit();
  }
  return outcome;
}

}  // namespace mlops::app
