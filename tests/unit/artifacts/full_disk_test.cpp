#include <catch2/catch.hpp>

#include <csignal>

#include <sys/resource.h>

#include <mlops/artifacts/artifacts.hpp>

#include "store_for_tests.hpp"

namespace mlops::artifacts {
namespace {

// Files can't grow beyond this many bytes while the value lives: the disk is full, as far as the process can tell.
class WriteLimit {
 public:
  explicit WriteLimit(rlim_t bytes) : handler_{std::signal(SIGXFSZ, SIG_IGN)} {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~WriteLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  WriteLimit(const WriteLimit&) = delete;
  WriteLimit& operator=(const WriteLimit&) = delete;

 private:
  rlimit before_ = {};
  void (*handler_)(int);
};

TEST_CASE("a put that meets a full disk leaves nothing") {
  const Sandbox box;
  const std::size_t size = GENERATE(100'000u, 3'000'000u);
  const fs::path source = write(box.root / "source", std::string(size, 'a'));
  const auto store = open_local_store(box.store);
  const Error error = error_of([&] {
    const WriteLimit limit{50'000};
    store->put_file(source, {});
  });
  CHECK(error.kind() == ErrorKind::failed);
  CHECK_THAT(error.message(), Catch::Contains("File too large"));
  CHECK(kept_files(box.store).empty());
  CHECK(store->put_file(source, {}).was_new);
}

TEST_CASE("a batch that met a full disk is never finished, whatever is put into it afterwards") {
  const Sandbox box;
  const auto store = open_local_store(box.store);
  const auto batch = store->begin_put({});
  batch->put_bytes("abc");
  const std::vector sources{write(box.root / "source", random_bytes(100'000, 1))};
  CHECK_THROWS_AS(
      [&] {
        const WriteLimit limit{50'000};
        batch->put_files(sources, {});
      }(),
      Error);
  CHECK_THROWS_AS(batch->put_bytes("def"), Error);
  CHECK_THROWS_AS(batch->finish(), Error);
  CHECK(kept_files(box.store).size() == 1);  // the pack that the batch was at
}

TEST_CASE("a checkout that meets a full disk leaves the old file and nothing half-written") {
  const Sandbox box;
  const auto store = open_local_store(box.store);
  const StoredObject stored = store->put_bytes(std::string(100'000, 'a'));
  write(box.root / "out" / "model.bin", "mine");
  CHECK_THROWS_AS(
      [&] {
        const WriteLimit limit{50'000};
        checkout_files(*store, {{"model.bin", stored.digest, stored.size, false}}, box.root / "out", {.force = true},
                       {});
      }(),
      Error);
  CHECK(files_below(box.root / "out") == std::set<std::string>{"model.bin"});
  CHECK(text_of(box.root / "out" / "model.bin") == "mine");
}

}  // namespace
}  // namespace mlops::artifacts
