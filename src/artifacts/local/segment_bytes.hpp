// The bytes of an index segment, wherever they are.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include <mlops/support/files.hpp>

namespace mlops::artifacts {

class SegmentBytes {
 public:
  virtual ~SegmentBytes() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  // Fills the buffer, with zeros where there is nothing, or nothing any more. Safe to use from several threads.
  virtual void read(std::uint64_t offset, std::span<std::byte> buffer) const = 0;
};

// Of somebody who keeps them.
class BytesInMemory final : public SegmentBytes {
 public:
  explicit BytesInMemory(std::span<const std::byte> bytes) : bytes_{bytes} {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  void read(std::uint64_t offset, std::span<std::byte> buffer) const override;

 private:
  std::span<const std::byte> bytes_;
};

// Of a file. Not mapped: a file that is cut while it is mapped ends the program. What was looked at stays in memory, up
// to a limit.
class BytesOfFile final : public SegmentBytes {
 public:
  BytesOfFile(std::filesystem::path path, FileDescriptor fd, std::uint64_t size);
  ~BytesOfFile() override;
  BytesOfFile(const BytesOfFile&) = delete;
  BytesOfFile& operator=(const BytesOfFile&) = delete;

  [[nodiscard]] std::uint64_t size() const override { return size_; }
  // Error{failed} when the disk can't.
  void read(std::uint64_t offset, std::span<std::byte> buffer) const override;

 private:
  // nullptr when enough is kept already.
  const std::byte* block(std::size_t number) const;
  void read_file(std::uint64_t offset, std::span<std::byte> buffer) const;

  std::filesystem::path path_;
  FileDescriptor fd_;
  std::uint64_t size_;
  mutable std::vector<std::atomic<const std::byte*>> blocks_;
  mutable std::atomic<std::size_t> kept_ = 0;  // blocks
};

}  // namespace mlops::artifacts
