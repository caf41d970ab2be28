#include <algorithm>
#include <system_error>
#include <utility>

#include <fmt/core.h>

#include <mlops/app/artifacts.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "artifacts_needs.hpp"
#include "resolve.hpp"

namespace mlops::app {

namespace {

namespace fs = std::filesystem;

// A file that stays elsewhere, and whose it is.
struct Reference {
  domain::FileEntry file;
  std::string need;
};

struct Needs {
  std::vector<artifacts::NeededObject> objects;
  std::vector<Reference> references;

  void take(const store::ObjectOwner& owner, const store::NeededObject& object) {
    if (object.uri.empty()) {
      objects.push_back({object.digest, object.size});
      return;
    }
    references.push_back({{.path = object.what,
                           .digest = object.digest,
                           .size = object.size.value_or(0),
                           .executable = false,
                           .uri = object.uri},
                          need_text(owner, object)});
  }
};

std::string_view word_of(artifacts::Intactness state) {
  return state == artifacts::Intactness::missing ? "is missing" : "is damaged";
}

artifacts::Intactness look_at(const domain::FileEntry& file) {
  std::error_code error;
  const std::uint64_t size = fs::file_size(artifacts::place_of(file), error);
  if (error) return artifacts::Intactness::missing;
  return size == file.size ? artifacts::Intactness::intact : artifacts::Intactness::damaged;
}

void verify_references(Workspace& workspace, const std::vector<Reference>& references, bool read_data,
                       ArtifactsVerifyOutcome& outcome) {
  std::uint64_t total = 0;
  for (const Reference& reference : references) total += reference.file.size;
  const auto progress = workspace.context().progress("reading files that stay elsewhere", read_data ? total : 0);
  for (const auto& [file, need] : references) {
    ++outcome.references;
    if (read_data) outcome.bytes += file.size;
    const auto state = read_data ? artifacts::verify_file(workspace.artifacts(), file, progress) : look_at(file);
    if (state == artifacts::Intactness::intact) continue;
    const bool is_gone = state == artifacts::Intactness::missing;
    outcome.findings.push_back({.file = file.uri,
                                .what = is_gone ? "nothing is at its place" : "it is not the file that was registered",
                                .is_data = true,
                                .touches = {need}});
  }
}

// Whole files, from end to end: each is hashed as it would be read back.
void verify_whole(Workspace& workspace, const Needs& needs, ArtifactsVerifyOutcome& outcome,
                  std::vector<Damaged>& damaged) {
  std::uint64_t total = 0;
  for (const auto& object : needs.objects) total += object.size.value_or(0);
  const auto progress = workspace.context().progress(fmt::format("reading {}", outcome.version->text()), total);
  for (const auto& object : needs.objects) {
    ++outcome.objects;
    outcome.bytes += workspace.artifacts().size(object.digest).value_or(0);
    const auto state = workspace.artifacts().verify(object.digest, progress);
    if (state == artifacts::Intactness::intact) continue;
    outcome.findings.push_back(
        {.file = "", .what = fmt::format("object {} {}", object.digest.short_text(), word_of(state))});
    damaged.push_back({{object.digest}, nullptr});
  }
}

void verify_store(Workspace& workspace, const Needs& needs, double sample, ArtifactsVerifyOutcome& outcome,
                  std::vector<Damaged>& damaged) {
  const auto maintenance = workspace.maintenance();
  const artifacts::VerifyOptions options{.sample = sample};
  const auto progress = workspace.context().progress("verifying", maintenance->bytes_to_verify(options));
  auto report = maintenance->verify(needs.objects, options, progress);
  outcome.objects = report.objects;
  outcome.files = report.files;
  outcome.bytes = report.bytes;
  for (artifacts::Finding& finding : report.findings) {
    outcome.findings.push_back(
        {.file = std::move(finding.file), .what = std::move(finding.what), .is_data = finding.is_data});
    damaged.push_back({std::move(finding.objects), nullptr});
  }
}

}  // namespace

bool ArtifactsVerifyOutcome::sound() const {
  return std::none_of(findings.begin(), findings.end(), [](const auto& finding) { return finding.is_data; });
}

ArtifactsVerifyOutcome verify_artifacts(Workspace& workspace, const ArtifactsVerifyRequest& request) {
  ArtifactsVerifyOutcome outcome;
  Needs needs;
  const auto take = [&](const store::ObjectOwner& owner, const store::NeededObject& object) {
    needs.take(owner, object);
  };
  {
    const auto view = workspace.read();
    if (request.reference) {
      outcome.version = resolve(*view, *request.reference);
      view->for_each_object_of(*outcome.version, take);
    } else {
      view->for_each_needed_object(take);
    }
  }
  make_unique(needs.objects);
  const bool read_all = request.sample >= 1;
  std::vector<Damaged> damaged;
  if (outcome.version && read_all) {
    verify_whole(workspace, needs, outcome, damaged);
  } else {
    verify_store(workspace, needs, request.sample, outcome, damaged);
  }
  for (std::size_t i = 0; i < damaged.size(); ++i) damaged[i].finding = &outcome.findings[i];
  name_touched(*workspace.read(), damaged);
  verify_references(workspace, needs.references, read_all, outcome);
  return outcome;
}

}  // namespace mlops::app
