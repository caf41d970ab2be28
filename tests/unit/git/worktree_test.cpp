#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <mlops/git/repository.hpp>
#include <mlops/support/digest.hpp>
#include <mlops/support/error.hpp>

#include "git_for_tests.hpp"

using namespace mlops;
using namespace mlops::git::testing;
using Catch::Matchers::Contains;

namespace {

std::size_t entries_in(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(folder)) return 0;
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator{folder}, {}));
}

// A child that makes a work tree and is killed before it can remove it.
void abandon_worktree(const SampleRepository& sample, const std::filesystem::path& parent) {
  const pid_t child = fork();
  if (child == 0) {
    const auto tree = sample.open()->add_worktree("HEAD", parent);
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
}

}  // namespace

TEST_CASE("a work tree has the files of its commit and is gone afterwards") {
  const SampleRepository sample;
  write(sample.root() / "train.py", "print('second')\n");
  sample.commit_all("second");
  write(sample.root() / "train.py", "print('stashed')\n");
  sample.git({"stash"});
  write(sample.root() / "train.py", "print('staged')\n");
  sample.git({"add", "train.py"});
  write(sample.root() / "train.py", "print('unstaged')\n");
  write(sample.root() / "untracked", "");
  const std::string before = sample.everything();

  const auto parent = sample.path() / "工作 区";
  std::filesystem::path path;
  {
    const auto tree = sample.open()->add_worktree("HEAD~1", parent);
    path = tree->path();
    CHECK(path.parent_path() == parent);
    CHECK(read(path / "train.py") == "print('training')\n");
    CHECK((std::filesystem::status(path).permissions() & std::filesystem::perms::all) ==
          std::filesystem::perms::owner_all);
    CHECK(Sandbox::git(path, {"rev-parse", "HEAD"}) == sample.git({"rev-parse", "HEAD~1"}));
    CHECK(git::open_repository(path)->working_state(path)->state.branch == std::nullopt);
    write(path / "made-by-training/model", "weights");
  }
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK(entries_in(parent) == 0);
  CHECK(entries_in(sample.root() / ".git/worktrees") == 0);
  CHECK(sample.everything() == before);
}

TEST_CASE("two work trees of one commit don't disturb each other") {
  const SampleRepository sample;
  auto first = sample.open()->add_worktree("HEAD", sample.path() / "trees");
  const auto second = sample.open()->add_worktree("HEAD", sample.path() / "trees");
  CHECK(first->path() != second->path());
  first.reset();
  CHECK(Sandbox::git(second->path(), {"status", "--porcelain"}).empty());
}

TEST_CASE("a work tree outlives its repository's value") {
  const SampleRepository sample;
  auto repository = sample.open();
  auto tree = repository->add_worktree("HEAD", sample.path() / "trees");
  repository.reset();
  tree.reset();
  CHECK(entries_in(sample.path() / "trees") == 0);
}

TEST_CASE("an unknown commit makes no work tree") {
  const SampleRepository sample;
  try {
    sample.open()->add_worktree("nonexistent", sample.path() / "trees");
    FAIL("it was made");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::not_found);
    CHECK_THAT(error.message(), Contains("nonexistent"));
  }
  CHECK(entries_in(sample.path() / "trees") == 0);
}

TEST_CASE("hooks don't run in a work tree") {
  const SampleRepository sample;
  const auto hook = sample.root() / ".git/hooks/post-checkout";
  write(hook, "#!/bin/sh\ntouch hook-was-here\n");
  std::filesystem::permissions(hook, std::filesystem::perms::owner_all);
  const auto tree = sample.open()->add_worktree("HEAD", sample.path() / "trees");
  CHECK(entries_in(tree->path()) == 3);  // .git, data and train.py
}

TEST_CASE("a work tree of a sparse checkout has every file") {
  const SampleRepository sample;
  write(sample.root() / "other/file", "one\n");
  sample.commit_all("second");
  sample.git({"sparse-checkout", "set", "data"});
  REQUIRE_FALSE(std::filesystem::exists(sample.root() / "other/file"));
  const auto tree = sample.open()->add_worktree("HEAD", sample.path() / "trees");
  CHECK(read(tree->path() / "other/file") == "one\n");
}

