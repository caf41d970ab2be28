#include "pack_file.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mlops/support/error.hpp>

#include "compression.hpp"
#include "little_endian.hpp"

namespace mlops::artifacts {

std::optional<PackFile> PackFile::open(const std::filesystem::path& path) {
  FileDescriptor fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  if (!fd.valid()) {
    if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) return std::nullopt;
    throw system_error("can't open", path.string(), errno);
  }
  struct stat status = {};
  if (::fstat(fd.get(), &status) != 0) throw system_error("can't read", path.string(), errno);
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  return PackFile{path, std::move(fd), file_state(status)};
}

std::size_t PackFile::read_at(std::uint64_t offset, std::span<std::byte> buffer) const {
  return mlops::read_at(fd_.get(), offset, buffer, path_);
}

std::optional<std::vector<Record>> PackFile::read_table(const Digest& name) const {
  if (size() < pack_header_size + pack_trailer_size || size() > max_pack_size) return std::nullopt;
  std::string bytes(pack_header_size, '\0');
  const auto read = [this, &bytes](std::uint64_t offset) {
    return read_at(offset, std::as_writable_bytes(std::span{bytes})) == bytes.size();
  };
  if (!read(0) || !is_pack_header(as_bytes(bytes))) return std::nullopt;
  bytes.resize(pack_trailer_size);
  if (!read(size() - pack_trailer_size)) return std::nullopt;
  const auto trailer = decode_trailer(as_bytes(bytes), size());
  if (!trailer || trailer->table != name) return std::nullopt;
  bytes.resize(trailer->records * table_entry_size);
  if (!read(trailer->table_offset)) return std::nullopt;
  return decode_table(as_bytes(bytes), *trailer);
}

bool has_header(const Record& expected, std::span<const std::byte> stored) {
  const auto header = decode_record_header(stored, expected.offset);
  return header && *header == expected && stored.size() == record_header_size + expected.stored_size;
}

bool is_chunk(const Record& expected, std::span<const std::byte> stored) {
  return expected.kind == RecordKind::chunk && expected.encoding == Encoding::raw && has_header(expected, stored) &&
         sha256(stored.subspan(record_header_size)) == expected.digest;
}

std::optional<std::string> decode_record(const Record& expected, std::span<const std::byte> stored) {
  if (!has_header(expected, stored)) return std::nullopt;
  const auto body = stored.subspan(record_header_size);
  std::optional<std::string> bytes;
  if (expected.encoding == Encoding::zstd) {
    bytes = decompress(body, expected.size);
  } else {
    bytes = std::string{reinterpret_cast<const char*>(body.data()), body.size()};
  }
  if (!bytes) return std::nullopt;
  if (expected.kind == RecordKind::chunk && sha256(as_bytes(*bytes)) != expected.digest) return std::nullopt;
  return bytes;
}

}  // namespace mlops::artifacts
