#include <mlops/app/register.hpp>

#include <algorithm>

#include <fmt/core.h>

#include <mlops/formats/metrics.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "files_of_run.hpp"
#include "manifest_objects.hpp"
#include "provenance.hpp"
#include "resolve.hpp"
#include "snapshot.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

template <typename Map>
void merge(Map& into, const Map& from) {
  for (const auto& [key, value] : from) into.insert_or_assign(key, value);
}

// What was measured and set: the run's figures, then files, then what the person typed, the nearer winning.
void collect_figures(const RegisterRequest& request, const std::optional<domain::Run>& run, Workspace& workspace,
                     domain::Version& version) {
  if (run) {
    version.metrics = run->metrics;
    version.params = run->params;
  }
  for (const fs::path& file : request.metrics_files)
    merge(version.metrics, formats::read_metrics(workspace.absolute(file)));
  merge(version.metrics, request.metrics);
  for (const fs::path& file : request.params_files)
    merge(version.params, formats::read_params(workspace.absolute(file)));
  merge(version.params, request.params);
  for (const auto& [key, value] : version.metrics) domain::check_key("metric", key);
  for (const auto& [key, value] : version.params) domain::check_key("param", key);
}

std::optional<domain::Run> find_run(store::ReadTransaction& view, const RegisterRequest& request) {
  if (!request.run) return std::nullopt;
  auto run = view.run(*request.run);
  if (!run) {
    throw Error{ErrorKind::not_found, fmt::format("no run {}", *request.run), {"`mlops run list` shows them"}};
  }
  if (run->status == domain::RunStatus::running) {
    throw Error{ErrorKind::conflict, fmt::format("run {} has not ended yet", *request.run)};
  }
  if (run->status != domain::RunStatus::succeeded) {
    throw Error{ErrorKind::refused,
                fmt::format("run {} failed: {}", *request.run, run->failure),
                {fmt::format("`mlops run log {}` shows its output", *request.run)}};
  }
  return run;
}

std::vector<fs::path> recorded_paths(const RegisterRequest& request, Workspace& workspace) {
  std::vector<fs::path> paths = request.paths;
  paths.insert(paths.end(), request.metrics_files.begin(), request.metrics_files.end());
  paths.insert(paths.end(), request.params_files.begin(), request.params_files.end());
  for (const DataArgument& data : request.data) {
    if (data.path) paths.push_back(*data.path);
  }
  for (fs::path& path : paths) path = workspace.absolute(path);
  return paths;
}

// `batch`: nullptr in a dry run.
std::vector<domain::FileEntry> files_of_paths(Workspace& workspace, artifacts::PutBatch* batch,
                                              const RegisterRequest& request) {
  std::vector<fs::path> absolute;
  for (const fs::path& path : request.paths) absolute.push_back(workspace.absolute(path));
  const auto planned = artifacts::plan_files(absolute);
  const auto progress = workspace.progress(request.model);
  const artifacts::ReadOptions reading{.cache = &workspace.digests(), .read_again = request.verify};
  if (request.reference) return artifacts::refer_to_files(planned, progress, reading);
  if (batch == nullptr) return artifacts::hash_files(planned, progress, reading);
  return artifacts::store_files(*batch, planned, progress, reading);
}

Json read_signature(Workspace& workspace, const std::optional<fs::path>& file) {
  if (!file) return {};
  const fs::path path = workspace.absolute(*file);
  Json signature = parse_json(read_file(path), file->string());
  if (!signature.is_object()) {
    throw Error{ErrorKind::usage,
                fmt::format("{}: a signature is a JSON object with `inputs` and `outputs`", file->string())};
  }
  return signature;
}

std::optional<domain::SemVer> choose_semver(store::ReadTransaction& view, const RegisterRequest& request) {
  if (request.semver) return request.semver;
  if (!request.bump) return std::nullopt;
  const auto highest = view.highest_semver(request.model);
  return highest ? highest->bumped(*request.bump) : domain::SemVer{}.bumped(*request.bump);
}

