#include "index_segment.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <queue>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "little_endian.hpp"
#include "temporary_file.hpp"

namespace mlops::artifacts {

namespace {

constexpr std::string_view segment_magic = "MLOPSIDX";
constexpr std::uint32_t version = 1;
constexpr std::size_t checksum_offset = 24;

std::string encode_header(std::size_t packs, std::size_t entries, const Digest& checksum) {
  std::string bytes{segment_magic};
  append_number(bytes, version);
  append_number(bytes, static_cast<std::uint32_t>(packs));
  append_number(bytes, std::uint64_t{entries});
  append_digest(bytes, checksum);
  append_number(bytes, std::uint64_t{0});
  return bytes;
}

// The leading 8 bytes of a digest as a number: digests are spread evenly, so this tells where to look.
std::uint64_t leading(const Digest& digest) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = number << 8 | digest.bytes()[i];
  return number;
}

// Writes in large pieces, and hashes what it writes.
class HashingWriter {
 public:
  explicit HashingWriter(const TemporaryFile& file) : file_{file} {}
  void add(std::string_view bytes) {
    buffer_ += bytes;
    if (buffer_.size() >= 1u << 20) flush();
  }
  Digest finish() {
    flush();
    return hash_.finish();
  }

 private:
  void flush() {
    hash_.update(buffer_);
    write_all(file_.fd(), as_bytes(buffer_), file_.path());
    buffer_.clear();
  }
  const TemporaryFile& file_;
  Sha256 hash_;
  std::string buffer_;
};

// Each pack of all sources once, with the new numbers of each source's packs.
struct PackNumbers {
  std::vector<Digest> packs;
  std::vector<std::vector<std::uint32_t>> of_source;
};

PackNumbers number_packs(std::span<const SegmentSource> sources) {
  PackNumbers numbers;
  std::map<Digest, std::uint32_t> known;
  for (const SegmentSource& source : sources) {
    std::vector<std::uint32_t>& mapped = numbers.of_source.emplace_back();
    for (const Digest& pack : source.packs) {
      const auto [at, is_new] = known.emplace(pack, static_cast<std::uint32_t>(numbers.packs.size()));
      if (is_new) numbers.packs.push_back(pack);
      mapped.push_back(at->second);
    }
  }
  return numbers;
}

struct Head {
  std::size_t source;
  std::size_t index;
  IndexSegmentView::Entry entry;
};
struct Later {
  bool operator()(const Head& a, const Head& b) const { return ByDigest{}(b.entry.record, a.entry.record); }
};

// The next entry of the source that is sound.
std::optional<Head> next_head(std::span<const SegmentSource> sources, std::size_t source, std::size_t index) {
  for (; index < sources[source].count; ++index) {
    if (const auto entry = sources[source].entry(index)) return Head{source, index, *entry};
  }
  return std::nullopt;
}

std::size_t merge_entries(std::span<const SegmentSource> sources, const PackNumbers& numbers, HashingWriter& writer) {
  std::priority_queue<Head, std::vector<Head>, Later> heads;
  for (std::size_t source = 0; source < sources.size(); ++source) {
    if (const auto head = next_head(sources, source, 0)) heads.push(*head);
  }
  std::size_t count = 0;
  std::string bytes;
  while (!heads.empty()) {
    const Head head = heads.top();
    heads.pop();
    bytes.clear();
    append_digest(bytes, head.entry.record.digest);
    append_number(bytes, numbers.of_source[head.source][head.entry.pack]);
    append_place(bytes, head.entry.record);
    writer.add(bytes);
    ++count;
    if (const auto next = next_head(sources, head.source, head.index + 1)) heads.push(*next);
  }
  return count;
}

}  // namespace

std::optional<IndexSegmentView> IndexSegmentView::parse(std::span<const std::byte> bytes) {
  return parse(std::make_shared<const BytesInMemory>(bytes));
}

std::optional<IndexSegmentView> IndexSegmentView::parse(std::shared_ptr<const SegmentBytes> bytes) {
  if (bytes->size() < segment_header_size) return std::nullopt;
  std::array<std::byte, segment_header_size> header{};
  bytes->read(0, header);
  if (!std::ranges::equal(std::span{header}.first(segment_magic.size()), as_bytes(segment_magic))) return std::nullopt;
  if (number_at<std::uint32_t>(header, 8) != version) return std::nullopt;
  const std::uint64_t packs = number_at<std::uint32_t>(header, 12);
  const auto entries = number_at<std::uint64_t>(header, 16);
  const std::uint64_t body = bytes->size() - segment_header_size;
  if (packs * Digest::size > body || entries > body / segment_entry_size ||
      packs * Digest::size + entries * segment_entry_size != body) {
    return std::nullopt;
  }
  std::vector<std::byte> names(packs * Digest::size);
  bytes->read(segment_header_size, names);
  IndexSegmentView view;
  view.bytes_ = std::move(bytes);
  view.packs_.reserve(packs);
  for (std::uint64_t i = 0; i < packs; ++i) view.packs_.push_back(digest_at(names, i * Digest::size));
  view.entries_ = segment_header_size + names.size();
  view.count_ = entries;
  return view;
}

