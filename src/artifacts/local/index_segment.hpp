// The tables of many packs in one sorted file, so that a chunk is found without opening every pack. Only ever a copy of
// what the packs say: it may be lost. The format to the byte: docs/formats.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <mlops/support/digest.hpp>

#include "pack_format.hpp"
#include "segment_bytes.hpp"

namespace mlops::artifacts {

constexpr std::size_t segment_header_size = 64;
constexpr std::size_t segment_entry_size = 52;

class IndexSegmentView {
 public:
  // nullopt when the sizes don't fit; whether the content is as written tells only `is_intact`.
  static std::optional<IndexSegmentView> parse(std::shared_ptr<const SegmentBytes> bytes);
  static std::optional<IndexSegmentView> parse(std::span<const std::byte> bytes);  // which somebody keeps

  [[nodiscard]] const std::vector<Digest>& packs() const { return packs_; }
  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] Digest digest(std::size_t index) const;
  // The number of its pack in packs(), and where it is; nullopt for an entry that is damaged.
  struct Entry {
    std::size_t pack = 0;
    Record record;
  };
  [[nodiscard]] std::optional<Entry> entry(std::size_t index) const;
  // The first entry that is not below the digest.
  [[nodiscard]] std::size_t lower_bound(const Digest& digest) const;
  // Hashes all of it.
  [[nodiscard]] bool is_intact() const;

 private:
  friend class EntriesInOrder;
  [[nodiscard]] std::uint64_t place_of(std::size_t index) const { return entries_ + index * segment_entry_size; }
  [[nodiscard]] std::optional<Entry> decode(std::span<const std::byte> bytes) const;

  std::shared_ptr<const SegmentBytes> bytes_;
  std::vector<Digest> packs_;
  std::uint64_t entries_ = 0;  // where they begin
  std::size_t count_ = 0;
};

// A segment as a file.
class IndexSegment {
 public:
  // nullptr when it is gone or no segment.
  static std::shared_ptr<const IndexSegment> open(const std::filesystem::path& path);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const IndexSegmentView& view() const { return view_; }

 private:
  IndexSegment(std::filesystem::path path, IndexSegmentView view) : path_{std::move(path)}, view_{std::move(view)} {}
  std::filesystem::path path_;
  IndexSegmentView view_;
};

// For those who want all entries one after the other: reads many at a time. The view outlives it.
class EntriesInOrder {
 public:
  explicit EntriesInOrder(const IndexSegmentView& view) : view_{view} {}
  std::optional<IndexSegmentView::Entry> entry(std::size_t index);

 private:
  const IndexSegmentView& view_;
  std::vector<std::byte> buffer_;
  std::size_t first_ = 0;  // of the entries in the buffer
};

// A sorted source of entries for a new segment.
struct SegmentSource {
  std::vector<Digest> packs;  // its entries' pack numbers count in these
  std::size_t count = 0;
  std::function<std::optional<IndexSegmentView::Entry>(std::size_t index)> entry;
};
// Merges the sources into a new segment in `folder`, written by way of `temporaries`, durable on return.
std::filesystem::path write_segment(const std::filesystem::path& folder, const std::filesystem::path& temporaries,
                                    std::span<const SegmentSource> sources);

}  // namespace mlops::artifacts
