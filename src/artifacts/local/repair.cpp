// `artifacts repair`: what is damaged is moved aside, what is intact in it is saved, and what is lost is healed from
// other copies. Nothing is deleted.
#include <cerrno>
#include <cstdio>
#include <set>

#include <sys/stat.h>
#include <unistd.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "chunk_writer.hpp"
#include "diagnosis.hpp"
#include "healing.hpp"
#include "lease.hpp"
#include "pack_scan.hpp"
#include "store_parts.hpp"

namespace mlops::artifacts {

namespace fs = std::filesystem;

namespace {

class Repairing {
 public:
  Repairing(const fs::path& root, const LocalOptions& local, std::span<const NeededObject> needed,
            const Progress& progress)
      : root_{root}, local_{local}, progress_{progress}, layout_{root} {
    for (const NeededObject& object : needed) needed_.emplace(object.digest, object.size);
  }

  RepairReport run(const RepairOptions& options) {
    const KeeperLock lock{layout_};
    const Diagnosis before = diagnose(layout_, progress_);
    const std::set<Digest> lost_before = unreadable_objects(root_, needed_, before, false);
    report_.indexes_rebuilt = before.damaged_indexes;
    PackIndex{layout_}.rebuild();
    save_from_damaged_packs(before);
    for (const Digest& digest : before.damaged_objects) set_aside(layout_.object(digest));
    // What was damaged is out of the way.
    std::set<Digest> lost = unreadable_objects(root_, needed_, {}, false);
    if (!options.from.empty() && !lost.empty()) {
      heal_all(options, lost);
      lost = unreadable_objects(root_, needed_, {}, false);
    }
    conclude(lost_before, lost);
    return std::move(report_);
  }

  RepairReport foresee(const RepairOptions& options) {
    const Diagnosis now = diagnose(layout_, progress_);
    report_.indexes_rebuilt = now.damaged_indexes;
    for (const auto& [pack, intact] : now.damaged_packs) report_.quarantined.push_back(relative(layout_.pack(pack)));
    for (const Digest& digest : now.damaged_objects) report_.quarantined.push_back(relative(layout_.object(digest)));
    std::set<Digest> lost = unreadable_objects(root_, needed_, now, true);
    const Healing healing{needed_, progress_, {}, {}, {}};
    for (const fs::path& from : options.from) heal(from, healing, lost);
    conclude(unreadable_objects(root_, needed_, now, false), lost);
    return std::move(report_);
  }

 private:
  void conclude(const std::set<Digest>& lost_before, const std::set<Digest>& lost) {
    report_.lost.assign(lost.begin(), lost.end());
    for (const Digest& digest : lost_before) {
      if (!lost.contains(digest)) report_.healed.push_back(digest);
    }
  }

  void save_from_damaged_packs(const Diagnosis& diagnosis) {
    PackIndex index{layout_};
    index.load();
    const Lease lease{layout_, local_.command};
    for (const auto& [name, intact] : diagnosis.damaged_packs) {
      const auto pack = PackFile::open(layout_.pack(name));
      if (!pack) continue;
      // Before the saving: what is saved may have the same table, and so take this name.
      keep_aside(pack->path());
      save_records(*pack, name, index, lease);
      remove_if_still(*pack);
    }
    index.rebuild();
  }

  // Copies what is intact into a new pack.
  void save_records(const PackFile& pack, const Digest& name, PackIndex& index, const Lease& lease) {
    ChunkWriter writer{layout_, index, {.read_back = local_.read_back}, lease};
    std::set<std::pair<Digest, RecordKind>> written;
    scan_pack(pack, name,
              [&](const Record& record, std::span<const std::byte> stored) {
                if (written.emplace(record.digest, record.kind).second) writer.move(record, stored);
              },
              {});
    writer.finish();
  }

  [[nodiscard]] std::string relative(const fs::path& file) const { return file.lexically_relative(root_).string(); }

  void set_aside(const fs::path& file) {
    const fs::path target = place_aside(file);
    std::error_code failure;
    fs::rename(file, target, failure);
    if (failure) throw system_error("can't move", file.string(), failure.value());
    fsync_directory(layout_.quarantine());
    fsync_directory(file.parent_path());
  }

  // Gives the file a second name, or this one only where a file can't have two.
  void keep_aside(const fs::path& file) {
    const fs::path target = place_aside(file);
    if (::link(file.c_str(), target.c_str()) != 0 && std::rename(file.c_str(), target.c_str()) != 0) {
      throw system_error("can't move", file.string(), errno);
    }
    fsync_directory(layout_.quarantine());
  }

  fs::path place_aside(const fs::path& file) {
    make_directories(layout_.quarantine());
    fs::path target = layout_.quarantine() / (file.filename().string() + "." + random_hex(4));
    report_.quarantined.push_back(relative(target));
    return target;
  }

  // Unless a sound pack has its name by now.
  static void remove_if_still(const PackFile& pack) {
    struct stat there = {};
    const bool is_there = ::lstat(pack.path().c_str(), &there) == 0 && there.st_dev == pack.state().device &&
                          there.st_ino == pack.state().inode;
    if (is_there && ::unlink(pack.path().c_str()) != 0) {
      throw system_error("can't remove", pack.path().string(), errno);
    }
    fsync_directory(pack.path().parent_path());
  }

  void heal_all(const RepairOptions& options, std::set<Digest>& lost) {
    const auto own = open_local_store(root_, local_);
    const Lease lease{layout_, local_.command};
    const auto put = [&own](const Digest& object, const fs::path& file) {
      return own->put_file(file, {}).digest == object;
    };
    const Healing healing{needed_, progress_, put, layout_.temporaries(), lease.id() + "-"};
    for (const fs::path& from : options.from) heal(from, healing, lost);
  }

  fs::path root_;
  LocalOptions local_;
  const Progress& progress_;
  LocalLayout layout_;
  NeededObjects needed_;
  RepairReport report_;
};

}  // namespace

RepairReport repair_store(const fs::path& root, const LocalOptions& local, std::span<const NeededObject> needed,
                          const RepairOptions& options, const Progress& progress) {
  Repairing repairing{root, local, needed, progress};
  return options.dry_run ? repairing.foresee(options) : repairing.run(options);
}

}  // namespace mlops::artifacts
