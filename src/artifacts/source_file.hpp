// A file of the user's that is being read to be stored: it may change under our hands, and that must not go unnoticed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <sys/stat.h>

#include <mlops/artifacts/artifacts.hpp>
#include <mlops/support/files.hpp>

#include "chunks.hpp"

namespace mlops::artifacts {

class SourceFile {
 public:
  // Error{not_found}, {usage} when it is not a regular file, or {failed}.
  explicit SourceFile(const std::filesystem::path& path);

  [[nodiscard]] std::uint64_t size() const { return static_cast<std::uint64_t>(seen_.st_size); }

  // Hands on all bytes, once. Error{usage} when the file changed since it was opened.
  void read_through(const ChunkSink& take, const Progress& progress) const;
  [[nodiscard]] std::string read_all(const Progress& progress) const;

 private:
  void confirm_unchanged(std::uint64_t bytes_read) const;

  std::filesystem::path path_;
  FileDescriptor fd_;
  struct stat seen_ = {};
};

// The digest of the file's bytes.
Digest hash_source(const SourceFile& source, const Progress& progress);

}  // namespace mlops::artifacts
