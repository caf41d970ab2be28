// One pack on disk, opened for reading.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <mlops/support/digest.hpp>
#include <mlops/support/files.hpp>

#include "pack_format.hpp"

namespace mlops::artifacts {

class PackFile {
 public:
  // nullopt when it is not there (a collection may have moved its chunks to another pack). Error{failed} when it can't
  // be opened.
  static std::optional<PackFile> open(const std::filesystem::path& path);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::uint64_t size() const { return state_.size; }
  [[nodiscard]] const FileState& state() const { return state_; }  // when it was opened

  // The table; nullopt when header, trailer or table are damaged or don't have the digest `name`.
  [[nodiscard]] std::optional<std::vector<Record>> read_table(const Digest& name) const;
  // As many bytes as there are from `offset`, up to buffer.size().
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> buffer) const;

 private:
  PackFile(std::filesystem::path path, FileDescriptor fd, const FileState& state)
      : path_{std::move(path)}, fd_{std::move(fd)}, state_{state} {}
  std::filesystem::path path_;
  FileDescriptor fd_;
  FileState state_;
};

// The decoded bytes of a record of which `stored` is what the pack holds from its header on; nullopt when header,
// encoding or (for a chunk) digest don't agree with `expected`.
std::optional<std::string> decode_record(const Record& expected, std::span<const std::byte> stored);
// Whether it has the expected header and size.
bool has_header(const Record& expected, std::span<const std::byte> stored);
// decode_record without a copy: whether raw stored bytes are the expected chunk.
bool is_chunk(const Record& expected, std::span<const std::byte> stored);

}  // namespace mlops::artifacts
