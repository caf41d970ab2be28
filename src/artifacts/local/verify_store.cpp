// `artifacts verify`: is everything in its place, and does it have its digest?
#include <algorithm>
#include <map>
#include <mutex>
#include <random>
#include <set>

#include <sys/stat.h>

#include <mlops/support/error.hpp>
#include <mlops/support/parallel.hpp>

#include "chunks.hpp"
#include "pack_scan.hpp"
#include "store_parts.hpp"

namespace mlops::artifacts {

namespace fs = std::filesystem;

namespace {

using BadRecords = std::set<std::pair<Digest, RecordKind>>;

class Verification {
 public:
  Verification(const fs::path& root, std::span<const NeededObject> needed) : store_{root}, needed_{needed} {
    store_.index.load();
  }

  VerifyReport run(const VerifyOptions& options, const Progress& progress) {
    check_segments();
    check_pack_tables();
    if (options.sample > 0) {
      notes_ = KnownDamage::read(store_.layout);
      scan_packs(options.sample, progress);
      hash_whole_objects(options.sample, progress);
      notes_.write(store_.layout);
    }
    check_objects();
    report_damage();
    return std::move(report_);
  }

 private:
  [[nodiscard]] std::string relative(const fs::path& path) const {
    return path.lexically_relative(store_.layout.root()).string();
  }

  void check_segments() {
    for (const fs::path& path : store_.index.damaged_segments()) {
      ++report_.files;
      report_.findings.push_back({relative(path), "the index is damaged", {}, false});
    }
    for (const auto& segment : store_.index.segments()) {
      ++report_.files;
      if (segment->view().is_intact()) continue;
      report_.findings.push_back({relative(segment->path()), "the index is damaged", {}, false});
    }
  }

  void check_pack_tables() {
    for (const Digest& name : store_.index.packs()) {
      ++report_.files;
      const auto pack = PackFile::open(store_.layout.pack(name));
      if (pack && pack->read_table(name)) continue;
      suspects_.insert(name);
      if (!pack) continue;
      damages_[relative(pack->path())].push_back({"its header, table or trailer is damaged", {}});
    }
  }

  // So many of them, chosen anew every time.
  template <typename Item>
  static std::vector<Item> choose(std::vector<Item> items, double sample) {
    if (sample >= 1) return items;
    const auto count = static_cast<std::size_t>(static_cast<double>(items.size()) * sample + 0.999);
    std::vector<Item> chosen;
    std::sample(items.begin(), items.end(), std::back_inserter(chosen), count, std::mt19937_64{std::random_device{}()});
    return chosen;
  }

  void scan_packs(double sample, const Progress& progress) {
    const auto packs = store_.index.packs();
    const auto chosen = choose(std::vector<Digest>{packs.begin(), packs.end()}, sample);
    parallel_for(chosen.size(), progress, [&](std::size_t i, const Progress& shared) {
      const auto pack = PackFile::open(store_.layout.pack(chosen[i]));
      if (!pack) return;
      std::uint64_t bytes = 0;
      const auto damages = scan_pack(
          *pack, chosen[i], [](const Record&, std::span<const std::byte>) {},
          [&](std::uint64_t moved) {
            bytes += moved;
            if (shared) shared(moved);
          });
      const std::scoped_lock lock{mutex_};
      report_.bytes += bytes;
      note(chosen[i], *pack, damages);
      if (damages.empty()) return;
      damages_[relative(pack->path())] = damages;
      for (const PackDamage& damage : damages) {
        for (const Record& record : damage.records) bad_records_.emplace(record.digest, record.kind);
      }
    });
  }

  // So that nothing new relies on it, and what is registered again is stored again.
  void note(const Digest& name, const PackFile& pack, const std::vector<PackDamage>& damages) {
    notes_.forget_pack(name);
    for (const PackDamage& damage : damages) {
      if (damage.records.empty()) notes_.add_pack(name, pack.state());
      for (const Record& record : damage.records) notes_.add_record(name, record.offset, pack.state());
    }
  }

  void hash_whole_objects(double sample, const Progress& progress) {
    std::vector<Digest> objects;
    store_.whole.for_each([&objects](const Digest& digest, std::uint64_t) { objects.push_back(digest); });
    const auto chosen = choose(std::move(objects), sample);
    parallel_for(chosen.size(), progress, [&](std::size_t i, const Progress& shared) {
      Sha256 hash;
      std::uint64_t bytes = 0;
      const FileDescriptor object = store_.whole.open(chosen[i]);
      read_chunks(object.get(), store_.layout.object(chosen[i]), [&](std::span<const std::byte> piece) {
        hash.update(piece);
        bytes += piece.size();
        if (shared) shared(piece.size());
      });
      const std::scoped_lock lock{mutex_};
      report_.bytes += bytes;
      ++report_.files;
      notes_.forget_object(chosen[i]);
      if (hash.finish() == chosen[i]) return;
      bad_objects_.insert(chosen[i]);
      struct stat status = {};
      if (::fstat(object.get(), &status) == 0) notes_.add_object(chosen[i], file_state(status));
    });
  }

