#include "identity.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

namespace mlops::cli {

namespace {

std::optional<std::string> variable(const Surroundings& surroundings, std::string_view name) {
  auto value = surroundings.variable(name);
  if (!value || trim(*value).empty()) return std::nullopt;
  return printable(trim(*value));
}

}  // namespace

std::optional<std::string> actor_of(const Surroundings& surroundings) {
  if (auto actor = variable(surroundings, "MLOPS_ACTOR")) return actor;
  if (auto github = variable(surroundings, "GITHUB_ACTOR")) return github;
  if (auto gitlab = variable(surroundings, "GITLAB_USER_LOGIN")) {
    const auto email = variable(surroundings, "GITLAB_USER_EMAIL");
    return email ? fmt::format("{} <{}>", *gitlab, *email) : *gitlab;
  }
  if (variable(surroundings, "JENKINS_URL")) {
    for (const std::string_view name : {"BUILD_USER", "BUILD_USER_ID", "CHANGE_AUTHOR"}) {
      if (auto jenkins = variable(surroundings, name)) return jenkins;
    }
  }
  return std::nullopt;
}

std::optional<std::string> ci_url_of(const Surroundings& surroundings) {
  const auto server = variable(surroundings, "GITHUB_SERVER_URL");
  const auto repository = variable(surroundings, "GITHUB_REPOSITORY");
  const auto run = variable(surroundings, "GITHUB_RUN_ID");
  if (server && repository && run) return fmt::format("{}/{}/actions/runs/{}", *server, *repository, *run);
  for (const std::string_view name : {"CI_JOB_URL", "BUILD_URL"}) {
    if (auto url = variable(surroundings, name)) return url;
  }
  return std::nullopt;
}

std::string login_name() {
  std::array<char, 4096> buffer{};
  struct passwd entry{};
  struct passwd* found = nullptr;
  if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
    return found->pw_name;
  return fmt::format("uid {}", ::getuid());
}

}  // namespace mlops::cli