TEST_CASE("submodules are checked out in a work tree") {
  const SampleRepository sample;
  const auto library = sample.path() / "library";
  write(library / "lib.py", "library\n");
  Sandbox::git(library, {"init", "--quiet"});
  Sandbox::git(library, {"add", "lib.py"});
  Sandbox::git(library, {"commit", "--quiet", "--message", "library"});
  sample.git({"config", "protocol.file.allow", "always"});
  sample.git({"-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library.string(), "vendor/lib"});
  sample.commit_all("with a submodule");
  const Variable count{"GIT_CONFIG_COUNT", "1"};
  const Variable key{"GIT_CONFIG_KEY_0", "protocol.file.allow"};
  const Variable value{"GIT_CONFIG_VALUE_0", "always"};

  SECTION("and removed with it") {
    const std::string before = sample.everything();
    {
      const auto tree = sample.open()->add_worktree("HEAD", sample.path() / "trees");
      CHECK(read(tree->path() / "vendor/lib/lib.py") == "library\n");
    }
    CHECK(entries_in(sample.path() / "trees") == 0);
    CHECK(sample.everything() == before);
  }
  SECTION("or named when that fails") {
    std::filesystem::remove_all(library);
    CHECK_THROWS_WITH(sample.open()->add_worktree("HEAD", sample.path() / "trees"), Contains("submodule `vendor/lib`"));
    CHECK(entries_in(sample.path() / "trees") == 0);
    CHECK(entries_in(sample.root() / ".git/worktrees") == 0);
  }
}

TEST_CASE("the work tree of a killed process is removed later") {
  const SampleRepository sample;
  const auto trees = sample.path() / "trees";
  abandon_worktree(sample, trees);
  REQUIRE(entries_in(trees) == 1);

  const auto mine = sample.open()->add_worktree("HEAD", trees);
  sample.git({"worktree", "add", "--quiet", "--detach", (sample.path() / "users").string()});
  sample.open()->prune_worktrees({});
  CHECK(entries_in(trees) == 1);
  CHECK(std::filesystem::exists(mine->path() / "train.py"));
  CHECK(std::filesystem::exists(sample.path() / "users/train.py"));
  CHECK(entries_in(sample.root() / ".git/worktrees") == 2);
}

TEST_CASE("a work tree whose folder was deleted is forgotten, and the user's is not") {
  const SampleRepository sample;
  const auto users = sample.path() / "users";
  sample.git({"worktree", "add", "--quiet", "--detach", users.string()});
  abandon_worktree(sample, sample.path() / "trees");
  std::filesystem::remove_all(sample.path() / "trees");
  std::filesystem::remove_all(users);
  sample.open()->prune_worktrees({});
  CHECK_THAT(sample.git({"worktree", "list"}), Contains("users") && !Contains("mlops-tree"));
}

TEST_CASE("the work tree of a killed process can be taken over, and is not removed meanwhile") {
  const SampleRepository sample;
  const auto folder = std::filesystem::canonical(sample.path()) / "run-1";
  abandon_worktree(sample, folder);
  sample.open()->prune_worktrees({folder});
  REQUIRE(entries_in(folder) == 1);
  {
    const auto tree = sample.open()->adopt_worktree(folder);
    REQUIRE(tree);
    CHECK(read(tree->path() / "train.py") == "print('training')\n");
    sample.open()->prune_worktrees({});
    CHECK(entries_in(folder) == 1);
  }
  CHECK(entries_in(folder) == 0);
  CHECK_FALSE(sample.open()->adopt_worktree(folder));
}

TEST_CASE("files under Git LFS get their content from what was fetched, or the training does not begin") {
  const SampleRepository sample;
  const std::string content = "large\n";
  const std::string digest = sha256(content).hex();
  write(sample.root() / ".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
  write(sample.root() / "big.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:" + digest + "\nsize 6\n");
  sample.commit_all("a pointer");
  CHECK_THROWS_WITH(sample.open()->add_worktree("HEAD", sample.path() / "trees"),
                    Contains("`big.bin` is under Git LFS"));
  CHECK(entries_in(sample.path() / "trees") == 0);

  write(sample.root() / ".git/lfs/objects" / digest.substr(0, 2) / digest.substr(2, 2) / digest, content);
  const auto tree = sample.open()->add_worktree("HEAD", sample.path() / "trees");
  CHECK(read(tree->path() / "big.bin") == content);
  CHECK(tree->lfs_files() == std::map<std::string, std::string>{{"big.bin", digest}});
}

TEST_CASE("a damaged LFS object is refused") {
  const SampleRepository sample;
  const std::string digest(64, 'a');
  write(sample.root() / ".gitattributes", "*.bin filter=lfs\n");
  write(sample.root() / "big.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:" + digest + "\nsize 6\n");
  sample.commit_all("a pointer");
  write(sample.root() / ".git/lfs/objects/aa/aa" / digest, "large\n");
  CHECK_THROWS_WITH(sample.open()->add_worktree("HEAD", sample.path() / "trees"), Contains("damaged"));
}

TEST_CASE("a snapshot holds what is not committed, and changes nothing of the user's") {
  const SampleRepository sample;
  write(sample.root() / "train.py", "print('staged')\n");
  sample.git({"add", "train.py"});
  write(sample.root() / "train.py", "print('edited')\n");
  write(sample.root() / "new.py", "new\n");
  const auto seen = [&] { return sample.git({"status", "--porcelain=v2", "--branch"}) + sample.git({"for-each-ref"}); };
  const std::string before = seen();
  const std::string index = read(sample.root() / ".git/index");
  const std::string commit = sample.open()->snapshot("kept");
  CHECK(seen() == before);
  CHECK(read(sample.root() / ".git/index") == index);
  CHECK(sample.git({"show", commit + ":train.py"}) == "print('edited')");
  CHECK(sample.git({"show", commit + ":new.py"}) == "new");
  CHECK(sample.git({"rev-parse", commit + "^"}) == sample.git({"rev-parse", "HEAD"}));
  sample.open()->hold("refs/mlops/runs/1", commit);
  CHECK(sample.git({"rev-parse", "refs/mlops/runs/1"}) == commit);
}
