#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <mlops/artifacts/artifacts.hpp>

#include "files_for_tests.hpp"
#include "unfinished_name.hpp"

namespace mlops::artifacts {
namespace {

std::vector<std::string> planned_paths(const std::vector<fs::path>& paths) {
  std::vector<std::string> names;
  for (const PlannedFile& file : plan_files(paths)) names.push_back(file.path);
  return names;
}

using Names = std::vector<std::string>;

TEST_CASE("a single file is called by its name") {
  const Sandbox box;
  const fs::path model = write(box.root / "deep" / "model.pkl", "abc");
  fs::permissions(model, fs::perms::owner_all);
  const auto files = plan_files({model});
  REQUIRE(files.size() == 1);
  CHECK(files[0].path == "model.pkl");
  CHECK(files[0].source == model);
  CHECK(files[0].state.size == 3);
  CHECK(files[0].executable);
}

TEST_CASE("a single folder's files are relative to it") {
  const Sandbox box;
  write(box.root / "model" / "模型.bin", "1");
  write(box.root / "model" / "sub folder" / "b.txt", "22");
  CHECK(planned_paths({box.root / "model"}) == Names{"sub folder/b.txt", "模型.bin"});
  CHECK(planned_paths({box.root / "model/"}) == Names{"sub folder/b.txt", "模型.bin"});
}

TEST_CASE("of several paths, folders keep their own name in front") {
  const Sandbox box;
  write(box.root / "model" / "weights.bin", "1");
  write(box.root / "tokenizer" / "vocab" / "v.txt", "2");
  write(box.root / "notes" / "card.md", "3");
  CHECK(planned_paths({box.root / "model/", box.root / "notes" / ".." / "tokenizer", box.root / "notes" / "card.md"}) ==
        Names{"card.md", "model/weights.bin", "tokenizer/vocab/v.txt"});
}

TEST_CASE("the folders of git and of the registry are left out at any depth") {
  const Sandbox box;
  write(box.root / "model" / "a.bin", "1");
  write(box.root / "model" / ".git" / "HEAD", "x");
  write(box.root / "model" / "sub" / ".mlops" / "registry.db", "x");
  write(box.root / "model" / "sub" / ".gitignore", "1");
  CHECK(planned_paths({box.root / "model"}) == Names{"a.bin", "sub/.gitignore"});
}

TEST_CASE("what a killed checkout left in a folder is no file of it") {
  const Sandbox box;
  write(box.root / "model" / "a.bin", "1");
  write(box.root / "model" / unfinished_name(sha256("1")), "");
  write(box.root / "model" / ".mlops-notes", "1");
  CHECK(planned_paths({box.root / "model"}) == Names{".mlops-notes", "a.bin"});
  fs::remove(box.root / "model" / "a.bin");
  fs::remove(box.root / "model" / ".mlops-notes");
  CHECK_THAT(error_of([&] { plan_files({box.root / "model"}); }).message(), Catch::Contains("holds no files"));
}

TEST_CASE("two files for one path are refused with both names") {
  const Sandbox box;
  const fs::path first = write(box.root / "a" / "model.pkl", "1");
  const fs::path second = write(box.root / "b" / "model.pkl", "2");
  const Error error = error_of([&] { plan_files({first, second}); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(error.message(), Catch::Contains(first.string()) && Catch::Contains(second.string()));
  CHECK(error_of([&] { plan_files({box.root / "a", box.root / "a"}); }).kind() == ErrorKind::usage);
}

TEST_CASE("what can't be registered is refused before it is read") {
  const Sandbox box;
  fs::create_directories(box.root / "empty" / "sub" / ".git");
  write(box.root / "twins" / "Model.bin", "1");
  write(box.root / "twins" / "model.bin", "2");
  write(box.root / "odd" / "line\nbreak", "1");
  write(box.root / "latin" / "caf\xe9", "1");
  write(box.root / "outside", "secret");
  fs::create_directories(box.root / "links");
  fs::create_symlink(box.root / "outside", box.root / "links" / "out");
  REQUIRE(::mkfifo((box.root / "pipe").c_str(), 0600) == 0);

  const Error empty = error_of([&] { plan_files({box.root / "empty"}); });
  CHECK(empty.kind() == ErrorKind::usage);
  CHECK(empty.message() == "`" + (box.root / "empty").string() + "` holds no files");
  const Error missing = error_of([&] { plan_files({box.root / "missing"}); });
  CHECK(missing.kind() == ErrorKind::not_found);
  CHECK(missing.message() == "`" + (box.root / "missing").string() + "` does not exist");
  for (const char* name : {"twins", "odd", "latin", "links", "pipe"}) {
    CAPTURE(name);
    CHECK(error_of([&] { plan_files({box.root / name}); }).kind() == ErrorKind::usage);
  }
}

}  // namespace
}  // namespace mlops::artifacts
