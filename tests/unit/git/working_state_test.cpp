#include <catch2/catch.hpp>

#include <mlops/git/repository.hpp>

#include "git_for_tests.hpp"

using namespace mlops;
using namespace mlops::git::testing;
using Paths = std::vector<std::string>;

TEST_CASE("without any commit there is no state") {
  const Sandbox sandbox;
  Sandbox::git(sandbox.path(), {"init", "--quiet"});
  const auto repository = git::open_repository(sandbox.path());
  CHECK_FALSE(repository->working_state(sandbox.path()));
  CHECK_FALSE(repository->resolve("HEAD"));
}

TEST_CASE("a clean tree has its commit and branch") {
  const SampleRepository sample;
  const auto working = sample.state();
  CHECK(working.state.commit == sample.git({"rev-parse", "HEAD"}));
  CHECK(working.state.branch == "main");
  CHECK_FALSE(working.state.remote);
  CHECK(working.state.path.empty());
  CHECK_FALSE(working.state.dirty);
  CHECK(working.changed.empty());
  CHECK(working.warnings.empty());
}

TEST_CASE("the path is where the project lies in the repository") {
  const SampleRepository sample;
  write(sample.root() / "项目/模型/train.py", "");
  const auto state = sample.open()->working_state(sample.root() / "项目/模型");
  CHECK(state->state.path == "项目/模型");
}

TEST_CASE("a detached HEAD has no branch") {
  const SampleRepository sample;
  sample.git({"checkout", "--quiet", "--detach"});
  CHECK_FALSE(sample.state().state.branch);
  CHECK(sample.state().state.commit == sample.git({"rev-parse", "main"}));
}

TEST_CASE("every kind of change makes the tree dirty") {
  const SampleRepository sample;
  Paths expected;
  SECTION("a modified file") {
    write(sample.root() / "train.py", "print('other')\n");
    expected = {"train.py"};
  }
  SECTION("a staged file") {
    write(sample.root() / "train.py", "print('other')\n");
    sample.git({"add", "train.py"});
    expected = {"train.py"};
  }
  SECTION("a staged change that the tree has undone") {
    write(sample.root() / "train.py", "print('other')\n");
    sample.git({"add", "train.py"});
    write(sample.root() / "train.py", "print('training')\n");
    expected = {"train.py"};
  }
  SECTION("an untracked file, whatever the user's settings") {
    sample.git({"config", "status.showUntrackedFiles", "no"});
    write(sample.root() / "模型 \"v2\".py", "");
    expected = {"模型 \"v2\".py"};
  }
  SECTION("a deleted file") {
    std::filesystem::remove(sample.root() / "train.py");
    expected = {"train.py"};
  }
  SECTION("a renamed file, under both names") {
    sample.git({"mv", "train.py", "fit.py"});
    expected = {"fit.py", "train.py"};
  }
  SECTION("a changed mode") {
    std::filesystem::permissions(sample.root() / "train.py", std::filesystem::perms::owner_all);
    expected = {"train.py"};
  }
  SECTION("a file that git was told to assume unchanged") {
    sample.git({"update-index", "--assume-unchanged", "train.py"});
    write(sample.root() / "train.py", "print('hidden')\n");
    REQUIRE(sample.git({"status", "--porcelain"}).empty());
    expected = {"train.py"};
  }
  SECTION("a file that git was told to skip") {
    sample.git({"update-index", "--skip-worktree", "train.py"});
    write(sample.root() / "train.py", "print('hidden')\n");
    REQUIRE(sample.git({"status", "--porcelain"}).empty());
    expected = {"train.py"};
  }
  const auto working = sample.state();
  CHECK(working.state.dirty);
  CHECK(working.changed == expected);
  CHECK(working.warnings.empty());
}

TEST_CASE("ignored files, and marks without a change, leave the tree clean") {
  const SampleRepository sample;
  write(sample.root() / ".gitignore", "*.log\n");
  sample.commit_all("ignore logs");
  write(sample.root() / "train.log", "");
  sample.git({"update-index", "--assume-unchanged", "train.py"});
  sample.git({"update-index", "--skip-worktree", "data/train.csv"});
  CHECK_FALSE(sample.state().state.dirty);
}

