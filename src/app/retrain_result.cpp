#include "retrain_result.hpp"

#include <set>

#include <fmt/core.h>

#include <mlops/domain/files.hpp>
#include <mlops/support/error.hpp>

#include "files_of_run.hpp"
#include "look_inside.hpp"
#include "manifest_objects.hpp"
#include "stored_files.hpp"

namespace mlops::app {

namespace {

domain::Version version_of(const std::string& message, const RetrainDecision& decision, const domain::Run& run,
                           const std::vector<domain::FileEntry>& files, const domain::Manifest& manifest) {
  domain::Version version;
  version.id.model = decision.model;
  version.digest = manifest.digest;
  version.file_count = static_cast<std::int64_t>(files.size());
  for (const auto& file : files) version.total_bytes += file.size;
  version.message = message;
  version.metrics = run.metrics;
  version.params = run.params;
  version.data = run.inputs;
  if (decision.parent) version.parent = decision.parent->id;
  version.run = run.number;
  version.git = run.git;
  return version;
}

}  // namespace

void register_version(Workspace& workspace, const std::string& message, const RetrainDecision& decision,
                      const domain::Run& trained, const domain::Run& ending, RetrainOutcome& outcome) {
  const auto files = files_of_run(trained);
  const auto manifest = domain::make_manifest(files, domain::Content::model);
  domain::Version version = version_of(message, decision, trained, files, manifest);
  const StoredFiles content{workspace.artifacts(), files};
  const auto batch = workspace.artifacts().begin_put({});
  put_manifest(*batch, manifest);
  for (const std::string& warning : describe_files(workspace, batch.get(), content, version)) {
    workspace.context().warn(warning);
  }
  batch->finish();
  const auto transaction = workspace.write();
  transaction->finish_run(ending);
  transaction->ensure_model(decision.model);
  if (const auto same = transaction->view().find_by_digest(decision.model, manifest.digest.hex())) {
    outcome.version = transaction->view().version({decision.model, *same});
  } else {
    outcome.version = transaction->add_version(std::move(version), files);
    outcome.created = true;
  }
  transaction->commit();
}

void compare_result(Workspace& workspace, const RetrainDecision& decision, RetrainOutcome& outcome) {
  const auto view = workspace.read();
  domain::Metrics held;
  if (const auto holding = view->holding(decision.model, outcome.last_stage)) {
    outcome.holder = domain::VersionId{decision.model, holding->version};
    if (const auto version = view->version(*outcome.holder)) held = version->metrics;
  }
  const domain::Metrics parent = decision.parent ? decision.parent->metrics : domain::Metrics{};
  std::set<std::string> names;
  const domain::Metrics& own = outcome.version->metrics;
  for (const domain::Metrics& metrics : {own, parent, held}) {
    for (const auto& [name, value] : metrics) names.insert(name);
  }
  const auto find = [](const domain::Metrics& metrics, const std::string& name) -> std::optional<double> {
    const auto found = metrics.find(name);
    return found == metrics.end() ? std::nullopt : std::optional{found->second};
  };
  for (const std::string& name : names) {
    outcome.comparison.push_back({name, find(own, name), find(parent, name), find(held, name)});
  }
}

void promote_result(Workspace& workspace, const std::string& stage, const std::string& cause, RetrainOutcome& outcome) {
  try {
    outcome.promotion = promote(workspace, {.reference = outcome.version->id.text(),
                                            .stage = stage,
                                            .expect = std::nullopt,
                                            .message = fmt::format("retrained by run {}{}{}", outcome.run->number,
                                                                   cause.empty() ? "" : ": ", cause),
                                            .dry_run = false});
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::conflict) throw;
    outcome.promotion_conflict = error.message();
  }
}

}  // namespace mlops::app
