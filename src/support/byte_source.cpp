#include <mlops/support/byte_source.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

namespace mlops {

namespace {

class FileSource final : public ByteSource {
 public:
  explicit FileSource(const std::filesystem::path& path)
      : path_{path.string()}, fd_{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)} {
    if (!fd_.valid()) throw system_error("can't open", path_, errno);
    struct stat status{};
    if (::fstat(fd_.get(), &status) != 0) throw system_error("can't read", path_, errno);
    if (!S_ISREG(status.st_mode)) throw Error{ErrorKind::usage, fmt::format("`{}` is not a regular file", path_)};
    size_ = static_cast<std::uint64_t>(status.st_size);
  }

  [[nodiscard]] std::uint64_t size() const override { return size_; }

  [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    std::size_t done = 0;
    while (done < into.size()) {
      if (offset + done >= size_) break;
      const ssize_t got = ::pread(fd_.get(), into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw system_error("can't read", path_, errno);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

 private:
  std::string path_;
  FileDescriptor fd_;
  std::uint64_t size_ = 0;
};

}  // namespace

std::unique_ptr<ByteSource> open_byte_source(const std::filesystem::path& path) {
  return std::make_unique<FileSource>(path);
}

std::size_t MemorySource::read_at(std::uint64_t offset, std::span<std::byte> into) const {
  if (offset >= bytes_.size()) return 0;
  const std::size_t count = std::min(into.size(), bytes_.size() - static_cast<std::size_t>(offset));
  std::memcpy(into.data(), bytes_.data() + offset, count);
  return count;
}

SourcePart::SourcePart(const ByteSource& whole, std::uint64_t begin, std::uint64_t size)
    : whole_{whole},
      begin_{std::min(begin, whole.size())},
      size_{std::min(size, whole.size() - std::min(begin, whole.size()))} {}

std::size_t SourcePart::read_at(std::uint64_t offset, std::span<std::byte> into) const {
  if (offset >= size_) return 0;
  return whole_.read_at(begin_ + offset, into.first(std::min<std::uint64_t>(into.size(), size_ - offset)));
}

std::string read_bytes(const ByteSource& source, std::uint64_t offset, std::size_t size) {
  // Never more than is there, whatever a hostile header declares; but for a little nobody need know the size, which a
  // compressed source has to be unpacked for.
  constexpr std::size_t little = 1u << 20;
  if (size > little) {
    const std::uint64_t whole = source.size();
    size = static_cast<std::size_t>(std::min<std::uint64_t>(size, offset < whole ? whole - offset : 0));
  }
  std::string bytes(size, '\0');
  bytes.resize(source.read_at(offset, std::as_writable_bytes(std::span{bytes})));
  return bytes;
}

}  // namespace mlops
