// A project and its registry, opened as far as a use case needs them.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <mlops/app/context.hpp>
#include <mlops/artifacts/artifacts.hpp>
#include <mlops/artifacts/digest_cache.hpp>
#include <mlops/artifacts/maintenance.hpp>
#include <mlops/domain/event.hpp>
#include <mlops/domain/hook.hpp>
#include <mlops/git/repository.hpp>
#include <mlops/store/store.hpp>

namespace mlops::app {

enum class Access { read, write };

// The folder that holds `.mlops`, found from `start` upwards; nullopt when there is none.
std::optional<std::filesystem::path> find_project(const std::filesystem::path& start);

// The database of the registry in this folder; the objects stand beside it.
std::string store_url(const std::filesystem::path& registry);

class Workspace {
 public:
  // Error{not_found} with the hint to `init` when there is no registry.
  Workspace(const Context& context, Access access);
  ~Workspace();

  [[nodiscard]] const Context& context() const { return context_; }
  [[nodiscard]] const std::filesystem::path& project() const { return project_; }  // mlops.toml stands here
  [[nodiscard]] const std::filesystem::path& registry() const {
    return registry_;
  }  // registry.db and objects stand here
  [[nodiscard]] store::Store& store();
  [[nodiscard]] artifacts::ArtifactStore& artifacts();
  [[nodiscard]] std::unique_ptr<artifacts::Maintenance> maintenance();
  [[nodiscard]] artifacts::DigestCache& digests();  // of files read before; saved when the workspace goes
  [[nodiscard]] git::Repository* repository();      // around the project; nullptr outside git

  [[nodiscard]] Timestamp now() const { return context_.clock(); }
  [[nodiscard]] domain::Origin origin();
  std::unique_ptr<store::ReadTransaction> read();
  std::unique_ptr<store::WriteTransaction> write();

  // A progress display with this label, for what knows only later how much there is to do.
  [[nodiscard]] artifacts::StartProgress progress(std::string label) const;

  // A path of the person's command line, made absolute against where they stand.
  [[nodiscard]] std::filesystem::path absolute(const std::filesystem::path& path) const;
  // The project's path inside its repository, "" for the root. Only inside git.
  [[nodiscard]] std::string project_prefix();

 private:
  std::vector<std::string> hooks_told_of(domain::HookEvent event);

  const Context& context_;
  Access access_;
  std::filesystem::path project_;
  std::filesystem::path registry_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<artifacts::ArtifactStore> artifacts_;
  std::unique_ptr<artifacts::DigestCache> digests_;
  std::optional<std::unique_ptr<git::Repository>> repository_;
  std::optional<std::map<std::string, domain::Hook>> hooks_;
};

}  // namespace mlops::app
