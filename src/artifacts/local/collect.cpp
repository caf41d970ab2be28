// `artifacts gc`: what nothing needs goes, beside commands that are at work. Why this is safe:
// docs/design/0006-artifacts.md.
//
// 1. Mark what the registry needs. Packs without any of it, and those with little of it, are condemned: from now on no
//    command relies on them for something new.
// 2. Wait until the commands that were already running have ended: they may have relied on a condemned pack before.
// 3. Mark again, with what they registered. What is needed after all is not removed.
// 4. Copy what lives in mostly dead packs to new ones; then remove.
#include <algorithm>
#include <set>
#include <thread>

#include <unistd.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "chunk_writer.hpp"
#include "collect_plan.hpp"
#include "lease.hpp"
#include "pack_scan.hpp"
#include "store_parts.hpp"

namespace mlops::artifacts {

namespace fs = std::filesystem;

namespace {

class Collection {
 public:
  Collection(const fs::path& root, const LocalOptions& local, const CollectOptions& options, const Progress& progress)
      : local_{local}, options_{options}, progress_{progress}, store_{root} {}

  CollectReport run() {
    store_.index.load();
    const CollectPlan plan = plan_collection(store_, mark(store_, options_.live()), options_, progress_);
    report_ = plan.figures;
    if (options_.apply) {
      apply(plan);
    } else {
      foresee(plan);
    }
    return std::move(report_);
  }

 private:
  void foresee(const CollectPlan& plan) {
    report_.packs_removed = plan.dead.size();
    report_.packs_rewritten = plan.rewrites.size();
    for (const PackState& state : plan.dead) report_.freed_bytes += state.file_bytes;
    for (const PackState& state : plan.rewrites) report_.freed_bytes += state.dead_bytes;
    for (const Digest& digest : plan.whole_objects) report_.freed_bytes += store_.whole.size(digest).value_or(0);
  }

  void apply(const CollectPlan& plan) {
    const KeeperLock lock{store_.layout};
    const Lease lease{store_.layout, local_.command};
    condemn(plan);
    const bool is_alone = wait_for_others(lease);
    remove_leftovers(lease);
    if (is_alone) {
      // What was registered meanwhile may need what was dead.
      store_.index.load();
      const LiveSet live = mark(store_, options_.live());
      CollectPlan now = plan_collection(store_, live, options_, progress_);
      const std::size_t leftovers_removed = report_.leftovers_removed;
      report_ = now.figures;
      report_.leftovers_removed = leftovers_removed;
      keep_condemned(now, plan);
      remove_dead_packs(now);
      rewrite_packs(now, live, lease);
      remove_whole_objects(live);
    } else {
      report_.kept_bytes = report_.dead_bytes;
      report_.packs_removed = 0;
    }
    restore_whole_objects();
    ::unlink(store_.layout.condemned().c_str());
    fsync_directory(store_.layout.objects());
    store_.index.rebuild();
  }

  // From here on nothing new relies on these.
  void condemn(const CollectPlan& plan) const {
    std::string names;
    for (const auto* packs : {&plan.dead, &plan.rewrites}) {
      for (const PackState& state : *packs) names += state.name.hex() + "\n";
    }
    if (!names.empty()) write_file_atomic(store_.layout.condemned(), names);
    for (const Digest& digest : plan.whole_objects) store_.whole.condemn(digest);
  }

  // Whether all commands that were running when the packs were condemned have ended.
  bool wait_for_others(const Lease& own) {
    std::set<std::string> before;
    for (const OtherLease& lease : running_leases(store_.layout, own.id(), true)) before.insert(lease.id);
    const auto give_up = std::chrono::steady_clock::now() + options_.wait;
    while (true) {
      report_.busy.clear();
      for (const OtherLease& lease : running_leases(store_.layout, own.id(), true)) {
        if (before.contains(lease.id)) report_.busy.push_back(lease.holder);
      }
      if (report_.busy.empty()) return true;
      if (std::chrono::steady_clock::now() >= give_up) return false;
      if (progress_) progress_(0);  // lets a Ctrl-C through
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
  }

  // Only what was condemned in time may go: something else may have died since, but others may have found it alive.
  static void keep_condemned(CollectPlan& now, const CollectPlan& condemned) {
    std::set<Digest> names;
    for (const auto* packs : {&condemned.dead, &condemned.rewrites}) {
      for (const PackState& state : *packs) names.insert(state.name);
    }
    const auto is_new = [&names](const PackState& state) { return !names.contains(state.name); };
    std::erase_if(now.dead, is_new);
    std::erase_if(now.rewrites, is_new);
  }

  void remove_dead_packs(const CollectPlan& plan) {
    for (const PackState& state : plan.dead) remove_pack(state);
    report_.packs_removed = plan.dead.size();
    if (!plan.dead.empty()) fsync_directory(store_.layout.packs());
  }

  void remove_pack(const PackState& state) {
    const fs::path path = store_.layout.pack(state.name);
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) throw system_error("can't remove", path.string(), errno);
    report_.freed_bytes += state.file_bytes;
  }