Digest IndexSegmentView::digest(std::size_t index) const {
  std::array<std::byte, Digest::size> bytes{};
  bytes_->read(place_of(index), bytes);
  return digest_at(bytes, 0);
}

std::optional<IndexSegmentView::Entry> IndexSegmentView::entry(std::size_t index) const {
  std::array<std::byte, segment_entry_size> bytes{};
  bytes_->read(place_of(index), bytes);
  return decode(bytes);
}

std::optional<IndexSegmentView::Entry> IndexSegmentView::decode(std::span<const std::byte> bytes) const {
  const auto pack = number_at<std::uint32_t>(bytes, Digest::size);
  const auto record = decode_place(bytes.subspan(Digest::size + 4), digest_at(bytes, 0));
  if (!record || pack >= packs_.size()) return std::nullopt;
  return Entry{pack, *record};
}

std::optional<IndexSegmentView::Entry> EntriesInOrder::entry(std::size_t index) {
  constexpr std::size_t at_once = 1024;
  const std::size_t held = buffer_.size() / segment_entry_size;
  if (index < first_ || index >= first_ + held) {
    first_ = index;
    buffer_.resize(std::min(at_once, view_.size() - index) * segment_entry_size);
    view_.bytes_->read(view_.place_of(index), buffer_);
  }
  return view_.decode(std::span{buffer_}.subspan((index - first_) * segment_entry_size, segment_entry_size));
}

std::size_t IndexSegmentView::lower_bound(const Digest& wanted) const {
  std::size_t low = 0;
  std::size_t high = count_;
  const std::uint64_t target = leading(wanted);
  // A few guesses from where the digest would lie among evenly spread ones, then halving for whatever is left.
  std::uint64_t first = 0;
  std::uint64_t last = ~std::uint64_t{0};
  for (int guess = 0; guess < 4 && high - low > 16 && last > first; ++guess) {
    const auto share = static_cast<double>(target - first) / static_cast<double>(last - first);
    const auto at = low + std::min(high - low - 1, static_cast<std::size_t>(share * static_cast<double>(high - low)));
    const Digest found = digest(at);
    const std::uint64_t number = leading(found);
    if (number < first || number > last) break;  // not sorted: damaged
    if (found < wanted) {
      low = at + 1;
      first = number;
    } else {
      high = at;
      last = number;
    }
    if (target < first || target > last) break;
  }
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (digest(middle) < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

bool IndexSegmentView::is_intact() const {
  constexpr std::size_t at_once = 256u << 10;
  std::array<std::byte, Digest::size> expected{};
  bytes_->read(checksum_offset, expected);
  Sha256 hash;
  std::vector<std::byte> buffer(at_once);
  for (std::uint64_t at = segment_header_size; at < bytes_->size(); at += buffer.size()) {
    buffer.resize(std::min<std::uint64_t>(at_once, bytes_->size() - at));
    bytes_->read(at, buffer);
    hash.update(buffer);
  }
  return hash.finish() == digest_at(expected, 0);
}

std::shared_ptr<const IndexSegment> IndexSegment::open(const std::filesystem::path& path) {
  FileDescriptor fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  struct stat status = {};
  if (!fd.valid() || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return nullptr;
  const auto size = static_cast<std::uint64_t>(status.st_size);
  auto view = IndexSegmentView::parse(std::make_shared<const BytesOfFile>(path, std::move(fd), size));
  return view ? std::shared_ptr<const IndexSegment>{new IndexSegment{path, std::move(*view)}} : nullptr;
}

std::filesystem::path write_segment(const std::filesystem::path& folder, const std::filesystem::path& temporaries,
                                    std::span<const SegmentSource> sources) {
  const PackNumbers numbers = number_packs(sources);
  TemporaryFile file{temporaries, "index-", 0600};
  write_all(file.fd(), as_bytes(encode_header(0, 0, Digest{})), file.path());
  HashingWriter writer{file};
  for (const Digest& pack : numbers.packs) {
    std::string bytes;
    append_digest(bytes, pack);
    writer.add(bytes);
  }
  const std::size_t count = merge_entries(sources, numbers, writer);
  const std::string header = encode_header(numbers.packs.size(), count, writer.finish());
  if (::pwrite(file.fd(), header.data(), header.size(), 0) != static_cast<ssize_t>(header.size())) {
    throw system_error("can't write", file.path().string(), errno);
  }
  file.make_read_only();
  file.sync();
  const std::filesystem::path target = folder / (random_hex(16) + ".idx");
  file.replace(target);
  return target;
}

}  // namespace mlops::artifacts
