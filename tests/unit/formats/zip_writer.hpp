// Writes zip archives that say what one likes, true or not. Source: APPNOTE.TXT 6.3.10, section 4.3.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlops::formats {

template <typename T>
std::string little_bytes(T value) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof value; ++i)
    bytes += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
  return bytes;
}

inline std::uint32_t crc32_of_text(std::string_view text) {
  return static_cast<std::uint32_t>(
      ::crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
}

// window_bits as deflateInit2 takes them: -15 for a bare stream, 15 for zlib's frame, 31 for gzip's.
inline std::string deflated(std::string_view text, int window_bits = -15) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}
inline std::string gzipped(std::string_view text) { return deflated(text, 31); }

// What both headers say of a member, unless a field of one of them is set to something else.
struct ZipFields {
  std::optional<std::string> name;
  std::optional<std::uint16_t> flags;
  std::optional<std::uint16_t> method;
  std::optional<std::uint32_t> crc32;
  std::optional<std::uint32_t> packed_size;
  std::optional<std::uint32_t> size;
  std::string extra;
};

struct ZipInput {
  std::string name;
  std::string content;
  bool deflate = false;
  std::uint16_t flags = 0;
  ZipFields local{};
  ZipFields central{};
  std::optional<std::uint32_t> offset{};  // of its local header, in the central one
  std::optional<std::string> packed{};    // in place of the packed content
  std::string descriptor{};               // behind the data
  std::string behind{};                   // behind all that belongs to the member
  std::uint32_t unix_mode = 0;
  bool listed = true;  // in the central directory
};

struct ZipLies {
  std::optional<std::uint16_t> members;
  std::optional<std::uint32_t> directory_size;
  std::optional<std::uint32_t> directory_offset;
  std::uint16_t disk = 0;
  std::string comment;
  std::optional<std::uint16_t> comment_size;
  std::string before_end;  // between the central directory and the end record
};

class ZipWriter {
 public:
  ZipWriter& add(ZipInput input) {
    const std::string packed = input.packed.value_or(input.deflate ? deflated(input.content) : input.content);
    const auto offset = static_cast<std::uint32_t>(bytes_.size());
    ZipFields both;
    both.name = input.name;
    both.flags = input.flags;
    both.method = input.deflate ? std::uint16_t{8} : std::uint16_t{0};
    both.crc32 = crc32_of_text(input.content);
    both.packed_size = static_cast<std::uint32_t>(packed.size());
    both.size = static_cast<std::uint32_t>(input.content.size());
    bytes_ += "PK\x03\x04" + little_bytes<std::uint16_t>(20);
    bytes_ += common(input.local, both) + name_of(input.local, both) + input.local.extra;
    bytes_ += packed + input.descriptor + input.behind;
    if (!input.listed) return *this;
    ++members_;
    directory_ += "PK\x01\x02" + little_bytes<std::uint16_t>(0x0314) + little_bytes<std::uint16_t>(20);
    directory_ += common(input.central, both) + little_bytes<std::uint16_t>(0);  // no comment
    directory_ += little_bytes<std::uint16_t>(0) + little_bytes<std::uint16_t>(0);
    directory_ += little_bytes<std::uint32_t>(input.unix_mode << 16) + little_bytes(input.offset.value_or(offset));
    directory_ += name_of(input.central, both) + input.central.extra;
    return *this;
  }
  ZipWriter& add(std::string name, std::string content) { return add(ZipInput{std::move(name), std::move(content)}); }

  ZipWriter& raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

  [[nodiscard]] std::string finish(const ZipLies& lies = {}) const {
    const std::uint16_t members = lies.members.value_or(static_cast<std::uint16_t>(members_));
    const std::uint32_t size = lies.directory_size.value_or(static_cast<std::uint32_t>(directory_.size()));
    const std::uint32_t offset = lies.directory_offset.value_or(static_cast<std::uint32_t>(bytes_.size()));
    std::string end = "PK\x05\x06" + little_bytes(lies.disk) + little_bytes(lies.disk) + little_bytes(members) +
                      little_bytes(members) + little_bytes(size) + little_bytes(offset);
    end += little_bytes(lies.comment_size.value_or(static_cast<std::uint16_t>(lies.comment.size()))) + lies.comment;
    return bytes_ + directory_ + lies.before_end + end;
  }

  // The records with figures of 64 bits, to stand before the end record.
  [[nodiscard]] std::string zip64_end(std::uint64_t members, std::uint64_t directory_size,
                                      std::uint64_t directory_offset) const {
    std::string record = "PK\x06\x06" + little_bytes<std::uint64_t>(44) + little_bytes<std::uint16_t>(45) +
                         little_bytes<std::uint16_t>(45) + little_bytes<std::uint32_t>(0) +
                         little_bytes<std::uint32_t>(0);
    record +=
        little_bytes(members) + little_bytes(members) + little_bytes(directory_size) + little_bytes(directory_offset);
    return record + "PK\x06\x07" + little_bytes<std::uint32_t>(0) +
           little_bytes<std::uint64_t>(bytes_.size() + directory_.size()) + little_bytes<std::uint32_t>(1);
  }
  [[nodiscard]] std::size_t directory_size() const { return directory_.size(); }
  [[nodiscard]] std::size_t members() const { return members_; }

 private:
  static std::string name_of(const ZipFields& own, const ZipFields& both) { return own.name.value_or(*both.name); }

  // From the flags to the size of the extra field: the part that both headers have.
  static std::string common(const ZipFields& own, const ZipFields& both) {
    return little_bytes(own.flags.value_or(*both.flags)) + little_bytes(own.method.value_or(*both.method)) +
           little_bytes<std::uint32_t>(0x58210000) + little_bytes(own.crc32.value_or(*both.crc32)) +
           little_bytes(own.packed_size.value_or(*both.packed_size)) + little_bytes(own.size.value_or(*both.size)) +
           little_bytes(static_cast<std::uint16_t>(name_of(own, both).size())) +
           little_bytes(static_cast<std::uint16_t>(own.extra.size()));
  }

  std::string bytes_;
  std::string directory_;
  std::size_t members_ = 0;
};

}  // namespace mlops::formats
