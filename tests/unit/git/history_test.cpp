#include <catch2/catch.hpp>

#include <mlops/git/repository.hpp>
#include <mlops/support/error.hpp>

#include "git_for_tests.hpp"

using namespace mlops;
using namespace mlops::git::testing;
using Catch::Matchers::Contains;

TEST_CASE("a commit is found by its names") {
  const SampleRepository sample;
  const std::string first = sample.git({"rev-parse", "HEAD"});
  sample.git({"tag", "-a", "v1.0", "-m", "first release"});
  write(sample.root() / "train.py", "print('two')\n");
  const std::string second = sample.commit_all("second");

  const auto repository = sample.open();
  CHECK(repository->resolve("HEAD") == second);
  CHECK(repository->resolve("main") == second);
  CHECK(repository->resolve("HEAD~1") == first);
  CHECK(repository->resolve("v1.0") == first);
  CHECK(repository->resolve(second) == second);
  CHECK(repository->resolve(second.substr(0, 7)) == second);
}

TEST_CASE("what names no commit is nothing") {
  const SampleRepository sample;
  const auto repository = sample.open();
  const auto name = GENERATE(as<std::string>{}, "", "nonexistent", "v9.9", "HEAD:train.py", "HEAD~5",
                             std::string(40, 'a'), "-h", std::string("main\0x", 6), "../../etc/passwd", "main^{tree}");
  CHECK_FALSE(repository->resolve(name));
}

TEST_CASE("a file is read as it is in a commit") {
  const SampleRepository sample;
  write(sample.root() / "train.py", "print('changed, not committed')\n");
  write(sample.root() / "数据/标签.txt", std::string{"a\0b", 3});
  const std::string second = sample.commit_all("second");

  const auto repository = sample.open();
  const auto blob = repository->blob_at("HEAD~1", "train.py").value();
  CHECK(blob.content == "print('training')\n");
  CHECK(blob.id == sample.git({"rev-parse", "HEAD~1:train.py"}));
  CHECK(repository->blob_at(second, "数据/标签.txt")->content == std::string("a\0b", 3));
  CHECK_FALSE(repository->blob_at(second, "missing.py"));
  CHECK_FALSE(repository->blob_at(second, "train.py/below"));
  CHECK_FALSE(repository->blob_at(second, "data"));
  CHECK_FALSE(repository->blob_at(second, ""));
}

TEST_CASE("what can't be read from a commit is an error, not an absent file") {
  const SampleRepository sample;
  SECTION("an unknown commit") {
    CHECK_THROWS_WITH(sample.open()->blob_at(std::string(40, 'a'), "train.py"), Contains(std::string(40, 'a')));
  }
  SECTION("a symbolic link") {
    std::filesystem::create_symlink("train.py", sample.root() / "link.py");
    sample.commit_all("link");
    CHECK_THROWS_WITH(sample.open()->blob_at("HEAD", "link.py"), Contains("symbolic link"));
  }
  SECTION("a file that a partial clone left out") {
    sample.git({"config", "uploadpack.allowFilter", "true"});
    const auto clone = sample.path() / "clone";
    sample.git({"clone", "--quiet", "--no-checkout", "--filter=blob:none", "file://" + sample.root().string(),
                clone.string()});
    const auto repository = git::open_repository(clone);
    CHECK_THROWS_WITH(repository->blob_at("HEAD", "train.py"), Contains("partial"));
  }
}

TEST_CASE("bytes get the id that git gives them") {
  const SampleRepository sample;
  const auto repository = sample.open();
  CHECK(repository->blob_id("") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");  // git's well-known empty blob
  CHECK(repository->blob_id("print('training')\n") == sample.git({"hash-object", "train.py"}));
}

TEST_CASE("a commit is described") {
  const SampleRepository sample;
  sample.git({"commit", "--quiet", "--allow-empty", "--message", "second\n\nwith a longer text"});
  const auto info = sample.open()->commit("HEAD").value();
  CHECK(info.id == sample.git({"rev-parse", "HEAD"}));
  CHECK(info.summary == "second");
  CHECK(info.author == "Ada <ada@example.org>");
  CHECK(info.seconds == 1767225600);
  CHECK_FALSE(sample.open()->commit("nonexistent"));
}

TEST_CASE("a message in an old encoding becomes valid text") {
  const SampleRepository sample;
  sample.git({"-c", "i18n.commitEncoding=ISO-8859-1", "commit", "--quiet", "--allow-empty", "--message",
              "gr\xfc\xdf"
              "e"});
  CHECK(sample.open()->commit("HEAD")->summary == "gr\\xfc\\xdfe");
}

TEST_CASE("a commit is reachable from a branch that contains it") {
  const SampleRepository sample;
  const std::string first = sample.git({"rev-parse", "HEAD"});
  sample.git({"checkout", "--quiet", "-b", "feature/数据"});
  write(sample.root() / "train.py", "print('feature')\n");
  const std::string second = sample.commit_all("second");

  const auto repository = sample.open();
  CHECK(repository->reachable(first, "main") == true);
  CHECK(repository->reachable(second, "main") == false);
  CHECK(repository->reachable(first, "feature/数据") == true);
  CHECK(repository->reachable(second, "feature/数据") == true);
  CHECK_FALSE(repository->reachable(second, "nonexistent"));
  CHECK_FALSE(repository->reachable(std::string(40, 'a'), "main"));
  CHECK_FALSE(repository->reachable(second, "../heads/main"));
}

TEST_CASE("a branch that only origin has is origin's") {
  const SampleRepository sample;
  sample.git({"branch", "release"});
  const auto clone = sample.path() / "clone";
  sample.git({"clone", "--quiet", sample.root().string(), clone.string()});
  const auto repository = git::open_repository(clone);
  CHECK(repository->reachable("HEAD", "release") == true);
}

TEST_CASE("a shallow clone doesn't claim that a commit is not reachable") {
  const SampleRepository sample;
  sample.git({"checkout", "--quiet", "-b", "side"});
  sample.git({"commit", "--quiet", "--allow-empty", "--message", "side"});
  sample.git({"checkout", "--quiet", "main"});
  sample.git({"commit", "--quiet", "--allow-empty", "--message", "second"});
  const auto clone = sample.path() / "clone";
  sample.git(
      {"clone", "--quiet", "--depth=1", "--no-single-branch", "file://" + sample.root().string(), clone.string()});

  const auto repository = git::open_repository(clone);
  REQUIRE(repository->resolve("origin/side"));
  CHECK_FALSE(repository->reachable("origin/side", "main"));
  CHECK(repository->reachable("HEAD", "main") == true);
}

TEST_CASE("a range has the commits between two, newest first") {
  const SampleRepository sample;
  std::vector<std::string> made{sample.git({"rev-parse", "HEAD"})};
  for (const char* const message : {"second", "third", "fourth"}) {
    sample.git({"commit", "--quiet", "--allow-empty", "--message", message});
    made.push_back(sample.git({"rev-parse", "HEAD"}));
  }
  const auto repository = sample.open();
  const auto range = repository->range(made[0], "main", 10);
  REQUIRE(range.size() == 3);
  CHECK(range[0].summary == "fourth");
  CHECK(range[2].id == made[1]);
  CHECK(repository->range(made[0], made[3], 2).size() == 2);
  CHECK(repository->range(made[3], made[0], 10).empty());
  CHECK(repository->range("nonexistent", "main", 10).empty());
}
