#include <mlops/support/file_state.hpp>

#include <ctime>

namespace mlops {

namespace {
std::int64_t nanoseconds(const timespec& time) { return time.tv_sec * 1'000'000'000 + time.tv_nsec; }
}  // namespace

FileState file_state(const struct stat& status) {
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .size = static_cast<std::uint64_t>(status.st_size),
          .modified = nanoseconds(status.st_mtim),
          .changed = nanoseconds(status.st_ctim)};
}

std::int64_t file_clock() {
  // The kernel stamps files with the time of its last tick, which is what the coarse clock tells.
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return nanoseconds(now);
}

}  // namespace mlops
