#include <mlops/support/parallel.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

namespace mlops {
namespace {

TEST_CASE("every index is worked on once") {
  std::vector<std::atomic<int>> visits(1000);
  parallel_for(visits.size(), {}, [&](std::size_t index, const Progress&) { ++visits[index]; });
  CHECK(std::all_of(visits.begin(), visits.end(), [](const auto& count) { return count == 1; }));
  parallel_for(0, {}, [](std::size_t, const Progress&) { FAIL("there was nothing to do"); });
}

TEST_CASE("the first exception comes out and the rest is not begun") {
  std::atomic<int> begun{0};
  const auto work = [&](std::size_t index, const Progress&) {
    ++begun;
    if (index == 3) throw std::runtime_error{"index 3"};
  };
  CHECK_THROWS_WITH(parallel_for(1'000'000, {}, work), "index 3");
  CHECK(begun < 1'000'000);
}

TEST_CASE("work that is under way is stopped at its next word of progress") {
  // Index 0 fails once another one is under way, which would go on forever.
  const bool has_helpers = std::thread::hardware_concurrency() > 1;
  std::atomic<int> begun{0};
  const auto work = [&](std::size_t index, const Progress& progress) {
    ++begun;
    while (index == 0 && has_helpers && begun < 2) std::this_thread::yield();
    if (index == 0) throw std::runtime_error{"index 0"};
    while (true) progress(1);
  };
  CHECK_THROWS_WITH(parallel_for(8, {}, work), "index 0");
}

TEST_CASE("the caller's progress is called by one thread at a time") {
  std::uint64_t total = 0;
  std::atomic<int> inside{0};
  bool overlapped = false;
  const Progress progress = [&](std::uint64_t bytes) {
    if (inside.fetch_add(1) != 0) overlapped = true;
    total += bytes;
    inside.fetch_sub(1);
  };
  parallel_for(8, progress, [](std::size_t, const Progress& shared) {
    for (int i = 0; i < 50'000; ++i) shared(1);
  });
  CHECK(total == 400'000);
  CHECK_FALSE(overlapped);
}

}  // namespace
}  // namespace mlops
