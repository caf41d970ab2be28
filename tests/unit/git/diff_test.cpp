#include <catch2/catch.hpp>

#include <unistd.h>

#include <mlops/git/repository.hpp>
#include <mlops/support/error.hpp>

#include "git_for_tests.hpp"

using namespace mlops;
using namespace mlops::git::testing;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

// The id of all that is in a work tree, ignored files aside.
std::string tree_of(const std::filesystem::path& directory) {
  Sandbox::git(directory, {"add", "--all", "--sparse"});
  return Sandbox::git(directory, {"write-tree"});
}

// What a clean checkout becomes when the patch is applied.
std::string applied_to_clean_checkout(const SampleRepository& sample, const std::string& patch) {
  const auto clean = sample.path() / "clean";
  sample.git({"clone", "--quiet", sample.root().string(), clean.string()});
  write(sample.path() / "patch", patch);
  Sandbox::git(clean, {"apply", "--whitespace=nowarn", (sample.path() / "patch").string()});
  return tree_of(clean);
}

}  // namespace

TEST_CASE("a clean tree has an empty diff") { CHECK(SampleRepository{}.open()->diff().empty()); }

TEST_CASE("the diff makes the same tree of a clean checkout") {
  const SampleRepository sample;
  write(sample.root() / "weights.bin", std::string{"\0\1\2\3", 4});
  write(sample.root() / "windows.txt", "one\r\ntwo\r\n");
  write(sample.root() / "gone.txt", "gone\n");
  sample.commit_all("more files");

  write(sample.root() / "train.py", "print('changed')  \n\n\n");
  write(sample.root() / "weights.bin", std::string{"\0\1\2\3\4\xff", 6});
  write(sample.root() / "windows.txt", "one\r\n2\r\n");
  std::filesystem::remove(sample.root() / "gone.txt");
  sample.git({"mv", "data/train.csv", "data/moved.csv"});
  write(sample.root() / "新 文件.txt", "没有换行");
  write(sample.root() / "new/binary", std::string{"\xde\xad\0\xbe\xef", 5});
  write(sample.root() / "empty", "");
  write(sample.root() / "run.sh", "#!/bin/sh\n");
  std::filesystem::permissions(sample.root() / "run.sh", std::filesystem::perms::owner_all);
  std::filesystem::create_symlink("train.py", sample.root() / "link");

  const std::string before = sample.everything();
  const std::string patch = sample.open()->diff();
  CHECK(sample.everything() == before);
  CHECK(applied_to_clean_checkout(sample, patch) == tree_of(sample.root()));
}

TEST_CASE("the diff holds staged changes as the tree has them now") {
  const SampleRepository sample;
  write(sample.root() / "train.py", "print('staged')\n");
  sample.git({"add", "train.py"});
  write(sample.root() / "train.py", "print('unstaged')\n");
  const std::string patch = sample.open()->diff();
  CHECK_THAT(patch, Contains("+print('unstaged')") && !Contains("+print('staged')"));
}

TEST_CASE("the diff holds what git was told not to look at") {
  const SampleRepository sample;
  SECTION("files assumed unchanged or skipped") {
    sample.git({"update-index", "--assume-unchanged", "train.py"});
    sample.git({"update-index", "--skip-worktree", "data/train.csv"});
    write(sample.root() / "train.py", "print('hidden')\n");
    write(sample.root() / "data/train.csv", "hidden\n");
    const std::string before = sample.everything();
    const std::string patch = sample.open()->diff();
    CHECK_THAT(patch, Contains("+print('hidden')") && Contains("+hidden"));
    CHECK(sample.everything() == before);
  }
  SECTION("files outside a sparse checkout, while absent ones don't count as deleted") {
    write(sample.root() / "other/file", "one\n");
    write(sample.root() / "other/absent", "two\n");
    sample.commit_all("second");
    sample.git({"sparse-checkout", "set", "data"});
    write(sample.root() / "other/file", "changed\n");
    CHECK_THAT(sample.open()->diff(), Contains("+changed") && !Contains("absent"));
  }
}

TEST_CASE("the user's settings don't change the diff") {
  const SampleRepository sample;
  write(sample.root() / "train.py", "print('changed')\n");
  sample.git({"mv", "data/train.csv", "data/moved.csv"});
  const std::string plain = sample.open()->diff();
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{{"diff.noprefix", "true"},
                                                                                    {"diff.mnemonicPrefix", "true"},
                                                                                    {"diff.renames", "copies"},
                                                                                    {"diff.context", "9"},
                                                                                    {"color.ui", "always"},
                                                                                    {"diff.external", "false"},
                                                                                    {"diff.algorithm", "patience"},
                                                                                    {"core.safecrlf", "true"}}) {
    sample.git({"config", name, value});
  }
  const Variable options{"GIT_DIFF_OPTS", "--unified=0"};
  CHECK(sample.open()->diff() == plain);
  CHECK_THAT(plain, Contains("diff --git a/train.py b/train.py"));
}

TEST_CASE("ignored files are not in the diff") {
  const SampleRepository sample;
  write(sample.root() / ".git/info/exclude", "secret.env\n");
  write(sample.root() / "secret.env", "PASSWORD=1\n");
  CHECK(sample.open()->diff().empty());
}

TEST_CASE("large untracked files are left out, which the diff says") {
  const SampleRepository sample;
  write(sample.root() / "train.py", "print('changed')\n");
  write(sample.root() / "large.bin", "");
  std::filesystem::resize_file(sample.root() / "large.bin", 10'000'001);
  const std::string patch = sample.open()->diff();
  CHECK_THAT(patch,
             StartsWith("# untracked files are left out") && Contains("+print('changed')") && !Contains("large.bin"));
  std::filesystem::remove(sample.root() / "large.bin");
  CHECK(applied_to_clean_checkout(sample, patch) == tree_of(sample.root()));
}

TEST_CASE("an untracked repository without commits is left out, which the diff says") {
  const SampleRepository sample;
  write(sample.root() / "train.py", "print('changed')\n");
  std::filesystem::create_directory(sample.root() / "nested");
  Sandbox::git(sample.root() / "nested", {"init", "--quiet"});
  CHECK_THAT(sample.open()->diff(), StartsWith("# error: 'nested/'") && Contains("+print('changed')"));
}

TEST_CASE("hooks and a colon in the path don't disturb the diff") {
  const SampleRepository sample;
  const auto root = sample.path() / "a:b \"c\"";
  std::filesystem::rename(sample.root(), root);
  write(root / ".git/hooks/post-index-change", "#!/bin/sh\ntouch \"$PWD/hook-was-here\"\n");
  std::filesystem::permissions(root / ".git/hooks/post-index-change", std::filesystem::perms::owner_all);
  write(root / "train.py", "print('changed')\n");
  CHECK_THAT(git::open_repository(root)->diff(), Contains("+print('changed')") && Contains("-print('training')"));
  CHECK_FALSE(std::filesystem::exists(root / "hook-was-here"));
}

TEST_CASE("without the git command there is no diff") {
  const SampleRepository sample;
  const auto repository = sample.open();
  const Variable path{"PATH", sample.path().string()};
  CHECK_THROWS_WITH(repository->diff(), Contains("`git` is not installed"));
}
