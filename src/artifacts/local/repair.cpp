// `artifacts repair`: what is damaged is moved aside, what is intact in it is saved, and what is lost is healed from
// other copies. Nothing is deleted.
#include <map>
#include <mutex>
#include <set>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "chunk_writer.hpp"
#include "chunks.hpp"
#include "in_quotes.hpp"
#include "lease.hpp"
#include "pack_scan.hpp"
#include "parallel.hpp"
#include "source_file.hpp"
#include "store_parts.hpp"
#include "temporary_file.hpp"

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
    find_damaged_packs();
    const std::set<Digest> unreadable_before = unreadable();
    rebuild_index();
    save_from_damaged_packs();
    set_aside_damaged_objects();
    std::set<Digest> lost = unreadable();
    for (const fs::path& from : options.from) heal(from, lost);
    if (!options.from.empty()) lost = unreadable();
    report_.lost.assign(lost.begin(), lost.end());
    for (const Digest& digest : unreadable_before) {
      if (!lost.contains(digest)) report_.healed.push_back(digest);
    }
    return std::move(report_);
  }

 private:
  void find_damaged_packs() {
    PackIndex index{layout_};
    index.load();
    const auto packs = index.packs();
    const std::vector<Digest> names{packs.begin(), packs.end()};
    std::mutex mutex;
    parallel_for(names.size(), progress_, [&](std::size_t i, const Progress& shared) {
      const auto pack = PackFile::open(layout_.pack(names[i]));
      if (pack && scan_pack(*pack, names[i], [](const Record&, auto) {}, shared).empty()) return;
      const std::scoped_lock guard{mutex};
      damaged_packs_.insert(names[i]);
    });
  }

  void rebuild_index() {
    PackIndex index{layout_};
    index.load();
    report_.indexes_rebuilt = index.damaged_segments().size();
    for (const auto& segment : index.segments()) {
      if (!segment->view().is_intact()) ++report_.indexes_rebuilt;
    }
    index.rebuild();
  }

  void save_from_damaged_packs() {
    PackIndex index{layout_};
    index.load();
    const Lease lease{layout_, local_.command};
    for (const Digest& name : damaged_packs_) {
      const auto pack = PackFile::open(layout_.pack(name));
      if (!pack) continue;
      save_records(*pack, name, index, lease);
      set_aside(pack->path());
    }
    damaged_packs_.clear();
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

  void set_aside(const fs::path& file) {
    make_directories(layout_.quarantine());
    const fs::path target = layout_.quarantine() / (file.filename().string() + "." + random_hex(4));
    std::error_code failure;
    fs::rename(file, target, failure);
    if (failure) throw system_error("can't move", file.string(), failure.value());
    fsync_directory(layout_.quarantine());
    fsync_directory(file.parent_path());
    report_.quarantined.push_back(target.lexically_relative(root_).string());
  }

  void set_aside_damaged_objects() {
    const WholeObjects whole{layout_};
    std::vector<Digest> damaged;
    whole.for_each([&](const Digest& digest, std::uint64_t) {
      Sha256 hash;
      read_chunks(whole.open(digest).get(), layout_.object(digest), [&](std::span<const std::byte> piece) {
        hash.update(piece);
        if (progress_) progress_(piece.size());
      });
      if (hash.finish() != digest) damaged.push_back(digest);
    });
    for (const Digest& digest : damaged) set_aside(layout_.object(digest));
  }

  // Needed objects that can't be put together.
  std::set<Digest> unreadable() const {
    StoreParts store{root_};
    store.index.load();
    std::set<Digest> bad;
    for (const auto& [digest, size] : needed_) {
      if (!can_be_had(store, digest, size)) bad.insert(digest);
    }
    return bad;
  }

  bool can_be_had(StoreParts& store, const Digest& digest, std::optional<std::uint64_t> size) const {
    try {
      bool is_complete = true;
      const auto anatomy = for_each_record(store, digest, [&](const RecordKey& key) {
        const auto place = store.index.find(key.digest, key.kind);
        if (!place) is_complete = false;
        if (place && damaged_packs_.contains(place->pack) && key.kind == RecordKind::chunk) {
          static_cast<void>(store.reader.chunk({key.digest, key.size}));
        }
      });
      if (!anatomy || !is_complete || (size && anatomy->size != *size)) return false;
      return !anatomy->is_whole || open_local_store(root_)->verify(digest, {}) == Intactness::intact;
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::integrity || error.kind() == ErrorKind::not_found) return false;
      throw;
    }
  }

  void heal(const fs::path& from, std::set<Digest>& wanted) {
    if (wanted.empty()) return;
    std::error_code ignored;
    if (!fs::exists(from, ignored)) throw Error{ErrorKind::not_found, in_quotes(from) + " does not exist"};
    const auto registry = fs::is_directory(from / ".mlops" / "objects", ignored) ? from / ".mlops" : from;
    if (fs::is_directory(registry / "objects", ignored)) heal_from_registry(registry, wanted);
    if (!wanted.empty()) heal_from_files(from, wanted);
  }

  void heal_from_registry(const fs::path& registry, std::set<Digest>& wanted) {
    const auto other = open_local_store(registry);
    const auto own = open_local_store(root_, local_);
    const Lease lease{layout_, local_.command};
    make_directories(layout_.temporaries());
    const std::set<Digest> all = wanted;
    for (const Digest& digest : all) {
      if (!other->has(digest) || other->verify(digest, progress_) != Intactness::intact) continue;
      const TemporaryFile copy{layout_.temporaries(), lease.id() + "-", 0600};
      other->copy_to(digest, copy.fd(), copy.path(), {});
      if (own->put_file(copy.path(), {}).digest == digest) wanted.erase(digest);
    }
  }

  // Every file with the size and the digest of what is missing.
  void heal_from_files(const fs::path& from, std::set<Digest>& wanted) {
    std::set<std::uint64_t> sizes;
    bool any_size = false;
    for (const Digest& digest : wanted) {
      const auto size = needed_.at(digest);
      if (size) sizes.insert(*size);
      any_size = any_size || !size;
    }
    const auto own = open_local_store(root_, local_);
    const auto is_own_registry = [](std::string_view folder) {
      return folder == ".mlops" || folder.ends_with("/.mlops") || folder == ".git" || folder.ends_with("/.git");
    };
    for (const ListedFile& file : list_files(from, is_own_registry)) {
      if (wanted.empty()) return;
      if (!any_size && !sizes.contains(file.state.size)) continue;
      const SourceFile source{file.absolute};
      const Digest digest = hash_source(source, progress_);
      if (!wanted.contains(digest)) continue;
      if (own->put_file(file.absolute, {}).digest == digest) wanted.erase(digest);
    }
  }

  fs::path root_;
  LocalOptions local_;
  const Progress& progress_;
  LocalLayout layout_;
  std::map<Digest, std::optional<std::uint64_t>> needed_;
  std::set<Digest> damaged_packs_;  // that still stand among the others
  RepairReport report_;
};

}  // namespace

RepairReport repair_store(const fs::path& root, const LocalOptions& local, std::span<const NeededObject> needed,
                          const RepairOptions& options, const Progress& progress) {
  return Repairing{root, local, needed, progress}.run(options);
}

}  // namespace mlops::artifacts
