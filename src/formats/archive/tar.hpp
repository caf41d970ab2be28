// Tar archives, member by member: ustar, pax, GNU's and the oldest one.
// Sources: POSIX.1-2017 pax, "The GNU tar manual: Basic Tar Format".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/support/byte_source.hpp>

namespace mlops::formats {

constexpr std::size_t tar_block_size = 512;

struct TarProblem {
  std::string_view rule;  // "tar.path"; docs/scan.md lists them
  std::string what;
};

enum class TarKind { file, folder, link, special, sparse };

struct TarEntry {
  std::string name;
  TarKind kind = TarKind::file;
  std::uint64_t header_offset = 0;
  std::uint64_t data_offset = 0;
  std::uint64_t size = 0;
  std::vector<TarProblem> problems;
};

class TarReader {
 public:
  // `source` must outlive it.
  explicit TarReader(const ByteSource& source) : source_{source} {}

  // The next member, or nullopt at the end. Throws Malformed when what comes next is no member.
  std::optional<TarEntry> next();

  // Where the archive ended, after `next` said so: the rest is not read by every reader.
  [[nodiscard]] std::uint64_t offset() const { return offset_; }

 private:
  struct Overrides {
    std::optional<std::string> name;
    std::optional<std::string> link;
    std::optional<std::uint64_t> size;
    bool sparse = false;
  };

  std::optional<TarEntry> read_entry(std::string_view block, Overrides& overrides);
  void take_extension(char type, std::uint64_t size, Overrides& overrides);
  void finish(TarEntry& entry, std::string_view block, const Overrides& overrides);
  void skip_data(std::uint64_t size);

  const ByteSource& source_;
  std::uint64_t offset_ = 0;
  Overrides global_;
};

// Whether this is the header of a member: its checksum says so.
bool is_tar_header(std::string_view block);

}  // namespace mlops::formats
