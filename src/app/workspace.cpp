#include <mlops/app/workspace.hpp>

#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "hook_policy.hpp"
#include "registry_location.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

artifacts::LocalOptions local_options(const Context& context) {
  const bool compresses = context.settings.get("artifacts.compression").value == "zstd";
  return {.compression = compresses ? artifacts::Compression::zstd : artifacts::Compression::none,
          .command = context.command.substr(0, context.command.find(' ')),
          .read_back = context.settings.get("artifacts.read_back").value == "true"};
}

}  // namespace

std::optional<fs::path> find_project(const fs::path& start) {
  std::error_code ignored;
  for (fs::path folder = start;; folder = folder.parent_path()) {
    if (fs::is_directory(folder / ".mlops", ignored)) return folder;
    if (folder == folder.parent_path()) return std::nullopt;
  }
}

std::string store_url(const fs::path& registry) { return "sqlite:" + (registry / "registry.db").string(); }

Workspace::Workspace(const Context& context, Access access) : context_{context}, access_{access} {
  const auto project = find_project(context.directory);
  project_ = project.value_or(context.directory);
  const auto registry = registry_location(context, project);
  if (!registry) {
    throw Error{ErrorKind::not_found,
                fmt::format("no registry in {} or any folder above it", context.directory.string()),
                {"`mlops init` makes one here", "`--registry DIR` or MLOPS_REGISTRY names one elsewhere"}};
  }
  registry_ = *registry;
}

Workspace::~Workspace() {
  if (digests_) digests_->save();
}

store::Store& Workspace::store() {
  if (!store_) {
    const auto seconds = parse_integer(context_.settings.get("busy_timeout").value).value_or(30);
    store_ = store::open_store(
        {.url = store_url(registry_), .for_writing = access_ == Access::write, .busy_timeout_ms = seconds * 1000});
  }
  return *store_;
}

artifacts::ArtifactStore& Workspace::artifacts() {
  if (!artifacts_) artifacts_ = artifacts::open_local_store(registry_, local_options(context_));
  return *artifacts_;
}

std::unique_ptr<artifacts::Maintenance> Workspace::maintenance() {
  return artifacts::open_local_maintenance(registry_, local_options(context_));
}

artifacts::DigestCache& Workspace::digests() {
  if (!digests_) digests_ = std::make_unique<artifacts::DigestCache>(registry_ / "cache" / "digests");
  return *digests_;
}

git::Repository* Workspace::repository() {
  if (!repository_) repository_ = git::open_repository(project_);
  return repository_->get();
}

domain::Origin Workspace::origin() {
  std::string actor = context_.login;
  if (context_.actor) {
    actor = *context_.actor;
  } else if (git::Repository* repository = this->repository()) {
    if (const auto user = repository->user()) actor = fmt::format("{} <{}>", user->name, user->email);
  }
  return {.actor = actor, .host = context_.host, .command = context_.command, .ci_url = context_.ci_url};
}

std::unique_ptr<store::ReadTransaction> Workspace::read() { return store().read(); }

std::unique_ptr<store::WriteTransaction> Workspace::write() {
  auto transaction = store().write(origin(), now());
  transaction->set_hooks([this](domain::HookEvent event) { return hooks_told_of(event); });
  return transaction;
}

// Nothing that is wrong with hooks keeps anybody from working.
std::vector<std::string> Workspace::hooks_told_of(domain::HookEvent event) {
  if (!hooks_) {
    hooks_.emplace();
    try {
      hooks_ = hooks_that_count(*this);
    } catch (const Error& error) {
      context_.warn(fmt::format("no hook is told, as hooks can't be read: {}", error.message()));
    }
  }
  std::vector<std::string> names;
  for (const auto& [name, hook] : *hooks_) {
    if (std::ranges::find(hook.on, event) != hook.on.end()) names.push_back(name);
  }
  if (!names.empty() && context_.owe_hooks) context_.owe_hooks();
  return names;
}

artifacts::StartProgress Workspace::progress(std::string label) const {
  return [this, label = std::move(label)](std::uint64_t total) { return context_.progress(label, total); };
}

fs::path Workspace::absolute(const fs::path& path) const {
  return path.is_absolute() ? path : (context_.directory / path);
}

std::string Workspace::project_prefix() {
  const auto relative = fs::relative(project_, repository()->root());
  return relative == "." ? std::string{} : relative.generic_string();
}

}  // namespace mlops::app
