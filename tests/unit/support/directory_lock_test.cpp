#include <mlops/support/directory_lock.hpp>

#include <chrono>

#include <catch2/catch.hpp>

using namespace mlops;

namespace fs = std::filesystem;

namespace {

void age(const fs::path& path) { fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours{2}); }

}  // namespace

TEST_CASE("temporary folders that killed processes left are removed, and no others") {
  const TemporaryDirectory scratch{fs::temp_directory_path(), "mlops-lock-test-"};
  const fs::path& parent = scratch.path();
  const TemporaryDirectory used{parent, "work-"};
  const DirectoryLock lock{used.path()};
  for (const char* name : {"work-abcdef", "work-123456", "work-abc", "other-abcdef"}) {
    make_directories(parent / name / "files");
    age(parent / name);
  }
  write_file_atomic(parent / "work-a-file", "x");
  age(parent / "work-a-file");
  make_directories(parent / "work-recent");
  fs::create_directory_symlink(parent / "other-abcdef", parent / "work-a-link");
  age(used.path());

  remove_stale_directories(parent, "work-");
  CHECK_FALSE(fs::exists(parent / "work-abcdef"));
  CHECK_FALSE(fs::exists(parent / "work-123456"));
  CHECK(fs::exists(used.path()));
  for (const char* name : {"work-abc", "other-abcdef/files", "work-a-file", "work-recent", "work-a-link"}) {
    INFO(name);
    CHECK(fs::exists(parent / name));
  }
  remove_stale_directories(parent / "no such folder", "work-");
}
