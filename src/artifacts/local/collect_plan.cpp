#include "collect_plan.hpp"

#include <algorithm>
#include <chrono>

#include <sys/stat.h>

#include "pack_file.hpp"
#include "pack_writer.hpp"

namespace mlops::artifacts {

namespace fs = std::filesystem;

namespace {

// Packs below this are gathered into larger ones, once there are so many of them.
constexpr std::uint64_t small_pack = full_pack / 4;
constexpr std::size_t many_small_packs = 16;

class Planner {
 public:
  Planner(StoreParts& store, const LiveSet& live, const CollectOptions& options, const Progress& progress)
      : store_{store}, live_{live}, options_{options}, progress_{progress} {}

  CollectPlan run() {
    CollectPlan plan;
    CollectReport& figures = plan.figures;
    std::vector<PackState> small;
    for (const Digest& name : store_.index.packs()) {
      const auto state = look_at(name);
      if (!state) continue;
      figures.live_bytes += state->live_bytes;
      figures.dead_bytes += state->dead_bytes;
      figures.dead_objects += state->dead_records;
      if (!state->is_young && state->live_bytes == 0) {
        plan.dead.push_back(*state);
      } else if (!state->is_young && state->dead_bytes >= state->live_bytes) {
        plan.rewrites.push_back(*state);
      } else if (!state->is_young && state->file_bytes < small_pack) {
        small.push_back(*state);
      } else {
        figures.kept_bytes += state->dead_bytes;
      }
    }
    if (small.size() >= many_small_packs) {
      plan.rewrites.insert(plan.rewrites.end(), small.begin(), small.end());
    } else {
      for (const PackState& state : small) figures.kept_bytes += state.dead_bytes;
    }
    store_.whole.for_each([&](const Digest& digest, std::uint64_t size) {
      if (live_.contains(digest)) {
        figures.live_bytes += size;
        return;
      }
      figures.dead_bytes += size;
      ++figures.dead_objects;
      if (is_young(store_.layout.object(digest))) {
        figures.kept_bytes += size;
      } else {
        plan.whole_objects.push_back(digest);
      }
    });
    return plan;
  }

 private:
  [[nodiscard]] bool is_young(const fs::path& path) const {
    struct stat status = {};
    if (!options_.stored_before || ::lstat(path.c_str(), &status) != 0) return false;
    const auto changed = std::chrono::system_clock::from_time_t(status.st_mtim.tv_sec);
    return changed >= *options_.stored_before;
  }

  std::optional<PackState> look_at(const Digest& name) {
    const fs::path path = store_.layout.pack(name);
    const auto file = PackFile::open(path);
    const auto table = file ? file->read_table(name) : std::nullopt;
    if (!table) return std::nullopt;  // not to be judged: `repair` may save something from it
    PackState state{.name = name, .file_bytes = file->size(), .is_young = is_young(path)};
    for (const Record& record : *table) {
      const std::uint64_t bytes = record_header_size + record.stored_size;
      if (live_.contains(record.digest) && !is_spare_copy(store_, name, record)) {
        state.live_bytes += bytes;
      } else {
        state.dead_bytes += bytes;
        ++state.dead_records;
      }
    }
    if (progress_) progress_(0);
    return state;
  }

  StoreParts& store_;
  const LiveSet& live_;
  const CollectOptions& options_;
  const Progress& progress_;
};

}  // namespace

CollectPlan plan_collection(StoreParts& store, const LiveSet& live, const CollectOptions& options,
                            const Progress& progress) {
  return Planner{store, live, options, progress}.run();
}

bool is_spare_copy(const StoreParts& store, const Digest& pack, const Record& record) {
  auto copies = store.index.find_all(record.digest, record.kind);
  if (copies.size() < 2) return false;
  std::erase_if(copies, [&store](const Place& place) { return store.index.is_damaged(place); });
  const auto kept = std::ranges::min_element(copies, {}, &Place::pack);
  if (kept == copies.end() || kept->pack == pack) return false;
  const auto file = PackFile::open(store.layout.pack(kept->pack));
  if (!file) return false;
  std::vector<std::byte> stored(record_header_size + kept->record.stored_size);
  return file->read_at(kept->record.offset, stored) == stored.size() && decode_record(kept->record, stored).has_value();
}

}  // namespace mlops::artifacts
