// The reading half of the local store: nothing leaves it that was not verified.
#include <cerrno>

#include <sys/stat.h>
#include <unistd.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "chunk_source.hpp"
#include "chunks.hpp"
#include "file_reader.hpp"
#include "file_writer.hpp"
#include "in_quotes.hpp"
#include "little_endian.hpp"
#include "local_store.hpp"

namespace mlops::artifacts {

namespace {

[[noreturn]] void throw_damaged(const Digest& digest, const std::string& where) {
  throw Error{
      ErrorKind::integrity, "object `" + digest.text() + "` is damaged: its bytes no longer have this digest", {where}};
}

}  // namespace

std::optional<LocalStore::Found> LocalStore::find(const Digest& digest) {
  prepare_to_read();
  for (const bool again : {false, true}) {
    // Another command may have stored it, or a collection moved it, since we looked; or the index is damaged.
    if (again) index_.load(CheckSegments::yes);
    if (const auto place = index_.find(digest, RecordKind::chunk)) {
      const ChunkRef chunk{digest, place->record.size};
      Recipe recipe{.size = chunk.size, .level = 0, .parts = {}};
      if (chunk.size > 0) recipe.parts.push_back(chunk);
      return Found{std::move(recipe)};
    }
    if (auto recipe = packs_.recipe(digest)) return Found{std::move(recipe)};
    if (whole_.size(digest)) return Found{};
  }
  return std::nullopt;
}

LocalStore::Found LocalStore::require(const Digest& digest) {
  if (auto found = find(digest)) return std::move(*found);
  if (const auto unreadable = index_.unreadable(); !unreadable.empty()) {
    throw Error{ErrorKind::integrity,
                "object `" + digest.text() + "` can't be found: it may be in " +
                    in_quotes(layout_.pack(unreadable.front())) + ", whose table is damaged",
                {"`mlops artifacts repair` reads what is left of the pack"}};
  }
  throw Error{ErrorKind::not_found, "object `" + digest.text() + "` is missing from the store"};
}

void LocalStore::note_damaged_whole(const Digest& digest) {
  const FileDescriptor object = whole_.open(digest);
  struct stat status = {};
  if (::fstat(object.get(), &status) == 0) packs_.found().add_object(digest, file_state(status));
}

void LocalStore::throw_damaged_whole(const Digest& digest) {
  note_damaged_whole(digest);
  throw_damaged(digest, "it is the file " + in_quotes(layout_.object(digest)));
}

void LocalStore::read(const Digest& digest, const ByteSink& take, const Progress& progress) {
  const Found found = require(digest);
  Sha256 hash;
  const auto hand_on = [&](std::span<const std::byte> piece) {
    hash.update(piece);
    take(piece);
    if (progress) progress(piece.size());
  };
  if (!found.recipe) {
    const FileDescriptor object = whole_.open(digest);
    read_chunks(object.get(), layout_.object(digest), hand_on);
    if (hash.finish() != digest) throw_damaged_whole(digest);
    return;
  }
  read_file(packs_, digest, *found.recipe, CheckChunks::yes, [&](const auto& pieces) {
    for (const auto& piece : pieces) hand_on(piece);
  });
  if (hash.finish() == digest) return;
  packs_.find_damage(digest, *found.recipe);
  throw_damaged(digest, "its recipe was edited: all its chunks are intact");
}

std::unique_ptr<ByteSource> LocalStore::open(const Digest& digest) {
  const Found found = require(digest);
  if (!found.recipe) return open_byte_source(layout_.object(digest));
  return open_chunks(packs_, digest, *found.recipe);
}

Intactness LocalStore::verify(const Digest& digest, const Progress& progress) {
  try {
    const auto found = find(digest);
    if (!found) return Intactness::missing;
    Sha256 hash;
    const auto take = [&](std::span<const std::byte> piece) {
      hash.update(piece);
      if (progress) progress(piece.size());
    };
    if (found->recipe) {
      // The digest of the whole tells all; its chunks need no hash of their own.
      read_file(packs_, digest, *found->recipe, CheckChunks::no, [&](const auto& pieces) {
        for (const auto& piece : pieces) take(piece);
      });
    } else {
      read_chunks(whole_.open(digest).get(), layout_.object(digest), take);
    }
    if (hash.finish() == digest) return Intactness::intact;
    if (found->recipe) {
      packs_.find_damage(digest, *found->recipe);
    } else {
      note_damaged_whole(digest);
    }
    return Intactness::damaged;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::not_found) return Intactness::missing;
    if (error.kind() == ErrorKind::integrity) return Intactness::damaged;
    throw;
  }
}

std::string LocalStore::get_bytes(const Digest& digest, std::uint64_t max_bytes) {
  std::string bytes;
  read(digest,
       [&](std::span<const std::byte> piece) {
         if (bytes.size() + piece.size() > max_bytes) {
           throw Error{ErrorKind::failed,
                       "object `" + digest.text() + "` is larger than the " + bytes_text(max_bytes) + " expected here"};
         }
         bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
       },
       {});
  return bytes;
}

void LocalStore::copy_whole(const Digest& digest, int fd, const std::filesystem::path& path, const Progress& progress) {
  // Here there is no telling which part of it is right; and where blocks are shared, it is there at once.
  if (::ftruncate(fd, 0) != 0) throw system_error("can't write", path.string(), errno);
  const FileDescriptor object = whole_.open(digest);
  const std::int64_t began = file_clock();
  const bool shares = whole_.share_into(object.get(), fd);
  // Shared blocks are the object's own; they are as they were when it was hashed, unless its state tells otherwise.
  if (shares && whole_.is_unchanged(object.get(), digest)) {
    if (progress) progress(whole_.size(digest).value_or(0));
    return;
  }
  Sha256 hash;
  read_chunks(object.get(), layout_.object(digest), [&](std::span<const std::byte> piece) {
    hash.update(piece);
    if (!shares) write_all(fd, piece, path);
    if (progress) progress(piece.size());
  });
  if (hash.finish() != digest) throw_damaged_whole(digest);
  if (shares) whole_.remember(object.get(), digest, began);
}

void LocalStore::copy_to(const Digest& digest, int fd, const std::filesystem::path& path, const Progress& progress) {
  const Found found = require(digest);
  if (!found.recipe) {
    copy_whole(digest, fd, path, progress);
    return;
  }
  write_file(packs_, digest, *found.recipe, fd, path, progress);
}

}  // namespace mlops::artifacts
