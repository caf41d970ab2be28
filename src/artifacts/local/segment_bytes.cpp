#include "segment_bytes.hpp"

#include <algorithm>

namespace mlops::artifacts {

namespace {

// A page: some 78 entries, which lie where a search that has come near looks next.
constexpr std::size_t block_size = 4096;
// 128 MiB, the entries of some 80 GB of chunks. Of larger stores the rest is read again and again.
constexpr std::size_t most_kept = 32u << 10;

}  // namespace

void BytesInMemory::read(std::uint64_t offset, std::span<std::byte> buffer) const {
  const std::uint64_t start = std::min<std::uint64_t>(offset, bytes_.size());
  const auto there = bytes_.subspan(start, std::min<std::uint64_t>(buffer.size(), bytes_.size() - start));
  const auto rest = std::ranges::copy(there, buffer.begin()).out;
  std::fill(rest, buffer.end(), std::byte{0});
}

BytesOfFile::BytesOfFile(std::filesystem::path path, FileDescriptor fd, std::uint64_t size)
    : path_{std::move(path)}, fd_{std::move(fd)}, size_{size}, blocks_(size / block_size + 1) {}

BytesOfFile::~BytesOfFile() {
  for (const auto& block : blocks_) delete[] block.load();
}

void BytesOfFile::read_file(std::uint64_t offset, std::span<std::byte> buffer) const {
  const std::size_t got = read_at(fd_.get(), offset, buffer, path_);
  std::ranges::fill(buffer.subspan(got), std::byte{0});
}

const std::byte* BytesOfFile::block(std::size_t number) const {
  if (const std::byte* kept = blocks_[number].load(std::memory_order_acquire)) return kept;
  if (kept_ >= most_kept) return nullptr;
  auto fresh = std::make_unique_for_overwrite<std::byte[]>(block_size);
  read_file(std::uint64_t{number} * block_size, {fresh.get(), block_size});
  const std::byte* first = nullptr;
  if (!blocks_[number].compare_exchange_strong(first, fresh.get(), std::memory_order_acq_rel)) return first;
  ++kept_;
  return fresh.release();
}

void BytesOfFile::read(std::uint64_t offset, std::span<std::byte> buffer) const {
  while (!buffer.empty()) {
    const std::size_t from = offset % block_size;
    const std::size_t count = std::min(buffer.size(), block_size - from);
    // More than a block is wanted by those who read all of it, once.
    const bool is_kept = buffer.size() <= block_size && offset < size_;
    if (const std::byte* kept = is_kept ? block(offset / block_size) : nullptr) {
      std::copy_n(kept + from, count, buffer.begin());
      buffer = buffer.subspan(count);
      offset += count;
    } else {
      read_file(offset, buffer);
      return;
    }
  }
}

}  // namespace mlops::artifacts