TEST_CASE("at most a thousand changed paths are named") {
  const SampleRepository sample;
  for (int i = 0; i < 1001; ++i) write(sample.root() / ("new" + std::to_string(i)), "");
  CHECK(sample.state().changed.size() == 1000);
}

TEST_CASE("a change in a sparse checkout, which libgit2 reads as clean, is seen") {
  const SampleRepository sample;
  write(sample.root() / "other/file", "one\n");
  sample.commit_all("second");
  sample.git({"sparse-checkout", "set", "data"});
  CHECK_FALSE(sample.state().state.dirty);

  write(sample.root() / "other/file", "two\n");
  const auto working = sample.state();
  CHECK(working.changed == Paths{"other/file"});
}

TEST_CASE("a submodule with another commit is a change, whatever the user's settings") {
  const SampleRepository sample;
  const auto library = sample.path() / "library";
  std::filesystem::create_directory(library);
  Sandbox::git(library, {"init", "--quiet"});
  Sandbox::git(library, {"commit", "--quiet", "--allow-empty", "--message", "library"});
  sample.git({"-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library.string(), "lib"});
  sample.git({"config", "submodule.lib.ignore", "all"});
  sample.commit_all("with a submodule");
  CHECK_FALSE(sample.state().state.dirty);

  Sandbox::git(sample.root() / "lib", {"commit", "--quiet", "--allow-empty", "--message", "changed"});
  CHECK(sample.state().changed == Paths{"lib"});
}

TEST_CASE("the remote is the branch's own, else origin's, without credentials") {
  const SampleRepository sample;
  sample.git({"remote", "add", "origin", "https://ada:secret@example.org/team/repo.git"});
  CHECK(sample.state().state.remote == "https://example.org/team/repo.git");

  sample.git({"remote", "add", "fork", "git@example.org:ada/repo.git"});
  sample.git({"config", "branch.main.remote", "fork"});
  CHECK(sample.state().state.remote == "git@example.org:ada/repo.git");

  sample.git({"config", "branch.main.remote", "https://token@example.org/direct.git"});
  CHECK(sample.state().state.remote == "https://example.org/direct.git");

  sample.git({"config", "branch.main.remote", "."});
  CHECK(sample.state().state.remote == "https://example.org/team/repo.git");
}

TEST_CASE("variables of a surrounding git hook lead nowhere else") {
  const SampleRepository sample;
  const SampleRepository other;
  write(other.root() / "train.py", "print('dirty')\n");
  const Variable directory{"GIT_DIR", (other.root() / ".git").string()};
  const Variable tree{"GIT_WORK_TREE", other.root().string()};
  const Variable index{"GIT_INDEX_FILE", (other.root() / "nonexistent").string()};
  CHECK_FALSE(sample.state().state.dirty);
  CHECK(sample.open()->diff().empty());
}

TEST_CASE("looking at the tree writes nothing, not even the index") {
  const SampleRepository sample;
  // Something that git would note in the index for the next time.
  std::filesystem::last_write_time(sample.root() / "train.py", {});
  const std::string index = read(sample.root() / ".git/index");
  CHECK_FALSE(sample.state().state.dirty);
  CHECK(read(sample.root() / ".git/index") == index);
}

TEST_CASE("without the git command libgit2 is asked, and that is said") {
  const SampleRepository sample;
  write(sample.root() / "train.py", "print('other')\n");
  write(sample.root() / "new.py", "");
  const auto repository = sample.open();
  const Variable path{"PATH", sample.path().string()};
  const auto working = repository->working_state(sample.root()).value();
  CHECK(working.changed == Paths{"new.py", "train.py"});
  REQUIRE(working.warnings.size() == 1);
  CHECK_THAT(working.warnings.front(), Catch::Matchers::Contains("not installed"));
}

TEST_CASE("the user of the configuration is known") {
  const SampleRepository sample;
  CHECK_FALSE(sample.open()->user());
  sample.git({"config", "user.name", "Ada Lovelace"});
  CHECK(sample.open()->user()->email.empty());
  sample.git({"config", "user.email", "ada@example.org"});
  CHECK(sample.open()->user()->name == "Ada Lovelace");
  CHECK(sample.open()->user()->email == "ada@example.org");
}
