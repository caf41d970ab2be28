#include "gate_data.hpp"

#include <algorithm>
#include <system_error>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "resolve.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view holdout_word = "holdout";

const domain::DataUse* find_role(const std::vector<domain::DataUse>& data, std::string_view role) {
  const auto found = std::ranges::find(data, role, &domain::DataUse::role);
  return found == data.end() ? nullptr : &*found;
}

std::vector<std::string> roles_of(const std::vector<domain::DataUse>& data) {
  std::vector<std::string> roles;
  for (const domain::DataUse& use : data) roles.push_back(use.role);
  return roles;
}

// With the near miss, or what would record it.
Error no_role(const domain::VersionId& version, const std::vector<domain::DataUse>& data, const std::string& role) {
  const std::vector<std::string> roles = roles_of(data);
  Error error{ErrorKind::not_found,
              fmt::format("{} has no data `{}`: {}", version.text(), printable(role),
                          roles.empty() ? "it was registered without data"
                                        : fmt::format("its data are {}", printable(join(roles, ", "))))};
  if (const auto near = near_miss(role, roles)) error.add_hint(fmt::format("did you mean `{}`?", printable(*near)));
  error.add_hint(fmt::format("`mlops register --data {}=PATH` records it with a version", printable(role)));
  return error;
}

}  // namespace

GateTable GateData::open(const domain::DataName& name) {
  switch (name.kind) {
    case domain::DataName::Kind::file:
      return open_file(name, name.text);
    case domain::DataName::Kind::held:
      return open_held(name);
    case domain::DataName::Kind::dataset:
      return open_dataset(name, find_dataset(name.text));
    default:
      return open_role(name);
  }
}

domain::Dataset GateData::find_dataset(const std::string& reference) {
  const auto view = workspace_.read();
  return resolve_dataset(*view, reference);
}

GateTable GateData::open_held(const domain::DataName& name) {
  const auto holder = find_holder_(name.stage);
  if (!holder) throw Error{ErrorKind::not_found, fmt::format("nobody holds {}", name.stage)};
  domain::Version held;
  {
    const auto view = workspace_.read();
    held = load(*view, holder->version);
  }
  const domain::DataUse* const use = find_role(held.data, name.role);
  if (use == nullptr) throw no_role(held.id, held.data, name.role);
  return open_use(name, *use);
}

// A dataset that happens to have the role's name is none of the version's: it has to be asked for by its number or
// `latest`.
GateTable GateData::open_role(const domain::DataName& name) {
  if (const domain::DataUse* use = find_role(version_.data, name.text)) return open_use(name, *use);
  if (name.text == holdout_word && holdout_) return open_file(name, *holdout_);
  Error error = no_role(version_.id, version_.data, name.text);
  const auto view = workspace_.read();
  if (view->latest_dataset(name.text))
    error.add_hint(fmt::format("the dataset of the registry is written `{}@latest`", name.text));
  throw Error{std::move(error)};
}

GateTable GateData::open_use(const domain::DataName& name, const domain::DataUse& use) {
  std::optional<domain::Dataset> dataset;
  {
    const auto view = workspace_.read();
    dataset = view->dataset(use.dataset, use.number);
  }
  if (!dataset)
    throw Error{ErrorKind::integrity, fmt::format("dataset {}@{} is not in the registry", use.dataset, use.number)};
  return open_dataset(name, *dataset);
}

GateTable GateData::open_file(const domain::DataName& name, const std::string& path) {
  const fs::path file = ground_.data(path);
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) {
    throw Error{ErrorKind::not_found,
                fmt::format("`{}` is not a file in the gate's commit or in the project's folder", printable(path))};
  }
  GateTable table;
  table.name = name.text;
  table.digest = digest_of(file);
  table.options.name = path;
  table.bytes = open_byte_source(file);
  return table;
}

GateTable GateData::open_dataset(const domain::DataName& name, const domain::Dataset& dataset) {
  std::vector<domain::FileEntry> files;
  {
    const auto view = workspace_.read();
    files = view->dataset_files(dataset.name, dataset.number);
  }
  if (files.size() != 1) {
    throw Error{ErrorKind::usage, fmt::format("{} has {} files: a table is one", dataset.text(), files.size())};
  }
  GateTable table;
  table.name = name.text;
  table.source = dataset.text();
  table.digest = dataset.digest;
  table.added_at = dataset.added_at;
  table.options.name = files.front().path;
  table.bytes = bytes_of(dataset, files.front());
  return table;
}

// From the store, or else from where they came from, as long as they are the same there.
std::unique_ptr<ByteSource> GateData::bytes_of(const domain::Dataset& dataset, const domain::FileEntry& file) {
  if (workspace_.artifacts().has(file.digest)) return workspace_.artifacts().open(file.digest);
  const fs::path place = file.uri.empty() ? workspace_.project() / dataset.source : artifacts::place_of(file);
  std::error_code ignored;
  const bool is_there = fs::is_regular_file(place, ignored);
  if (is_there && digest_of(place) == file.digest) return open_byte_source(place);
  throw Error{ErrorKind::not_found,
              fmt::format("the bytes of {} are not to be had any more: they are not in the store, and {} {}",
                          dataset.text(), printable(file.uri.empty() ? dataset.source : place.string()),
                          is_there ? "holds others now" : "is gone"),
              {fmt::format("`mlops dataset add {} PATH` stores them again from a copy with the digest {}", dataset.name,
                           file.digest.text())}};
}

Digest GateData::digest_of(const fs::path& path) {
  const auto progress = workspace_.progress(fmt::format("reading {}", path.filename().string()));
  return artifacts::hash_files(artifacts::plan_files({path}), progress, {.cache = &workspace_.digests()})
      .front()
      .digest;
}

}  // namespace mlops::app
