#include "chunks.hpp"

#include <cerrno>
#include <memory>

#include <unistd.h>

#include <mlops/support/error.hpp>

namespace mlops::artifacts {

namespace {
constexpr std::size_t chunk_size = 256u << 10;
}

void read_chunks(int fd, const std::filesystem::path& path, const ChunkSink& take) {
  const auto buffer = std::make_unique_for_overwrite<std::byte[]>(chunk_size);
  while (true) {
    const ssize_t count = ::read(fd, buffer.get(), chunk_size);
    if (count == 0) return;
    if (count < 0) {
      if (errno == EINTR) continue;
      throw system_error("can't read", path.string(), errno);
    }
    take({buffer.get(), static_cast<std::size_t>(count)});
  }
}

}  // namespace mlops::artifacts
