// A file of the user's that is being read to be stored: it may change under our hands, and that must not go unnoticed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <sys/stat.h>

#include <mlops/artifacts/artifacts.hpp>
#include <mlops/artifacts/digest_cache.hpp>
#include <mlops/support/files.hpp>

#include "chunks.hpp"

namespace mlops::artifacts {

class SourceFile {
 public:
  // Error{not_found}, {usage} when it is not a regular file, or {failed}.
  explicit SourceFile(const std::filesystem::path& path);

  [[nodiscard]] std::uint64_t size() const { return static_cast<std::uint64_t>(seen_.st_size); }
  // As it was opened; once read_through has returned, it was the same while all of it was read.
  [[nodiscard]] FileState state() const { return file_state(seen_); }
  [[nodiscard]] int fd() const { return fd_.get(); }

  // Hands on all bytes, once. Error{usage} when the file changed since it was opened.
  void read_through(const ChunkSink& take, const Progress& progress) const;
  [[nodiscard]] std::string read_all(const Progress& progress) const;
  // For those who read in pieces of their own: fills the buffer with what is at `offset`; less only at the end of the
  // file. Error{usage} when there is more than size().
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> buffer) const;
  // Error{usage} when the file is not what it was when it was opened, or `bytes_read` not all of it.
  void confirm_unchanged(std::uint64_t bytes_read) const;

 private:
  std::filesystem::path path_;
  FileDescriptor fd_;
  struct stat seen_ = {};
};

// The digest of the file's bytes.
Digest hash_source(const SourceFile& source, const Progress& progress);

}  // namespace mlops::artifacts
