// Zip archives, read the way a suspicious person does: from the central directory, and compared with what stands in
// front of each member. Source: APPNOTE.TXT 6.3.10.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/support/byte_source.hpp>

#include "archive/unpacked_source.hpp"

namespace mlops::formats {

struct ZipMember {
  std::string name;        // as in the central directory; bytes, not always UTF-8
  std::uint64_t size = 0;  // unpacked
  std::uint64_t packed_size = 0;
  std::uint64_t data_offset = 0;  // of its packed bytes
  std::uint32_t crc32 = 0;
  std::uint16_t method = 0;  // 0 stored, 8 deflated
  bool encrypted = false;
  bool is_folder = false;
  bool has_header = false;          // in front of its data, where the central directory says
  std::uint16_t flags = 0;          // as in the central directory
  std::uint64_t header_offset = 0;  // of the header in front of its data
};

// Something by which two readers may see different archives.
struct ZipProblem {
  std::string rule;  // "zip.names-differ"; docs/scan.md lists them
  std::string what;
};

// Bytes that belong to no member of the central directory, nor to the archive's own records.
struct ZipGap {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

class ZipArchive {
 public:
  // Malformed when there is no central directory to speak of. Unscannable when it has more than a million members.
  // `source` must outlive it.
  explicit ZipArchive(const ByteSource& source);

  [[nodiscard]] const std::vector<ZipMember>& members() const { return members_; }
  // A few of each rule.
  [[nodiscard]] const std::vector<ZipProblem>& problems() const { return problems_; }
  // Sorted by offset, not overlapping, without those of a few zeros; the first thousand.
  [[nodiscard]] const std::vector<ZipGap>& gaps() const { return gaps_; }
  [[nodiscard]] const ZipMember* find(std::string_view name) const;

  // The member's bytes, unpacked as they are read, never more than it declares. Throws Unscannable when it is encrypted
  // or packed in a way we can't unpack, and Malformed when it has no data. Reading throws Malformed where the member
  // has fewer bytes than it declares, or has more and is asked for what follows the last of them.
  [[nodiscard]] std::unique_ptr<ByteSource> open(const ZipMember& member, Charge charge = {}) const;

 private:
  const ByteSource& source_;
  std::vector<ZipMember> members_;
  std::vector<ZipProblem> problems_;
  std::vector<ZipGap> gaps_;
};

// Whether readers that look for an archive at the end of a file, as most do, find one here, whatever it begins with.
bool has_zip_at_end(const ByteSource& source);

}  // namespace mlops::formats
