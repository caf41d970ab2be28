#include <mlops/artifacts/digest_cache.hpp>

#include <algorithm>
#include <exception>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>

#include <mlops/support/files.hpp>

#include "digest_records.hpp"

namespace mlops::artifacts {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_records = 500'000;
constexpr std::uint64_t largest_file = 64u << 20;

// Two changes of a file can get the same time stamp when they are closer than the stamps are fine: 10 ms on today's
// local file systems, 1 s on older ones, 2 s on FAT. A network file system is stamped by its server, whose clock may
// be behind ours; there this bounds the risk to changes within one tick of the server.
constexpr std::int64_t coarsest_stamp = 2'000'000'000;

constexpr std::int64_t nanoseconds_per_day = 86'400'000'000'000;
// Marking what is used every day would rewrite the file every day.
constexpr std::uint32_t use_is_noted_after_days = 7;

std::uint32_t today() { return static_cast<std::uint32_t>(file_clock() / nanoseconds_per_day); }

std::vector<DigestRecord> load(const fs::path& file) {
  try {
    return parse_digest_records(mlops::read_file(file, largest_file));
  } catch (const std::exception&) {
    return {};  // not there, or not readable: nothing is known
  }
}

using Records = std::map<FileIdentity, DigestRecord>;

// Both in order; `fresh` wins.
std::vector<DigestRecord> merged(const std::vector<DigestRecord>& old, const Records& fresh) {
  std::vector<DigestRecord> all;
  all.reserve(old.size() + fresh.size());
  auto next = fresh.begin();
  for (const DigestRecord& record : old) {
    const FileIdentity identity = identity_of(record.state);
    for (; next != fresh.end() && next->first < identity; ++next) all.push_back(next->second);
    if (next == fresh.end() || next->first != identity) all.push_back(record);
  }
  for (; next != fresh.end(); ++next) all.push_back(next->second);
  return all;
}

// The least recently used go first.
void drop_oldest(std::vector<DigestRecord>& records) {
  if (records.size() <= most_records) return;
  const auto last_kept = records.begin() + most_records;
  std::ranges::nth_element(records, last_kept, std::greater{}, &DigestRecord::last_used);
  records.erase(last_kept, records.end());
  std::ranges::sort(records, {}, [](const DigestRecord& record) { return identity_of(record.state); });
}

// Invalid when another process holds it: what it saves is as good.
FileDescriptor lock_beside(const fs::path& file) {
  FileDescriptor lock{::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666)};
  if (lock.valid() && ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) lock.close();
  return lock;
}

// Not made durable: after a power cut the checksum tells.
void replace(const fs::path& file, std::string_view bytes) {
  const fs::path fresh = file.string() + ".new";
  FileDescriptor fd{::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666)};
  if (!fd.valid()) return;
  write_all(fd.get(), std::as_bytes(std::span{bytes}), fresh);
  fd.close();
  fs::rename(fresh, file);
}

}  // namespace

struct DigestCache::Table {
  fs::path file;
  std::mutex mutex;
  bool loaded = false;
  std::vector<DigestRecord> old;  // as it was read
  Records fresh;                  // to be saved

  const DigestRecord* find(const FileIdentity& identity) {
    if (!std::exchange(loaded, true)) old = load(file);
    if (const auto found = fresh.find(identity); found != fresh.end()) return &found->second;
    const auto found = std::ranges::lower_bound(old, identity, {},
                                                [](const DigestRecord& record) { return identity_of(record.state); });
    return found != old.end() && identity_of(found->state) == identity ? &*found : nullptr;
  }

  void add(const FileState& state, const Digest& digest) {
    fresh.insert_or_assign(identity_of(state), DigestRecord{state, digest, today()});
  }
};

DigestCache::DigestCache(fs::path file) : table_{std::make_unique<Table>()} { table_->file = std::move(file); }
DigestCache::~DigestCache() = default;

std::optional<Digest> DigestCache::find(const FileState& state) const {
  const std::scoped_lock lock{table_->mutex};
  const DigestRecord* const record = table_->find(identity_of(state));
  if (record == nullptr || record->state != state) return std::nullopt;
  const Digest digest = record->digest;
  if (record->last_used + use_is_noted_after_days < today()) table_->add(state, digest);
  return digest;
}

void DigestCache::remember(const FileState& state, const Digest& digest, std::int64_t read_at) {
  if (std::max(state.modified, state.changed) > read_at - coarsest_stamp) return;
  remember_written(state, digest);
}

void DigestCache::remember_written(const FileState& state, const Digest& digest) {
  const std::scoped_lock lock{table_->mutex};
  const DigestRecord* const known = table_->find(identity_of(state));
  if (known == nullptr || known->state != state || known->digest != digest) table_->add(state, digest);
}

void DigestCache::save() noexcept {
  try {
    const std::scoped_lock lock{table_->mutex};
    if (table_->fresh.empty()) return;
    fs::create_directories(table_->file.parent_path());
    const FileDescriptor saving = lock_beside(table_->file.string() + ".lock");
    if (!saving.valid()) return;
    // Others may have saved since we read.
    std::vector<DigestRecord> records = merged(load(table_->file), table_->fresh);
    drop_oldest(records);
    replace(table_->file, format_digest_records(records));
    table_->old = std::move(records);
    table_->fresh.clear();
  } catch (const std::exception&) {
    return;
  }
}

}  // namespace mlops::artifacts
