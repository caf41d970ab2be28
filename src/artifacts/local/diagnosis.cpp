#include "diagnosis.hpp"

#include <algorithm>
#include <mutex>

#include <mlops/support/error.hpp>
#include <mlops/support/parallel.hpp>

#include "chunks.hpp"
#include "pack_scan.hpp"
#include "store_parts.hpp"

namespace mlops::artifacts {

namespace {

void find_damaged_packs(const LocalLayout& layout, const PackIndex& index, const Progress& progress,
                        Diagnosis& diagnosis) {
  const auto packs = index.packs();
  const std::vector<Digest> names{packs.begin(), packs.end()};
  std::mutex mutex;
  parallel_for(names.size(), progress, [&](std::size_t i, const Progress& shared) {
    std::vector<Record> intact;
    const auto pack = PackFile::open(layout.pack(names[i]));
    const auto take = [&intact](const Record& record, std::span<const std::byte>) { intact.push_back(record); };
    if (pack && scan_pack(*pack, names[i], take, shared).empty()) return;
    const std::scoped_lock guard{mutex};
    diagnosis.damaged_packs.emplace(names[i], std::move(intact));
  });
}

void find_damaged_objects(const LocalLayout& layout, const Progress& progress, Diagnosis& diagnosis) {
  const WholeObjects whole{layout};
  whole.for_each([&](const Digest& digest, std::uint64_t) {
    Sha256 hash;
    read_chunks(whole.open(digest).get(), layout.object(digest), [&](std::span<const std::byte> piece) {
      hash.update(piece);
      if (progress) progress(piece.size());
    });
    if (hash.finish() != digest) diagnosis.damaged_objects.push_back(digest);
  });
}

class Judge {
 public:
  Judge(const std::filesystem::path& root, const Diagnosis& diagnosis, bool salvage)
      : diagnosis_{diagnosis}, store_{root, false} {
    for (const auto& [pack, intact] : diagnosis.damaged_packs) {
      if (salvage) store_.index.salvage(pack, intact);
    }
    store_.index.load();
  }

  bool can_be_had(const Digest& digest, std::optional<std::uint64_t> size) {
    try {
      bool is_complete = true;
      const auto anatomy = for_each_record(store_, digest, [&](const RecordKey& key) {
        const auto place = store_.index.find(key.digest, key.kind);
        if (!place) is_complete = false;
        if (place && diagnosis_.damaged_packs.contains(place->pack) && key.kind == RecordKind::chunk) {
          static_cast<void>(store_.reader.chunk({key.digest, key.size}));
        }
      });
      if (!anatomy || !is_complete || (size && anatomy->size != *size)) return false;
      return !anatomy->is_whole ||
             std::ranges::find(diagnosis_.damaged_objects, digest) == diagnosis_.damaged_objects.end();
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::integrity || error.kind() == ErrorKind::not_found) return false;
      throw;
    }
  }

 private:
  const Diagnosis& diagnosis_;
  StoreParts store_;
};

}  // namespace

Diagnosis diagnose(const LocalLayout& layout, const Progress& progress) {
  Diagnosis diagnosis;
  PackIndex index{layout};
  index.load();
  diagnosis.damaged_indexes = index.damaged_segments().size();
  for (const auto& segment : index.segments()) {
    if (!segment->view().is_intact()) ++diagnosis.damaged_indexes;
  }
  find_damaged_packs(layout, index, progress, diagnosis);
  find_damaged_objects(layout, progress, diagnosis);
  return diagnosis;
}

std::set<Digest> unreadable_objects(const std::filesystem::path& root, const NeededObjects& needed,
                                    const Diagnosis& diagnosis, bool salvage) {
  Judge judge{root, diagnosis, salvage};
  std::set<Digest> bad;
  for (const auto& [digest, size] : needed) {
    if (!judge.can_be_had(digest, size)) bad.insert(digest);
  }
  return bad;
}

}  // namespace mlops::artifacts
