#include <fmt/core.h>

#include <mlops/app/marks.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "policy_source.hpp"
#include "resolve.hpp"

namespace mlops::app {

namespace {

std::optional<std::int64_t> target_of(store::ReadTransaction& view, const std::string& model,
                                      const std::string& alias) {
  for (const auto& known : view.aliases(model)) {
    if (known.alias == alias) return known.version;
  }
  return std::nullopt;
}

Error unknown_alias(store::ReadTransaction& view, const std::string& model, const std::string& alias) {
  std::vector<std::string> known;
  for (const auto& target : view.aliases(model)) known.push_back(target.alias);
  Error error{ErrorKind::not_found, fmt::format("`{}` has no alias `{}`", model, alias)};
  if (const auto near = near_miss(alias, known)) error.add_hint(fmt::format("did you mean `{}`?", *near));
  return error;
}

void compare_expected(store::ReadTransaction& view, const AliasRequest& request, const AliasOutcome& outcome) {
  if (!request.expect) return;
  std::optional<std::int64_t> expected;
  if (*request.expect != "none") expected = resolve(view, outcome.model + "@" + *request.expect).number;
  if (expected == outcome.before) return;
  throw Error{ErrorKind::conflict,
              outcome.before
                  ? fmt::format("{}@{} is {}@{} now", outcome.model, outcome.alias, outcome.model, *outcome.before)
                  : fmt::format("{} has no alias `{}` now", outcome.model, outcome.alias)};
}

AliasOutcome plan(store::ReadTransaction& view, const AliasRequest& request) {
  AliasOutcome outcome;
  outcome.alias = *request.alias;
  if (request.remove) {
    outcome.model = require_model(view, domain::parse_reference(request.reference).model);
  } else {
    const domain::VersionId id = resolve_explicit(view, request.reference);
    outcome.model = id.model;
    outcome.after = id.number;
  }
  outcome.before = target_of(view, outcome.model, outcome.alias);
  if (request.remove && !outcome.before) throw unknown_alias(view, outcome.model, outcome.alias);
  compare_expected(view, request, outcome);
  return outcome;
}

}  // namespace

AliasOutcome set_alias(Workspace& workspace, const AliasRequest& request) {
  domain::check_alias_name(*request.alias);
  if (!request.remove && gate_policy(workspace).policy.has_stage(*request.alias)) {
    throw Error{ErrorKind::usage,
                fmt::format("`{}` is a stage, so it can't be an alias", *request.alias),
                {fmt::format("`mlops promote {} --to {}` moves a stage", request.reference, *request.alias)}};
  }
  if (request.dry_run) return plan(*workspace.read(), request);

  const auto transaction = workspace.write();
  const AliasOutcome outcome = plan(transaction->view(), request);
  if (outcome.before != outcome.after) {
    transaction->set_alias(outcome.model, outcome.alias, outcome.after);
    transaction->commit();
  }
  return outcome;
}

std::vector<store::AliasTarget> list_aliases(Workspace& workspace, const std::string& model) {
  const auto view = workspace.read();
  return view->aliases(require_model(*view, model));
}

}  // namespace mlops::app
