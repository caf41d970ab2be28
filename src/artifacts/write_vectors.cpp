#include "write_vectors.hpp"

#include <algorithm>
#include <cerrno>

#include <mlops/support/error.hpp>

namespace mlops::artifacts {

namespace {
constexpr std::size_t most_vectors = 512;  // at once; the kernel takes up to 1024
}

iovec vector_of(std::span<const std::byte> bytes) {
  // writev(2) only reads, but its type does not say so.
  return {const_cast<std::byte*>(bytes.data()), bytes.size()};
}

void write_vectors(int fd, std::span<iovec> vectors, const std::filesystem::path& path) {
  while (!vectors.empty()) {
    const ssize_t count = ::writev(fd, vectors.data(), static_cast<int>(std::min(vectors.size(), most_vectors)));
    if (count < 0) {
      if (errno == EINTR) continue;
      throw system_error("can't write", path.string(), errno);
    }
    auto left = static_cast<std::size_t>(count);
    while (!vectors.empty() && left >= vectors.front().iov_len) {
      left -= vectors.front().iov_len;
      vectors = vectors.subspan(1);
    }
    if (left == 0) continue;
    vectors.front().iov_base = static_cast<std::byte*>(vectors.front().iov_base) + left;
    vectors.front().iov_len -= left;
  }
}

}  // namespace mlops::artifacts
