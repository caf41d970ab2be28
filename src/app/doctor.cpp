#include <mlops/app/doctor.hpp>

#include <unistd.h>

#include <algorithm>

#include <fmt/core.h>

#include <mlops/app/configure.hpp>
#include <mlops/app/workspace.hpp>
#include <mlops/git/repository.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "lost_runs.hpp"
#include "policy_source.hpp"
#include "provenance.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t runs_to_search = 200;

class Examination {
 public:
  void good(std::string topic, std::string message) { add(std::move(topic), Finding::good, std::move(message), ""); }
  void note(std::string topic, std::string message, std::string remedy) {
    add(std::move(topic), Finding::note, std::move(message), std::move(remedy));
  }
  void problem(std::string topic, std::string message, std::string remedy) {
    add(std::move(topic), Finding::problem, std::move(message), std::move(remedy));
  }
  void problem(std::string topic, const Error& error) {
    problem(std::move(topic), error.message(), error.hints().empty() ? "" : error.hints().front());
  }
  [[nodiscard]] DoctorOutcome outcome() && { return {std::move(diagnoses_)}; }

 private:
  void add(std::string topic, Finding finding, std::string message, std::string remedy) {
    diagnoses_.push_back({std::move(topic), finding, std::move(message), std::move(remedy)});
  }
  std::vector<Diagnosis> diagnoses_;
};

void examine_programs(const Context& context, Examination& examination) {
  examination.good("mlops", fmt::format("version {}", context.tool_version));
  const git::GitSupport support = git::git_support();
  if (support.libgit2) {
    examination.good("libgit2", fmt::format("version {}", *support.libgit2));
  } else {
    examination.problem("libgit2", "libgit2 can't be loaded, so commits can't be read", "`apt install libgit2-1.5`");
  }
  if (support.git) {
    examination.good("git", *support.git);
  } else {
    examination.note("git",
                     "git is not installed: `retrain` can't make a checkout, and changes in the tree may be overlooked",
                     "`apt install git`");
  }
}

void examine_database(Workspace& workspace, Examination& examination) {
  const store::Health health = workspace.store().health();
  examination.good("registry", fmt::format("{} ({}, schema {})", health.location, health.engine, health.schema));
  for (const std::string& problem : health.problems) {
    examination.problem("registry", problem,
                        "restore registry.db from a backup; `mlops audit verify` tells what differs");
  }
}

void examine_permissions(Workspace& workspace, Examination& examination) {
  const fs::path& registry = workspace.registry();
  if (::access(registry.c_str(), W_OK) != 0) {
    examination.note("permissions", fmt::format("{} can be read but not written", registry.string()),
                     "ask its owner for write permission if you want to register or promote");
  }
}

void examine_runs(Workspace& workspace, Examination& examination) {
  for (const domain::Run& run : workspace.read()->runs(std::nullopt, runs_to_search, std::nullopt).items) {
    if (!is_lost(run)) continue;
    examination.note("runs", fmt::format("run {} is recorded as running, but its process is gone", run.number),
                     "the next `mlops run` or `mlops retrain` records its end");
  }
}

void examine_artifacts(Workspace& workspace, Examination& examination) {
  std::size_t missing = 0;
  std::string first;
  const auto view = workspace.read();
  view->for_each_needed_object([&](const store::ObjectOwner& owner, const store::NeededObject& object) {
    const bool is_file = object.size && owner.kind != domain::NodeKind::run;
    if (!is_file || workspace.artifacts().size(object.digest) == object.size) return;
    if (missing++ == 0) first = fmt::format("{} of {}", object.what, owner.id);
  });
  if (missing == 0) {
    examination.good("artifacts", "every file of every version and dataset is there, with its size");
    return;
  }
  examination.problem(
      "artifacts",
      fmt::format("{} file{} missing or cut short, the first is {}", missing, missing == 1 ? " is" : "s are", first),
      "copy the object back from a backup, or register the original file again");
}

void examine_git(Workspace& workspace, Examination& examination) {
  if (!workspace.repository()) {
    examination.note("project", "not in a git repository: versions are not tied to code, and `retrain` can't work",
                     "`git init` and commit the project");
    return;
  }
  const Provenance origin = provenance(workspace, {});
  for (const std::string& notice : origin.notices) examination.note("project", notice, "");
  if (!origin.git) return;
  examination.good("project", fmt::format("commit {} on {}, {}", short_commit(origin.git->commit),
                                          origin.git->branch.value_or("a detached HEAD"),
                                          origin.git->dirty ? "with changes that are not committed" : "clean"));
}

void examine_policy(const Context& context, Examination& examination) {
  try {
    const ConfigCheckOutcome check = config_check(context);
    examination.good("policy", fmt::format("mlops.toml is valid; stages: {}", join(check.policy.stages, ", ")));
    if (check.notice) examination.note("policy", *check.notice, "commit mlops.toml to make it count");
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::not_found) {
      examination.note("policy", "no mlops.toml: gates ask for intact files only",
                       "`mlops init` writes a commented one");
    } else {
      examination.problem("policy", error);
    }
  }
}

template <typename Examine>
void guarded(const std::string& topic, Examination& examination, const Examine& examine) {
  try {
    examine();
  } catch (const Error& error) {
    examination.problem(topic, error);
  }
}

}  // namespace

std::string_view name_of(Finding finding) {
  switch (finding) {
    case Finding::good:
      return "good";
    case Finding::note:
      return "note";
    case Finding::problem:
      return "problem";
  }
  return "problem";
}

bool DoctorOutcome::healthy() const {
  return std::none_of(diagnoses.begin(), diagnoses.end(),
                      [](const Diagnosis& diagnosis) { return diagnosis.finding == Finding::problem; });
}

DoctorOutcome doctor(const Context& context) {
  Examination examination;
  examine_programs(context, examination);
  try {
    Workspace workspace{context, Access::read};
    guarded("registry", examination, [&] {
      examine_database(workspace, examination);  // one that can't be opened is one problem, not one for each question
      guarded("runs", examination, [&] { examine_runs(workspace, examination); });
      guarded("artifacts", examination, [&] { examine_artifacts(workspace, examination); });
    });
    guarded("permissions", examination, [&] { examine_permissions(workspace, examination); });
    guarded("project", examination, [&] { examine_git(workspace, examination); });
  } catch (const Error& error) {
    examination.problem("registry", error);
  }
  examine_policy(context, examination);
  return std::move(examination).outcome();
}

}  // namespace mlops::app
