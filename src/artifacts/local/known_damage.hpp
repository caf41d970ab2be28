// What was found damaged when it was read, noted beside the packs so that nothing new relies on it: whoever stores the
// same bytes again heals them. The format: docs/formats.md.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string_view>

#include <mlops/support/digest.hpp>
#include <mlops/support/file_state.hpp>

#include "layout.hpp"

namespace mlops::artifacts {

// A note is about one file as it is now. Once that is replaced, or the registry was copied, it means nothing. To lose
// notes loses knowledge, not data; a note that is wrong costs a second copy.
class KnownDamage {
 public:
  // The notes that still hold; none when they can't be read.
  static KnownDamage read(const LocalLayout& layout);
  // Replaces all notes. Whoever may only read the registry can't write any, and that is no error.
  void write(const LocalLayout& layout) const noexcept;

  [[nodiscard]] bool has_record(const Digest& pack, std::uint32_t offset) const;
  [[nodiscard]] bool has_object(const Digest& object) const { return objects_.contains(object); }
  [[nodiscard]] bool empty() const { return packs_.empty() && objects_.empty(); }

  // `state`: of the file that was read.
  void add_pack(const Digest& pack, const FileState& state) { note(pack, state).is_whole = true; }
  void add_record(const Digest& pack, std::uint32_t offset, const FileState& state) {
    note(pack, state).offsets.insert(offset);
  }
  void add_object(const Digest& object, const FileState& state) { objects_[object] = Stamp::of(state); }
  void add(const KnownDamage& other);
  void forget_pack(const Digest& pack) { packs_.erase(pack); }
  void forget_object(const Digest& object) { objects_.erase(object); }

 private:
  // What tells a file from one that took its place.
  struct Stamp {
    std::uint64_t inode = 0;
    std::int64_t changed = 0;
    static Stamp of(const FileState& state) { return {state.inode, state.changed}; }
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  struct Pack {
    Stamp stamp;
    bool is_whole = false;            // nothing of it can be relied upon
    std::set<std::uint32_t> offsets;  // of its damaged records
  };
  Pack& note(const Digest& pack, const FileState& state);
  void read_line(const LocalLayout& layout, std::string_view line);

  std::map<Digest, Pack> packs_;
  std::map<Digest, Stamp> objects_;  // whole ones
};

// What is found by several threads, to be noted when the value goes.
class FoundDamage {
 public:
  // `is_noted`: false for those who are to change nothing.
  FoundDamage(LocalLayout layout, bool is_noted) : layout_{std::move(layout)}, is_noted_{is_noted} {}
  ~FoundDamage();
  FoundDamage(const FoundDamage&) = delete;
  FoundDamage& operator=(const FoundDamage&) = delete;

  void add_record(const Digest& pack, std::uint32_t offset, const FileState& state);
  void add_object(const Digest& object, const FileState& state);

 private:
  LocalLayout layout_;
  bool is_noted_;
  std::mutex mutex_;
  KnownDamage found_;
};

}  // namespace mlops::artifacts
