#include "source_file.hpp"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include <mlops/support/error.hpp>

#include "in_quotes.hpp"

namespace mlops::artifacts {

namespace {

bool same(const timespec& a, const timespec& b) { return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec; }

bool same_state(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size && same(a.st_mtim, b.st_mtim) &&
         same(a.st_ctim, b.st_ctim);
}

[[noreturn]] void throw_changed(const std::filesystem::path& path) {
  throw Error{ErrorKind::usage, in_quotes(path) + " changed while it was read", {"wait until nothing writes to it"}};
}

}  // namespace

SourceFile::SourceFile(const std::filesystem::path& path) : path_{path} {
  // O_NONBLOCK: opening a FIFO must not wait for its writer.
  fd_ = FileDescriptor{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!fd_.valid()) throw system_error("can't open", path.string(), errno);
  if (::fstat(fd_.get(), &seen_) != 0) throw system_error("can't read", path.string(), errno);
  if (!S_ISREG(seen_.st_mode)) throw Error{ErrorKind::usage, in_quotes(path) + " is not a regular file"};
}

void SourceFile::read_through(const ChunkSink& take, const Progress& progress) const {
  std::uint64_t total = 0;
  read_chunks(fd_.get(), path_, [&](std::span<const std::byte> chunk) {
    total += chunk.size();
    // A file that only grows would never end.
    if (total > size()) throw_changed(path_);
    take(chunk);
    if (progress) progress(chunk.size());
  });
  confirm_unchanged(total);
}

std::size_t SourceFile::read_at(std::uint64_t offset, std::span<std::byte> buffer) const {
  const std::size_t done = mlops::read_at(fd_.get(), offset, buffer, path_);
  if (offset + done > size()) throw_changed(path_);
  return done;
}

std::string SourceFile::read_all(const Progress& progress) const {
  std::string bytes;
  bytes.reserve(size());
  read_through(
      [&bytes](std::span<const std::byte> chunk) {
        bytes.append(reinterpret_cast<const char*>(chunk.data()), chunk.size());
      },
      progress);
  return bytes;
}

void SourceFile::confirm_unchanged(std::uint64_t bytes_read) const {
  struct stat now = {};
  if (::fstat(fd_.get(), &now) != 0) throw system_error("can't read", path_.string(), errno);
  if (bytes_read != size() || !same_state(seen_, now)) throw_changed(path_);
}

Digest hash_source(const SourceFile& source, const Progress& progress) {
  Sha256 hash;
  source.read_through([&hash](std::span<const std::byte> chunk) { hash.update(chunk); }, progress);
  return hash.finish();
}

}  // namespace mlops::artifacts
