#include "prediction_cache.hpp"

#include <chrono>

#include <catch2/catch.hpp>

#include <mlops/support/files.hpp>

using namespace mlops;
using namespace mlops::app;

namespace fs = std::filesystem;

namespace {

struct Folder {
  TemporaryDirectory scratch{fs::temp_directory_path(), "mlops-cache-test-"};
  fs::path cache = scratch.path() / "cache" / "predictions";
  fs::path predictions = scratch.path() / "predictions";
  Folder() { write_file_atomic(predictions, "id,score\n1,0.5\n"); }

  void age(const std::string& name, int days) const {
    fs::last_write_time(cache / name, fs::file_time_type::clock::now() - std::chrono::days{days});
  }
};

}  // namespace

TEST_CASE("predictions that were made are found again, and others are not") {
  const Folder folder;
  const PredictionCache cache{folder.cache};
  CHECK_FALSE(cache.find("a"));
  cache.keep("a", folder.predictions);
  REQUIRE(cache.find("a"));
  CHECK(read_file(*cache.find("a")) == read_file(folder.predictions));
  CHECK_FALSE(cache.find("b"));
}

TEST_CASE("predictions that were not used for long are let go") {
  const Folder folder;
  const PredictionCache cache{folder.cache};
  for (const char* name : {"old", "used"}) {
    cache.keep(name, folder.predictions);
    folder.age(name, 100);
  }
  static_cast<void>(cache.find("used"));
  cache.keep("new", folder.predictions);
  CHECK_FALSE(cache.find("old"));
  CHECK(cache.find("used"));
  CHECK(cache.find("new"));
}

TEST_CASE("of more predictions than there is room for, those used last stay, and the newest always") {
  const Folder folder;
  const std::uint64_t bytes = fs::file_size(folder.predictions);
  const PredictionCache cache{folder.cache, 2 * bytes};
  cache.keep("first", folder.predictions);
  folder.age("first", 2);
  cache.keep("second", folder.predictions);
  folder.age("second", 1);
  cache.keep("third", folder.predictions);
  CHECK_FALSE(cache.find("first"));
  CHECK(cache.find("second"));
  CHECK(cache.find("third"));

  PredictionCache{folder.cache, 0}.keep("fourth", folder.predictions);
  CHECK(cache.find("fourth"));
  CHECK(bytes_below(folder.cache) == bytes);
}
