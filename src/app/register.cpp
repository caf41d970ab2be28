#include <mlops/app/register.hpp>

#include <algorithm>

#include <fmt/core.h>

#include <mlops/domain/signature.hpp>
#include <mlops/formats/infer_signature.hpp>
#include <mlops/formats/metrics.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "files_of_run.hpp"
#include "look_inside.hpp"
#include "manifest_objects.hpp"
#include "provenance.hpp"
#include "resolve.hpp"
#include "snapshot.hpp"
#include "stored_files.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t largest_signature = 4u << 20;

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
    merge(version.metrics, formats::read_run_metrics(workspace.absolute(file), {}).metrics);
  merge(version.metrics, request.metrics);
  for (const fs::path& file : request.params_files)
    merge(version.params, formats::read_params(workspace.absolute(file)));
  merge(version.params, request.params);
  for (const auto& [key, value] : version.metrics) domain::check_key("metric", key);
  for (const auto& [key, value] : version.params) domain::check_key("param", key);
}

std::optional<domain::Run> find_run(store::ReadTransaction& view, const RegisterRequest& request) {
  if (!request.run) return std::nullopt;
  domain::Run run = load_run(view, *request.run);
  if (run.status == domain::RunStatus::running) {
    throw Error{ErrorKind::conflict, fmt::format("run {} has not ended yet", *request.run)};
  }
  if (run.status != domain::RunStatus::succeeded) {
    throw Error{ErrorKind::refused,
                fmt::format("run {} failed: {}", *request.run, run.failure),
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

// The files of the new version, and a way to look into them: in the store once they are there, else where they are.
struct Material {
  std::vector<domain::FileEntry> files;
  std::unique_ptr<formats::FileSet> content;
};

// `batch`: nullptr in a dry run.
Material material_of_paths(Workspace& workspace, artifacts::PutBatch* batch, const RegisterRequest& request) {
  std::vector<fs::path> absolute;
  for (const fs::path& path : request.paths) absolute.push_back(workspace.absolute(path));
  auto planned = artifacts::plan_files(absolute);
  const auto progress = workspace.progress(request.model);
  const artifacts::ReadOptions reading{.cache = &workspace.digests(), .read_again = request.verify};
  Material material;
  if (request.reference) {
    material.files = artifacts::refer_to_files(planned, progress, reading);
  } else if (batch == nullptr) {
    material.files = artifacts::hash_files(planned, progress, reading);
    material.content = std::make_unique<PlannedFiles>(std::move(planned));
    return material;
  } else {
    material.files = artifacts::store_files(*batch, planned, progress, reading);
  }
  material.content = std::make_unique<StoredFiles>(workspace.artifacts(), material.files);
  return material;
}

Material find_material(Workspace& workspace, artifacts::PutBatch* batch, const RegisterRequest& request,
                       const std::optional<domain::Run>& run) {
  if (!request.paths.empty() || !run) return material_of_paths(workspace, batch, request);
  Material material{.files = files_of_run(*run), .content = nullptr};
  material.content = std::make_unique<StoredFiles>(workspace.artifacts(), material.files);
  return material;
}

// Of the file that was named for it, or of an example of the input; null when the model's own files have to tell.
Json read_signature(Workspace& workspace, const RegisterRequest& request) {
  if (request.signature) {
    const std::string source = request.signature->string();
    const std::string text = read_file(workspace.absolute(*request.signature), largest_signature);
    return domain::to_json(domain::parse_signature(parse_json(text, source), source));
  }
  if (!request.example) return {};
  const auto example = open_byte_source(workspace.absolute(*request.example));
  return domain::to_json(formats::infer_signature(*example, request.example->string()));
}

std::optional<domain::SemVer> choose_semver(store::ReadTransaction& view, const RegisterRequest& request) {
  if (request.semver) return request.semver;
  if (!request.bump) return std::nullopt;
  const auto highest = view.highest_semver(request.model);
  return highest ? highest->bumped(*request.bump) : domain::SemVer{}.bumped(*request.bump);
}

void describe_existing(store::ReadTransaction& view, const RegisterRequest& request, const domain::Version& existing,
                       RegisterOutcome& outcome) {
  if (const auto summary = view.version_summary(existing.id)) outcome.tags = summary->tags;
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

// What is known before any file is read.
struct Draft {
  domain::Version version;
  std::optional<domain::Run> run;
  Provenance origin;
};

Draft make_draft(Workspace& workspace, const RegisterRequest& request, RegisterOutcome& outcome) {
  Draft draft;
  draft.version.id.model = request.model;
  draft.version.message = request.message;
  draft.version.run = request.run;
  {
    const auto view = workspace.read();
    draft.run = find_run(*view, request);
    if (request.parent) draft.version.parent = resolve(*view, *request.parent);
  }
  if (draft.run && !draft.version.parent) draft.version.parent = draft.run->parent;
  collect_figures(request, draft.run, workspace, draft.version);
  draft.version.signature = read_signature(workspace, request);
  // A run's code is the code of its outputs; otherwise it is what stands here now.
  if (draft.run && draft.run->git) {
    draft.origin.git = draft.run->git;
  } else {
    draft.origin = provenance(workspace, recorded_paths(request, workspace));
    outcome.notices = draft.origin.notices;
  }
  if (request.require_clean) require_clean(draft.origin);
  draft.version.git = draft.origin.git;
  return draft;
}

void add_files(const Material& material, const domain::Manifest& manifest, domain::Version& version) {
  version.digest = manifest.digest;
  version.file_count = static_cast<std::int64_t>(material.files.size());
  for (const auto& file : material.files) version.total_bytes += file.size;
  version.references = domain::references_of(material.files);
}

// What was registered with the files before may have been lost since; they tell it anew.
void mend_objects(Workspace& workspace, const Material& material, const domain::Manifest& manifest,
                  domain::Version existing) {
  const auto batch = workspace.artifacts().begin_put({});
  put_manifest(*batch, manifest);
  if (existing.inspected && !workspace.artifacts().has(existing.inspected->details)) {
    describe_files(workspace, batch.get(), *material.content, existing);
  }
  batch->finish();
}

// What would be registered, without a number.
void rehearse(Workspace& workspace, const RegisterRequest& request, const Material& material,
              const std::vector<Snapshot>& snapshots, Draft draft, RegisterOutcome& outcome) {
  domain::Version& version = draft.version;
  const auto warnings = describe_files(workspace, nullptr, *material.content, version);
  outcome.notices.insert(outcome.notices.end(), warnings.begin(), warnings.end());
  const auto view = workspace.read();
  version.semver = choose_semver(*view, request);
  version.data = snapshots.empty() && draft.run ? draft.run->inputs : preview_snapshots(*view, snapshots);
  version.registered_at = workspace.now();
  version.registered_by = workspace.origin().actor;
  outcome.version = std::move(version);
  outcome.tags = request.tags;
  outcome.created = true;
}

}  // namespace

RegisterOutcome register_version(Workspace& workspace, const RegisterRequest& request) {
  domain::check_model_name(request.model);
  for (const auto& [key, value] : request.tags) domain::check_key("tag", key);

  RegisterOutcome outcome;
  Draft draft = make_draft(workspace, request, outcome);
  domain::Version& version = draft.version;
  // What was stored is what is looked into, so the files come first, and what is found out about them after that.
  auto batch = request.dry_run ? nullptr : workspace.artifacts().begin_put({.compare = request.verify});
  const Material material = find_material(workspace, batch.get(), request, draft.run);
  const auto manifest = domain::make_manifest(material.files, domain::Content::model);
  add_files(material, manifest, version);

  auto snapshots = take_snapshots(workspace, batch.get(), request.data, "");
  if (batch) batch->finish();
  if (const auto existing = same_files(*workspace.read(), request, version.digest)) {
    if (batch) mend_objects(workspace, material, manifest, *existing);
    describe_existing(*workspace.read(), request, *existing, outcome);
    return outcome;
  }
  if (request.dry_run) {
    rehearse(workspace, request, material, snapshots, std::move(draft), outcome);
    return outcome;
  }
  batch = workspace.artifacts().begin_put({});
  const auto warnings = describe_files(workspace, batch.get(), *material.content, version);
  outcome.notices.insert(outcome.notices.end(), warnings.begin(), warnings.end());
  put_manifest(*batch, manifest);
  if (!draft.run || !draft.run->git) store_diff(workspace, *batch, draft.origin);
  batch->finish();
  version.git = draft.origin.git;

  const auto transaction = workspace.write();
  // Another command may have been quicker.
  if (const auto existing = same_files(transaction->view(), request, version.digest)) {
    describe_existing(transaction->view(), request, *existing, outcome);
    return outcome;
  }
  transaction->ensure_model(request.model);
  version.semver = choose_semver(transaction->view(), request);
  version.data = snapshots.empty() && draft.run ? draft.run->inputs : record_snapshots(*transaction, snapshots);
  outcome.version = transaction->add_version(version, material.files);
  if (!request.tags.empty()) transaction->set_tags(outcome.version.id, request.tags);
  transaction->commit();
  outcome.tags = request.tags;
  outcome.created = true;
  return outcome;
}

}  // namespace mlops::app
