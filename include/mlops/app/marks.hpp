// `tag`, `alias`, `deprecate`: what may change about a version after it is registered.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/records.hpp>

namespace mlops::app {

struct TagRequest {
  std::string reference;
  domain::Tags set;
  std::vector<std::string> remove;
  bool dry_run = false;
};
struct TagOutcome {
  domain::VersionId version;
  domain::Tags tags;
  bool changed = false;
};
TagOutcome tag(Workspace& workspace, const TagRequest& request);

struct AliasRequest {
  std::string reference;  // MODEL@REF to set; MODEL alone to remove or list
  std::optional<std::string> alias;
  bool remove = false;
  std::optional<std::string> expect;
  bool dry_run = false;
};
struct AliasOutcome {
  std::string model;
  std::string alias;
  std::optional<std::int64_t> before;
  std::optional<std::int64_t> after;
};
AliasOutcome set_alias(Workspace& workspace, const AliasRequest& request);
std::vector<store::AliasTarget> list_aliases(Workspace& workspace, const std::string& model);

struct DeprecateRequest {
  std::string reference;
  std::string reason;
  bool undo = false;
  bool dry_run = false;
};
struct DeprecateOutcome {
  domain::VersionId version;
  bool deprecated = false;
  std::string reason;
  bool changed = false;
};
DeprecateOutcome deprecate(Workspace& workspace, const DeprecateRequest& request);

}  // namespace mlops::app
