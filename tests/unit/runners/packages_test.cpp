#include "packages.hpp"

#include <catch2/catch.hpp>

#include <mlops/support/files.hpp>

namespace mlops::runners {
namespace {

namespace fs = std::filesystem;

std::string told_by(std::string_view text) {
  const auto record = parse_package_record(text);
  return record ? record->name + " " + record->version : "";
}

void add(const fs::path& file, std::string_view content) {
  make_directories(file.parent_path());
  write_file_atomic(file, content);
}

// Each as email.message_from_string(text)["Name"] of Python 3.11 answers.
TEST_CASE("name and version stand in the header of a record") {
  CHECK(told_by("Metadata-Version: 2.1\nName: scikit-learn\nVersion: 1.2.1\n") == "scikit-learn 1.2.1");
  CHECK(told_by("name:a\r\nVERSION: \t1\r\n") == "a 1");
  CHECK(told_by("License: long\n Name: b\n\tVersion: 2\nName: a\nName: c\nVersion: 1") == "a 1");
  CHECK(told_by("Name: a\n\nVersion: 1\n").empty());
  CHECK(told_by("Name: a\nno field\nVersion: 1\n").empty());
  CHECK(told_by("Names: a\nVersion: 1\n").empty());
  CHECK(told_by("Name: \nVersion: 1\n").empty());
  CHECK(told_by("Name: \xff\nVersion: 1\n").empty());
  CHECK(told_by("").empty());
}

TEST_CASE("every record in a folder counts, the first folder first") {
  const TemporaryDirectory first{fs::temp_directory_path()};
  const TemporaryDirectory second{fs::temp_directory_path()};
  const std::string long_licence = "License: " + std::string(5000, 'x') + "\n";
  add(first.path() / "a-1.dist-info" / "METADATA", "Name: A\nVersion: 1\n");
  add(first.path() / "b-2.egg-info" / "PKG-INFO", "Name: b\nVersion: 2\n");
  add(first.path() / "c-3.egg-info", "Name: c\nVersion: 3\n");
  add(first.path() / "d.dist-info" / "METADATA", long_licence + "Name: d\nVersion: 4\n");
  add(first.path() / "broken-1.dist-info" / "RECORD", "");
  add(first.path() / "module" / "METADATA", "Name: module\nVersion: 1\n");
  add(second.path() / "a-9.dist-info" / "METADATA", "Name: A\nVersion: 9\n");
  add(second.path() / "e-5.DIST-INFO" / "METADATA", "Name: e\nVersion: 5\n");
  const auto packages = recorded_packages({first.path(), first.path() / "none", second.path()});
  CHECK(packages == std::map<std::string, std::string>{{"A", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}, {"e", "5"}});
}

TEST_CASE("a version is not cut where the reading of a record stops") {
  const TemporaryDirectory folder{fs::temp_directory_path()};
  const std::string start = "Name: a\nLicense: " + std::string(4096 - 28, 'x') + "\nVersion: ";
  REQUIRE(start.size() == 4096 - 1);
  add(folder.path() / "a.dist-info" / "METADATA", start + "123\n");
  CHECK(recorded_packages({folder.path()}) == std::map<std::string, std::string>{{"a", "123"}});
}

}  // namespace
}  // namespace mlops::runners
