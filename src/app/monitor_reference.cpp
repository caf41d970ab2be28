#include "monitor_reference.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "data_source.hpp"
#include "reference_cache.hpp"

namespace mlops::app {

namespace {

constexpr std::uint64_t largest_frozen = std::uint64_t{256} << 20;
constexpr std::string_view usual_role = "train";

// The dataset of the version that its batches are held against.
const domain::DataUse* reference_use(const domain::Version& version, const domain::MonitorRules& rules) {
  const auto in_role = [&](std::string_view role) -> const domain::DataUse* {
    const auto found = std::ranges::find(version.data, role, &domain::DataUse::role);
    return found == version.data.end() ? nullptr : &*found;
  };
  if (rules.reference) return in_role(*rules.reference);
  if (const domain::DataUse* use = in_role(usual_role)) return use;
  return version.data.size() == 1 ? &version.data.front() : nullptr;
}

Error no_reference(const domain::Version& version, const domain::MonitorRules& rules) {
  std::vector<std::string> roles;
  for (const domain::DataUse& use : version.data) roles.push_back(use.role);
  const std::string wanted = rules.reference.value_or(std::string{usual_role});
  Error error{ErrorKind::not_found,
              fmt::format("{} has no dataset `{}` to hold batches against", version.id.text(), printable(wanted))};
  if (const auto near = near_miss(wanted, roles)) error.add_hint(fmt::format("did you mean `{}`?", printable(*near)));
  if (!roles.empty()) {
    error.add_hint(fmt::format("it has: {}; `reference` in [model.{}.monitor] names one", printable(join(roles, ", ")),
                               version.id.model));
  }
  error.add_hint("`--reference FILE` or `--reference DATASET` names a table");
  return error;
}

HeldReference freeze(Workspace& workspace, const domain::Version& version, const DataRequest& request, bool dry_run) {
  const DataSource table = open_data(workspace.context(), request);
  HeldReference held;
  held.record.version = version.id;
  held.record.source = table.dataset.value_or(request.data);
  held.record.data = digest_of_table(workspace, request, table.digest);
  held.frozen = kept_or_frozen(place_of_frozen(workspace.registry(), held.record.data, table.options), *table.bytes,
                               table.options);
  if (held.frozen.rows == 0) {
    throw Error{ErrorKind::usage,
                fmt::format("{} has no rows: nothing can be held against it", printable(held.record.source))};
  }
  held.record.rows = held.frozen.rows;
  held.record.columns = static_cast<std::int64_t>(held.frozen.columns.size());
  const std::string object = canonical(to_json(held.frozen));
  held.record.frozen = dry_run ? sha256(object) : workspace.artifacts().put_bytes(object).digest;
  return held;
}

}  // namespace

Digest digest_of_table(Workspace& workspace, const DataRequest& request, const std::optional<Digest>& recorded) {
  if (recorded) return *recorded;
  const std::filesystem::path path = workspace.absolute(request.data);
  const auto progress = workspace.progress(fmt::format("reading {}", path.filename().string()));
  return artifacts::hash_files(artifacts::plan_files({path}), progress, {.cache = &workspace.digests()}).front().digest;
}

FrozenReference load_frozen(Workspace& workspace, const domain::MonitorReference& reference) {
  const std::string bytes = workspace.artifacts().get_bytes(reference.frozen, largest_frozen);
  try {
    return frozen_from_json(parse_json(bytes, "reference"));
  } catch (const Error& error) {
    throw Error{ErrorKind::integrity,
                fmt::format("the reference of {} is not readable: {}", reference.version.text(), error.message())};
  }
}

HeldReference hold_reference(Workspace& workspace, const domain::Version& version, const domain::MonitorRules& rules,
                             const std::optional<DataRequest>& named, bool dry_run) {
  const auto kept = workspace.read()->monitor_reference(version.id);
  if (!kept) {
    if (named) return freeze(workspace, version, *named, dry_run);
    const domain::DataUse* const use = reference_use(version, rules);
    if (use == nullptr) throw no_reference(version, rules);
    return freeze(workspace, version, {fmt::format("{}@{}", use->dataset, use->number), std::nullopt, std::nullopt},
                  dry_run);
  }
  if (named) {
    const DataSource table = open_data(workspace.context(), *named);
    if (digest_of_table(workspace, *named, table.digest) != kept->data) {
      throw Error{ErrorKind::conflict,
                  fmt::format("{} is held against {}, since {}: `--reference {}` would make its batches incomparable",
                              version.id.text(), printable(kept->source), rfc3339(kept->at), printable(named->data)),
                  {"leave `--reference` out; another version may have another one"}};
    }
  }
  return {.record = *kept, .frozen = load_frozen(workspace, *kept), .is_kept = true};
}

}  // namespace mlops::app
