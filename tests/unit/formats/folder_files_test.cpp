#include <mlops/formats/folder_files.hpp>

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "folder/folder.hpp"

namespace mlops::formats {
namespace {

namespace fs = std::filesystem;

TEST_CASE("a folder on disk is a set of files, without the folder of git") {
  const TemporaryDirectory folder{fs::temp_directory_path(), "mlops-folder-test-"};
  fs::create_directories(folder.path() / "b");
  fs::create_directories(folder.path() / ".git");
  std::ofstream{folder.path() / "b" / "x.txt"} << "hello";
  std::ofstream{folder.path() / "a.txt"} << "";
  std::ofstream{folder.path() / ".git" / "config"} << "";
  const FolderFiles files{folder.path()};
  REQUIRE(files.files().size() == 2);
  CHECK(files.files()[0].path == "a.txt");
  CHECK(files.files()[1].path == "b/x.txt");
  CHECK(files.files()[1].size == 5);
  CHECK(read_bytes(*files.open(files.files()[1]), 0, 100) == "hello");
  CHECK_THROWS_WITH(files.open({"c", 0}), "no file `c`");
}

TEST_CASE("a single file is a set of one, and a link out of a folder is refused") {
  const TemporaryDirectory folder{fs::temp_directory_path(), "mlops-folder-test-"};
  std::ofstream{folder.path() / "m.bin"} << "hello";
  const FolderFiles single{folder.path() / "m.bin"};
  REQUIRE(single.files().size() == 1);
  CHECK(single.files()[0].path == "m.bin");
  CHECK(read_bytes(*single.open(single.files()[0]), 1, 2) == "el");
  fs::create_symlink("/etc/passwd", folder.path() / "link");
  CHECK_THROWS_WITH(FolderFiles{folder.path()}, Catch::Contains("leads out of its folder"));
}

TEST_CASE("paths that settings name stay inside") {
  CHECK(path_inside("data/model.pkl") == "data/model.pkl");
  CHECK(path_inside("./data//x/.") == "data/x");
  CHECK(path_inside("") == "");
  CHECK(path_inside("a..b") == "a..b");
  CHECK_FALSE(path_inside("../x"));
  CHECK_FALSE(path_inside("a/../../x"));
  CHECK_FALSE(path_inside("/etc/passwd"));
  CHECK_FALSE(path_inside("..\\x"));
}

}  // namespace
}  // namespace mlops::formats