  void check_objects() {
    std::set<Digest> seen;
    for (const NeededObject& object : needed_) {
      if (!seen.insert(object.digest).second) continue;
      ++report_.objects;
      check_object(object);
    }
  }

  void check_object(const NeededObject& object) {
    if (bad_objects_.contains(object.digest)) return;
    try {
      std::string trouble;
      const auto anatomy = for_each_record(store_, object.digest, [&](const RecordKey& key) {
        if (bad_records_.contains({key.digest, key.kind})) {
          // A second copy somewhere else may be intact.
          if (!can_be_had(key)) affected_[{key.digest, key.kind}].push_back(object.digest);
        } else if (trouble.empty()) {
          trouble = trouble_with(key);
        }
      });
      if (!anatomy) trouble = "it is missing";
      if (anatomy && object.size && *object.size != anatomy->size) {
        trouble = "it has " + std::to_string(anatomy->size) + " bytes instead of " + std::to_string(*object.size);
      }
      if (!trouble.empty()) {
        const std::string file = anatomy && anatomy->is_whole ? relative(store_.layout.object(object.digest)) : "";
        report_.findings.push_back({file, "object `" + object.digest.text() + "`: " + trouble, {object.digest}, true});
      }
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::integrity && error.kind() != ErrorKind::not_found) throw;
      if (bad_records_.contains({object.digest, RecordKind::file})) {
        affected_[{object.digest, RecordKind::file}].push_back(object.digest);
        return;
      }
      report_.findings.push_back({"", error.message(), {object.digest}, true});
    }
  }

  // Of a record that no scan has found damaged; "" without trouble.
  std::string trouble_with(const RecordKey& key) {
    const auto place = store_.index.find(key.digest, key.kind);
    if (!place) return "the chunk `" + key.digest.text() + "` of it is missing";
    if (!suspects_.contains(place->pack) || can_be_had(key)) return "";
    return "the chunk `" + key.digest.text() + "` of it is damaged in " + relative(store_.layout.pack(place->pack));
  }

  bool can_be_had(const RecordKey& key) {
    const auto known = can_be_had_.find({key.digest, key.kind});
    if (known != can_be_had_.end()) return known->second;
    bool can = false;
    try {
      can = key.kind == RecordKind::file ? store_.reader.recipe(key.digest).has_value()
                                         : store_.reader.chunk({key.digest, key.size}).size() == key.size;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::integrity) throw;
    }
    return can_be_had_[{key.digest, key.kind}] = can;
  }

  void report_damage() {
    for (const auto& [file, damages] : damages_) {
      for (const PackDamage& damage : damages) {
        Finding finding{file, damage.what, {}, true};
        for (const Record& record : damage.records) {
          const auto found = affected_.find({record.digest, record.kind});
          if (found == affected_.end()) continue;
          finding.objects.insert(finding.objects.end(), found->second.begin(), found->second.end());
        }
        // What nothing needs, or has another copy, is damaged but not lost.
        finding.is_data = !finding.objects.empty();
        report_.findings.push_back(std::move(finding));
      }
    }
    for (const Digest& digest : bad_objects_) {
      const bool is_needed = std::ranges::any_of(needed_, [&](const auto& object) { return object.digest == digest; });
      Finding finding{relative(store_.layout.object(digest)), "its bytes don't have its digest", {}, is_needed};
      if (is_needed) finding.objects.push_back(digest);
      report_.findings.push_back(std::move(finding));
    }
  }

  StoreParts store_;
  std::span<const NeededObject> needed_;
  VerifyReport report_;
  std::mutex mutex_;
  std::map<std::string, std::vector<PackDamage>> damages_;  // by file of the store
  std::set<Digest> suspects_;                               // packs that can't be trusted as a whole
  BadRecords bad_records_;
  KnownDamage notes_;
  std::set<Digest> bad_objects_;
  std::map<std::pair<Digest, RecordKind>, std::vector<Digest>> affected_;
  std::map<std::pair<Digest, RecordKind>, bool> can_be_had_;
};

}  // namespace

VerifyReport verify_store(const fs::path& root, std::span<const NeededObject> needed, const VerifyOptions& options,
                          const Progress& progress) {
  return Verification{root, needed}.run(options, progress);
}

}  // namespace mlops::artifacts
