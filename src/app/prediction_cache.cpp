#include "prediction_cache.hpp"

#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <system_error>
#include <vector>

#include <mlops/support/files.hpp>

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

struct Entry {
  fs::path path;
  fs::file_time_type used;
  std::uint64_t bytes = 0;
};

// The last used first. Another process may be removing some of them.
std::vector<Entry> entries_of(const fs::path& folder) {
  std::vector<Entry> entries;
  std::error_code error;
  for (fs::directory_iterator file{folder, error}, end; !error && file != end; file.increment(error)) {
    std::error_code gone;
    Entry entry{.path = file->path(), .used = fs::last_write_time(file->path(), gone), .bytes = 0};
    if (!gone) entry.bytes = fs::file_size(file->path(), gone);
    if (!gone) entries.push_back(std::move(entry));
  }
  std::ranges::sort(entries, std::ranges::greater{}, &Entry::used);
  return entries;
}

}  // namespace

std::optional<fs::path> PredictionCache::find(const std::string& name) const {
  std::error_code ignored;
  fs::path path = folder_ / name;
  if (!fs::is_regular_file(path, ignored)) return std::nullopt;
  fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);
  return path;
}

void PredictionCache::keep(const std::string& name, const fs::path& file) const {
  make_directories(folder_);
  const fs::path path = folder_ / name;
  const fs::path unfinished = folder_ / (name + "." + random_hex(8));
  std::error_code error;
  if (fs::copy_file(file, unfinished, error)) {
    // A crash must not leave half of them under a name that says they are whole.
    fsync_file(FileDescriptor{::open(unfinished.c_str(), O_RDONLY | O_CLOEXEC)}.get(), unfinished);
    fs::rename(unfinished, path, error);
  }
  std::error_code ignored;
  if (error) fs::remove(unfinished, ignored);
  let_go(path);
}

void PredictionCache::let_go(const fs::path& newest) const {
  const auto oldest = fs::file_time_type::clock::now() - std::chrono::days{most_days};
  std::uint64_t bytes = 0;
  for (const Entry& entry : entries_of(folder_)) {
    bytes += entry.bytes;
    if (entry.path == newest || (entry.used >= oldest && bytes <= most_bytes_)) continue;
    std::error_code ignored;
    fs::remove(entry.path, ignored);
  }
}

}  // namespace mlops::app
