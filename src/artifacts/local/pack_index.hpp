// Where each chunk of the store is: from index segments, and from the tables of packs that no segment covers yet.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "index_segment.hpp"
#include "known_damage.hpp"
#include "layout.hpp"
#include "pack_format.hpp"

namespace mlops::artifacts {

struct Place {
  Digest pack;
  Record record;
};

enum class CheckSegments { yes, no };

class PackIndex {
 public:
  explicit PackIndex(LocalLayout layout) : layout_{std::move(layout)} {}

  // Looks again at what is on disk. Throws only when the folders can't be read. CheckSegments::yes hashes segments that
  // were not hashed yet, and reads the packs' own tables instead of those that are damaged: for when a record was not
  // where it should be.
  void load(CheckSegments check = CheckSegments::no);

  // Where the record is; nullopt when no pack has it. Not from condemned packs, unless there is no other copy.
  [[nodiscard]] std::optional<Place> find(const Digest& digest, RecordKind kind) const;
  // The same for new versions to rely on: never from condemned packs, and none that is known to be damaged.
  [[nodiscard]] std::optional<Place> find_lasting(const Digest& digest, RecordKind kind) const;
  // All copies, the lasting ones first.
  [[nodiscard]] std::vector<Place> find_all(const Digest& digest, RecordKind kind) const;

  [[nodiscard]] bool lasts(const Place& place) const;
  // Whether this copy is known to be damaged.
  [[nodiscard]] bool is_damaged(const Place& place) const;
  [[nodiscard]] bool is_damaged_object(const Digest& whole_object) const;

  // What a pack holds whose own table is damaged, found by other means: it counts as long as this value lives. Before
  // load().
  void salvage(const Digest& pack, std::vector<Record> records);
  // A pack of our own that has just been published.
  void add(const Digest& pack, std::vector<Record> table);
  // Gathers many small tables and segments into one when there are too many to look through.
  void compact();
  // One segment over exactly the packs that are there; the segments of before go.
  void rebuild();

  [[nodiscard]] std::set<Digest> packs() const;          // all that were there when we last looked
  [[nodiscard]] std::vector<Digest> unreadable() const;  // packs without a segment whose own table is damaged
  [[nodiscard]] std::vector<std::filesystem::path> damaged_segments() const;
  [[nodiscard]] std::vector<std::shared_ptr<const IndexSegment>> segments() const;

 private:
  struct Table {
    Digest pack;
    std::vector<Record> records;
  };
  struct Segment {
    std::shared_ptr<const IndexSegment> file;
    std::vector<bool> present;  // by pack number: whether the pack is there
  };
  // Never changes once it is current, so that it is read without a lock.
  struct Snapshot {
    std::shared_ptr<const std::set<Digest>> packs = std::make_shared<std::set<Digest>>();  // when we looked
    std::set<Digest> condemned;
    KnownDamage damage;
    std::vector<std::shared_ptr<const Table>> tables;
    std::vector<Segment> segments;
    std::vector<Digest> unreadable;
    std::vector<std::filesystem::path> damaged_segments;
    std::set<std::filesystem::path> intact_segments;  // those that were hashed
  };

  [[nodiscard]] std::shared_ptr<const Snapshot> current() const;
  [[nodiscard]] Snapshot look(CheckSegments check) const;
  [[nodiscard]] static bool is_lasting(const Snapshot& snapshot, const Place& place);
  static void look_up(const Snapshot& snapshot, const Digest& digest, RecordKind kind,
                      const std::function<bool(Place)>& take);

  LocalLayout layout_;
  std::map<Digest, std::shared_ptr<const Table>> salvaged_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> current_ = std::make_shared<Snapshot>();
};

// The packs named in the file; nothing when it is not there or can't be understood (they are then like all others).
std::set<Digest> read_condemned(const std::filesystem::path& file);

}  // namespace mlops::artifacts
