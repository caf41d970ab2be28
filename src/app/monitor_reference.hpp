// The reference that a version's batches are counted into: frozen once, kept in the artifact store.
#pragma once

#include <optional>
#include <string>

#include <mlops/app/monitor.hpp>
#include <mlops/domain/policy.hpp>

#include "frozen_reference.hpp"

namespace mlops::app {

struct HeldReference {
  domain::MonitorReference record;
  FrozenReference frozen;
  bool is_kept = false;  // in the registry; otherwise the first batch makes it so
};

// The kept one, or else a fresh one from what the person names, what the policy names, or the version's training data.
// A fresh one is in the artifact store already, unless `dry_run`.
HeldReference hold_reference(Workspace& workspace, const domain::Version& version, const domain::MonitorRules& rules,
                             const std::optional<DataRequest>& named, bool dry_run);

// What is kept. Error{integrity} or {not_found} when the object is not what was kept.
FrozenReference load_frozen(Workspace& workspace, const domain::MonitorReference& reference);

// Of a file's bytes; of a dataset's, where it is recorded.
Digest digest_of_table(Workspace& workspace, const DataRequest& request, const std::optional<Digest>& recorded);

}  // namespace mlops::app
