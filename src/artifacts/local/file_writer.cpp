#include "file_writer.hpp"

#include <cerrno>

#include <sys/stat.h>
#include <unistd.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "file_batches.hpp"
#include "temporary_file.hpp"
#include "write_vectors.hpp"

namespace mlops::artifacts {

namespace {

// A file that may hold the beginning of what it is to become.
class FileInMaking {
 public:
  FileInMaking(PackReader& packs, int fd, const std::filesystem::path& path, const Progress& progress)
      : packs_{packs}, fd_{fd}, path_{path}, progress_{progress} {
    struct stat status = {};
    if (::fstat(fd_, &status) != 0) throw system_error("can't read", path_.string(), errno);
    held_ = static_cast<std::uint64_t>(status.st_size);
    is_held_ = held_ > 0;
  }

  void load(Batch& batch) {
    batch.is_held = batch.offset + batch.size <= held_ && holds(batch);
    if (!batch.is_held) packs_.load(batch.chunks, CheckChunks::yes, batch.loaded);
  }

  void take(Batch& batch) {
    if (is_held_ && !batch.is_held) begin_to_append(batch.offset);
    if (!is_held_) {
      if (batch.is_held) packs_.load(batch.chunks, CheckChunks::yes, batch.loaded);
      append(batch.loaded.pieces());
    }
    if (progress_) progress_(batch.size);
  }

  void end(std::uint64_t size) const {
    if (is_held_ && held_ > size) cut(size);
    confirm_size(fd_, size, path_);
  }

 private:
  [[nodiscard]] bool holds(Batch& batch) const {
    const auto bytes = batch.loaded.buffer(batch.size);
    bool is_right = read_at(fd_, batch.offset, bytes, path_) == bytes.size();
    std::size_t at = 0;
    for (const ChunkRef& chunk : batch.chunks) {
      is_right = is_right && sha256(std::span<const std::byte>{bytes.subspan(at, chunk.size)}) == chunk.digest;
      at += chunk.size;
    }
    batch.loaded.clear();
    return is_right;
  }

  void begin_to_append(std::uint64_t offset) {
    cut(offset);
    if (::lseek(fd_, 0, SEEK_END) < 0) throw system_error("can't write", path_.string(), errno);
    is_held_ = false;
  }

  void append(const std::vector<std::span<const std::byte>>& pieces) const {
    std::vector<iovec> vectors;
    vectors.reserve(pieces.size());
    for (const auto& piece : pieces) vectors.push_back(vector_of(piece));
    write_vectors(fd_, vectors, path_);
  }

  void cut(std::uint64_t size) const {
    if (::ftruncate(fd_, static_cast<off_t>(size)) != 0) throw system_error("can't write", path_.string(), errno);
  }

  PackReader& packs_;
  int fd_;
  const std::filesystem::path& path_;
  const Progress& progress_;
  std::uint64_t held_ = 0;  // bytes that it had
  bool is_held_ = false;    // so far, all that was asked for
};

}  // namespace

void write_file(PackReader& packs, const Digest& file, const Recipe& recipe, int fd, const std::filesystem::path& path,
                const Progress& progress) {
  FileInMaking target{packs, fd, path, progress};
  in_batches(
      packs, file, recipe, [&target](Batch& batch) { target.load(batch); },
      [&target](Batch& batch) { target.take(batch); });
  target.end(recipe.size);
}

}  // namespace mlops::artifacts
