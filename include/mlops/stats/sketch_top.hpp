// The values that are met most often.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mlops::stats {

// Counts texts exactly while there are at most `size` different ones. Beyond that the median count is taken off all of
// them whenever the table is full, so that each count may be too low by up to error(), and a value that is missing was
// met no more often. Source: Misra and Gries, "Finding repeated elements" (1982); the median and the merging from
// Anderson et al., "A High-Performance Algorithm for Identifying Frequent Items in Data Streams" (2017).
class TopValues {
 public:
  static constexpr std::size_t default_size = 1024;
  static constexpr std::size_t longest_text = 256;  // of longer ones the beginning is kept

  // What is kept of a text: all of it, or whole characters of its beginning.
  [[nodiscard]] static std::string_view kept_part(std::string_view text);

  explicit TopValues(std::size_t size = default_size) : size_{size} {}

  // `hash` is hash_text(text): values with the same hash are one.
  void add(std::uint64_t hash, std::string_view text, std::uint64_t times = 1);
  void merge(const TopValues& other);
  // The same where that needs no estimate: of a value that is counted already, or for which there is room. Else false.
  [[nodiscard]] bool add_exactly(std::uint64_t hash, std::string_view text);
  [[nodiscard]] bool merge_exactly(const TopValues& other);

  struct Entry {
    std::uint64_t hash = 0;
    std::uint64_t count = 0;
    std::string text;
  };
  // At most `most`, the most frequent first, equals by their text.
  [[nodiscard]] std::vector<Entry> top(std::size_t most) const;
  [[nodiscard]] bool is_exact() const { return error_ == 0; }
  [[nodiscard]] std::uint64_t error() const { return error_; }
  [[nodiscard]] std::size_t held() const { return entries_.size(); }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

 private:
  // Open addressing: the hash beside its entry, so that looking for one reads a single place in memory.
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t place = 0;  // in entries_, counted from 1; 0 where the slot is empty
  };
  [[nodiscard]] std::size_t slot_of(std::uint64_t hash) const;
  void make_room();
  void index_again();

  std::size_t size_;
  std::vector<Entry> entries_;
  std::vector<Slot> slots_;
  std::uint64_t error_ = 0;
};

}  // namespace mlops::stats