void describe_existing(const RegisterRequest& request, const domain::Version& existing, RegisterOutcome& outcome) {
  const bool new_facts = !request.metrics.empty() || !request.metrics_files.empty() || !request.params.empty() ||
                         !request.params_files.empty() || !request.data.empty() || !request.tags.empty() ||
                         !request.message.empty() || request.semver || request.bump || request.parent || request.run;
  if (new_facts) {
    outcome.notices.push_back(
        fmt::format("{} keeps the facts it was registered with; `--new-version` registers the same "
                    "files again with these",
                    existing.id.text()));
  }
  outcome.version = existing;
  outcome.created = false;
}

std::optional<domain::Version> same_files(store::ReadTransaction& view, const RegisterRequest& request,
                                          const Digest& digest) {
  if (request.new_version || !view.model(request.model)) return std::nullopt;
  const auto number = view.find_by_digest(request.model, digest.hex());
  return number ? view.version({request.model, *number}) : std::nullopt;
}

}  // namespace

RegisterOutcome register_version(Workspace& workspace, const RegisterRequest& request) {
  domain::check_model_name(request.model);
  for (const auto& [key, value] : request.tags) domain::check_key("tag", key);

  RegisterOutcome outcome;
  domain::Version version;
  version.id.model = request.model;
  version.message = request.message;
  version.run = request.run;
  std::optional<domain::Run> run;
  {
    const auto view = workspace.read();
    run = find_run(*view, request);
    if (request.parent) version.parent = resolve(*view, *request.parent);
  }
  if (run && !version.parent) version.parent = run->parent;
  collect_figures(request, run, workspace, version);
  version.signature = read_signature(workspace, request.signature);

  // A run's code is the code of its outputs; otherwise it is what stands here now.
  Provenance origin;
  if (run && run->git) {
    origin.git = run->git;
  } else {
    origin = provenance(workspace, recorded_paths(request, workspace));
    outcome.notices = origin.notices;
  }
  if (request.require_clean) require_clean(origin);

  const auto batch = request.dry_run ? nullptr : workspace.artifacts().begin_put({.compare = request.verify});
  const auto files =
      request.paths.empty() && run ? files_of_run(*run) : files_of_paths(workspace, batch.get(), request);
  const auto manifest = domain::make_manifest(files, domain::Content::model);
  version.digest = manifest.digest;
  version.file_count = static_cast<std::int64_t>(files.size());
  for (const auto& file : files) version.total_bytes += file.size;
  version.references = domain::references_of(files);

  auto snapshots = take_snapshots(workspace, batch.get(), request.data, "");
  if (request.dry_run) {
    const auto view = workspace.read();
    if (const auto existing = same_files(*view, request, version.digest)) {
      describe_existing(request, *existing, outcome);
      return outcome;
    }
    version.git = origin.git;
    version.semver = choose_semver(*view, request);
    version.data = snapshots.empty() && run ? run->inputs : preview_snapshots(*view, snapshots);
    version.registered_at = workspace.now();
    version.registered_by = workspace.origin().actor;
    outcome.version = version;
    outcome.tags = request.tags;
    outcome.created = true;
    return outcome;
  }

  put_manifest(*batch, manifest);
  if (!run || !run->git) store_diff(workspace, *batch, origin);
  batch->finish();
  version.git = origin.git;

  const auto transaction = workspace.write();
  if (const auto existing = same_files(transaction->view(), request, version.digest)) {
    describe_existing(request, *existing, outcome);
    if (const auto summary = transaction->view().version_summary(existing->id)) outcome.tags = summary->tags;
    return outcome;
  }
  transaction->ensure_model(request.model);
  version.semver = choose_semver(transaction->view(), request);
  version.data = snapshots.empty() && run ? run->inputs : record_snapshots(*transaction, snapshots);
  outcome.version = transaction->add_version(version, files);
  if (!request.tags.empty()) transaction->set_tags(outcome.version.id, request.tags);
  transaction->commit();
  outcome.tags = request.tags;
  outcome.created = true;
  return outcome;
}

}  // namespace mlops::app
