#include <catch2/catch.hpp>

#include <unistd.h>

#include <mlops/git/repository.hpp>
#include <mlops/support/error.hpp>

#include "git_for_tests.hpp"

using namespace mlops;
using namespace mlops::git::testing;
using Catch::Matchers::Contains;

namespace {

std::string error_of(const std::filesystem::path& directory) {
  try {
    git::open_repository(directory);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::failed);
    return error.message();
  }
  return "";
}

}  // namespace

TEST_CASE("a folder outside any repository has none") {
  const Sandbox sandbox;
  CHECK(git::open_repository(sandbox.path()) == nullptr);
  CHECK(git::open_repository(sandbox.path() / "missing") == nullptr);
}

TEST_CASE("an empty .git folder is no repository") {
  const Sandbox sandbox;
  std::filesystem::create_directory(sandbox.path() / ".git");
  CHECK(git::open_repository(sandbox.path()) == nullptr);
}

TEST_CASE("a repository is found from a folder inside it") {
  const SampleRepository sample;
  const auto repository = git::open_repository(sample.root() / "data");
  REQUIRE(repository != nullptr);
  CHECK(repository->root() == sample.root());
  CHECK(repository->git_directory() == sample.root() / ".git");
}

TEST_CASE("a linked work tree has its own root and the shared git folder") {
  const SampleRepository sample;
  const auto linked = sample.path() / "linked";
  sample.git({"worktree", "add", "--quiet", "-b", "other", linked.string()});
  write(linked / "train.py", "print('changed')\n");

  const auto repository = git::open_repository(linked);
  CHECK(repository->root() == linked);
  CHECK(repository->git_directory() == sample.root() / ".git");
  const auto state = repository->working_state(linked / "data").value();
  CHECK(state.state.branch == "other");
  CHECK(state.state.path == "data");
  CHECK(state.changed == std::vector<std::string>{"train.py"});
  CHECK_FALSE(sample.state().state.dirty);
}

TEST_CASE("a repository with SHA-256 ids is refused in words") {
  const Sandbox sandbox;
  Sandbox::git(sandbox.path(), {"init", "--quiet", "--object-format=sha256"});
  CHECK_THAT(error_of(sandbox.path()), Contains("SHA-256") && Contains(sandbox.path().string()));
}

TEST_CASE("a repository with an unknown extension is refused by its name") {
  const SampleRepository sample;
  sample.git({"config", "core.repositoryFormatVersion", "1"});
  sample.git({"config", "extensions.shinyNewThing", "true"});
  CHECK_THAT(error_of(sample.root()), Contains("shinynewthing"));
}

TEST_CASE("a work tree's own configuration is no obstacle") {
  const SampleRepository sample;
  sample.git({"config", "core.repositoryFormatVersion", "1"});
  sample.git({"config", "extensions.worktreeConfig", "true"});
  CHECK(sample.open() != nullptr);
}

TEST_CASE("a bare repository is refused in words") {
  const Sandbox sandbox;
  Sandbox::git(sandbox.path(), {"init", "--quiet", "--bare"});
  CHECK_THAT(error_of(sandbox.path()), Contains("bare"));
}

TEST_CASE("a .git file that leads nowhere is refused in words") {
  const Sandbox sandbox;
  write(sandbox.path() / ".git", "gitdir: /nonexistent/git\n");
  CHECK_THAT(error_of(sandbox.path()), Contains("/nonexistent/git"));
}

TEST_CASE("a repository of another owner is refused with the way to trust it") {
  const SampleRepository sample;
  if (geteuid() != 0) return;  // only root can give files away
  constexpr uid_t nobody = 65534;
  for (const auto& path : {sample.root(), sample.root() / ".git"}) REQUIRE(chown(path.c_str(), nobody, nobody) == 0);
  try {
    static_cast<void>(sample.open());
    FAIL("it was opened");
  } catch (const Error& error) {
    CHECK_THAT(error.message(), Contains("another user"));
    REQUIRE(error.hints().size() == 1);
    CHECK_THAT(error.hints().front(), Contains("safe.directory " + sample.root().string()));
  }

  SECTION("and read when git is told to trust everything, a rule that libgit2 1.5 doesn't know") {
    write(sample.path() / "config", "[safe]\n\tdirectory = *\n");
    const Variable config{"GIT_CONFIG_GLOBAL", (sample.path() / "config").string()};
    CHECK(sample.state().state.branch == "main");
  }
}

TEST_CASE("doctor is told the versions of libgit2 and git") {
  const Sandbox sandbox;
  const auto support = git::git_support();
  CHECK_THAT(support.libgit2.value(), Catch::Matchers::StartsWith("1."));
  CHECK("git version " + support.git.value() == Sandbox::git(sandbox.path(), {"--version"}));

  const Variable path{"PATH", sandbox.path().string()};
  CHECK_FALSE(git::git_support().git);
}
