// `artifacts stats`: what the store holds, and who needs how much of it.
#include <set>
#include <unordered_map>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "store_parts.hpp"

namespace mlops::artifacts {

namespace fs = std::filesystem;

namespace {

constexpr std::uint32_t shared = 0xFFFFFFFF;

// By whom a record is needed.
struct Need {
  std::uint32_t stored_size = 0;
  std::uint32_t owner = 0;      // or `shared`
  std::uint32_t last_seen = 0;  // the group that counted it last
};

struct HashOfDigest {
  std::size_t operator()(const Digest& digest) const {
    std::size_t number = 0;
    for (std::size_t i = 0; i < sizeof number; ++i) number = number << 8 | digest.bytes()[i];
    return number;
  }
};

class Measuring {
 public:
  Measuring(const fs::path& root, std::span<const ObjectGroup> groups) : store_{root}, groups_{groups} {
    store_.index.load();
  }

  StoreUsage run() {
    for (std::uint32_t group = 0; group < groups_.size(); ++group) measure(group);
    for (const auto& [digest, need] : needs_) {
      usage_.needed_bytes += need.stored_size;
      if (need.owner != shared) usage_.groups[need.owner].exclusive_bytes += need.stored_size;
    }
    for (const auto& [digest, need] : whole_needs_) {
      usage_.needed_bytes += need.size;
      if (need.owner != shared) usage_.groups[need.owner].exclusive_bytes += need.size;
    }
    measure_packs();
    store_.whole.for_each([this](const Digest&, std::uint64_t size) {
      ++usage_.whole_objects;
      usage_.whole_bytes += size;
      usage_.stored_bytes += size;
      usage_.unpacked_bytes += size;
    });
    usage_.disk_bytes = bytes_below(store_.layout.objects()) + bytes_below(store_.layout.temporaries());
    usage_.reflinks = store_.whole.shares_blocks();
    return std::move(usage_);
  }

 private:
  struct WholeNeed {
    std::uint64_t size = 0;
    std::uint32_t owner = 0;
  };

  void measure(std::uint32_t group) {
    GroupUsage& usage = usage_.groups.emplace_back();
    std::set<Digest> seen;
    for (const NeededObject& object : groups_[group].objects) {
      if (!seen.insert(object.digest).second) continue;
      try {
        const auto anatomy = for_each_record(store_, object.digest, [&](const RecordKey& key) { count(group, key); });
        usage.logical_bytes += anatomy ? anatomy->size : object.size.value_or(0);
        if (anatomy && anatomy->is_whole) count_whole(group, object.digest, anatomy->size);
      } catch (const Error& error) {
        // What is damaged is for `verify` to tell.
        if (error.kind() != ErrorKind::integrity) throw;
        usage.logical_bytes += object.size.value_or(0);
      }
    }
  }

  void count(std::uint32_t group, const RecordKey& key) {
    auto [at, is_new] = needs_.try_emplace(key.digest);
    Need& need = at->second;
    if (is_new) {
      const auto place = store_.index.find(key.digest, key.kind);
      need = {place ? place->record.stored_size : 0, group, group};
    } else if (need.last_seen == group) {
      return;
    } else {
      need.owner = shared;
      need.last_seen = group;
    }
    usage_.groups[group].stored_bytes += need.stored_size;
  }

  void count_whole(std::uint32_t group, const Digest& object, std::uint64_t size) {
    const auto [at, is_new] = whole_needs_.try_emplace(object, WholeNeed{size, group});
    if (!is_new) at->second.owner = shared;
    usage_.groups[group].stored_bytes += size;
  }

  void measure_packs() {
    for (const Digest& name : store_.index.packs()) {
      ++usage_.packs;
      const auto file = PackFile::open(store_.layout.pack(name));
      const auto table = file ? file->read_table(name) : std::nullopt;
      if (!table) continue;
      for (const Record& record : *table) {
        if (record.kind == RecordKind::chunk) ++usage_.chunks;
        usage_.stored_bytes += record.stored_size;
        usage_.unpacked_bytes += record.size;
      }
    }
  }

  StoreParts store_;
  std::span<const ObjectGroup> groups_;
  StoreUsage usage_;
  std::unordered_map<Digest, Need, HashOfDigest> needs_;
  std::unordered_map<Digest, WholeNeed, HashOfDigest> whole_needs_;
};

}  // namespace

StoreUsage measure_usage(const fs::path& root, const LocalOptions& local, std::span<const ObjectGroup> groups) {
  StoreUsage usage = Measuring{root, groups}.run();
  usage.compression = local.compression == Compression::zstd ? "zstd" : "none";
  return usage;
}

}  // namespace mlops::artifacts
