// Bytes that can be read from anywhere: a file, a stored object, a part of another source, what a decompressor gives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace mlops {

class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // In bytes. Of a compressed source this may have to unpack all of it, once.
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  // Fills `into` from `offset` on, and returns how many bytes there were: fewer than asked only at the end, 0 beyond
  // it.
  [[nodiscard]] virtual std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const = 0;
};

// A regular file. Error{not_found} or {failed} with the path; also when it can't be read later.
std::unique_ptr<ByteSource> open_byte_source(const std::filesystem::path& path);

// Bytes in memory, which stay the caller's.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : bytes_{bytes} {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override;

 private:
  std::string_view bytes_;
};

// A part of another source, which must outlive it. What of the part lies beyond the end of the other is not there.
class SourcePart final : public ByteSource {
 public:
  SourcePart(const ByteSource& whole, std::uint64_t begin, std::uint64_t size);
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override;

 private:
  const ByteSource& whole_;
  std::uint64_t begin_;
  std::uint64_t size_;
};

// Up to `size` bytes from `offset` on: fewer where the source ends.
std::string read_bytes(const ByteSource& source, std::uint64_t offset, std::size_t size);

}  // namespace mlops
