#include <mlops/runners/installed.hpp>

#include <catch2/catch.hpp>

#include <mlops/support/files.hpp>

namespace mlops::runners {
namespace {

namespace fs = std::filesystem;

// A virtual environment as `python3 -m venv` lays it out.
struct Environment {
  TemporaryDirectory folder{fs::temp_directory_path()};
  fs::path packages = folder.path() / "lib" / "python3.11" / "site-packages";

  explicit Environment(std::string_view configuration) {
    make_directories(folder.path() / "bin");
    make_directories(packages);
    write_file_atomic(folder.path() / "pyvenv.cfg", configuration);
    write_file_atomic(folder.path() / "bin" / "python3", "");
  }
  [[nodiscard]] fs::path python() const { return folder.path() / "bin" / "python3"; }
};

TEST_CASE("packages are found by their records, however their names are written") {
  const Environment here{"home = /usr/bin\ninclude-system-site-packages = false\n"};
  make_directories(here.packages / "scikit_learn-1.5.2.dist-info");
  make_directories(here.packages / "Some.Thing-2.0.egg-info");
  const auto folders = package_folders(here.python());
  REQUIRE(folders == std::vector{here.packages});
  const auto versions = installed_versions({"scikit-learn", "some-thing", "numpy"}, folders);
  CHECK(versions == std::map<std::string, std::string>{{"scikit-learn", "1.5.2"}, {"some-thing", "2.0"}});
}

TEST_CASE("an environment that says so sees the system's packages too") {
  const Environment closed{"include-system-site-packages = false\n"};
  CHECK(package_folders(closed.python()).size() == 1);
  const Environment open{"include-system-site-packages = true\n"};
  CHECK(package_folders(open.python()).front() == open.packages);
}

}  // namespace
}  // namespace mlops::runners