  void rewrite_packs(const CollectPlan& plan, const LiveSet& live, const Lease& lease) {
    if (plan.rewrites.empty()) return;
    std::uint64_t moved = 0;
    std::vector<PackState> done;
    {
      ChunkWriter writer{store_.layout, store_.index, {.read_back = local_.read_back}, lease};
      std::set<std::pair<Digest, RecordKind>> written;
      for (const PackState& state : plan.rewrites) {
        if (const auto bytes = move_live_records(state.name, live, writer, written)) {
          moved += *bytes;
          done.push_back(state);
        }
      }
      writer.finish();
    }
    for (const PackState& state : done) remove_pack(state);
    report_.packs_rewritten = done.size();
    report_.freed_bytes -= std::min(moved, report_.freed_bytes);
    fsync_directory(store_.layout.packs());
  }

  // The bytes that were copied; nullopt when something in the pack is damaged that is needed from it.
  std::optional<std::uint64_t> move_live_records(const Digest& name, const LiveSet& live, ChunkWriter& writer,
                                                 std::set<std::pair<Digest, RecordKind>>& written) {
    const auto file = PackFile::open(store_.layout.pack(name));
    if (!file) return std::nullopt;
    std::uint64_t moved = 0;
    auto damages = scan_pack(
        *file, name,
        [&](const Record& record, std::span<const std::byte> stored) {
          if (!live.contains(record.digest) || is_spare_copy(store_, name, record)) return;
          if (!written.emplace(record.digest, record.kind).second) return;
          writer.move(record, stored);
          moved += record_header_size + stored.size();
        },
        progress_);
    std::erase_if(damages, [&](const PackDamage& damage) {
      return !damage.records.empty() && std::ranges::none_of(damage.records, [&](const Record& record) {
        return live.contains(record.digest) && !is_spare_copy(store_, name, record);
      });
    });
    if (damages.empty()) return moved;
    return std::nullopt;
  }

  void remove_whole_objects(const LiveSet& live) {
    store_.whole.for_each_condemned([&](const Digest& digest, std::uint64_t size) {
      if (live.contains(digest) && !store_.whole.size(digest)) return;
      store_.whole.remove_condemned(digest);
      report_.freed_bytes += size;
    });
  }

  // What turned out to be needed, and what a collection that was killed left behind.
  void restore_whole_objects() const {
    std::vector<Digest> left;
    store_.whole.for_each_condemned([&left](const Digest& digest, std::uint64_t) { left.push_back(digest); });
    for (const Digest& digest : left) store_.whole.restore(digest);
  }

  // Temporary files begin with the lease of their command. They are listed before the leases are: a command takes its
  // lease first, so that of a file which is seen here either the lease is seen too, or the command is over.
  void remove_leftovers(const Lease& own) {
    std::vector<fs::path> files;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator{store_.layout.temporaries(), ignored}) {
      files.push_back(entry.path());
    }
    std::set<std::string> running{own.id()};
    for (const OtherLease& lease : running_leases(store_.layout, own.id(), true)) running.insert(lease.id);
    for (const fs::path& file : files) {
      const std::string name = file.filename().string();
      const std::string id = name.substr(0, name.find('-'));
      if (running.contains(id)) continue;
      // Not after a lease: an index, which takes a moment to write, and must not go while somebody may be at it.
      if (running.size() > 1 && !is_lease_id(id)) continue;
      if (::unlink(file.c_str()) == 0) ++report_.leftovers_removed;
    }
  }
  static bool is_lease_id(std::string_view text) {
    return text.size() == 16 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  }

  LocalOptions local_;
  const CollectOptions& options_;
  const Progress& progress_;
  StoreParts store_;
  CollectReport report_;
};

}  // namespace

CollectReport collect_garbage(const fs::path& root, const LocalOptions& local, const CollectOptions& options,
                              const Progress& progress) {
  return Collection{root, local, options, progress}.run();
}

}  // namespace mlops::artifacts
