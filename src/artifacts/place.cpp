#include "place.hpp"

#include <optional>
#include <string_view>

#include <mlops/support/error.hpp>
#include <mlops/support/parallel.hpp>

#include "in_quotes.hpp"
#include "source_file.hpp"

namespace mlops::artifacts {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view scheme = "file://";

// What stands in the path of a URI as it is (RFC 3986, 3.3), less what people would have to quote in a shell.
bool is_plain(char c) {
  constexpr std::string_view marks = "/-._~+,=@:";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         marks.find(c) != std::string_view::npos;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// nullopt for what escaped() can't have made.
std::optional<std::string> unescaped(std::string_view text) {
  std::string path;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      path += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0 || high + low == 0) return std::nullopt;
    path += static_cast<char>(16 * high + low);
    i += 2;
  }
  return path;
}

std::string escaped(std::string_view path) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain(c)) {
      text += c;
    } else {
      text += {'%', digits[byte >> 4], digits[byte & 0x0F]};
    }
  }
  return text;
}

std::string described(const domain::FileEntry& file) {
  return in_quotes(file.path) + ", registered by reference to " + in_quotes(file.uri) + ",";
}

[[noreturn]] void throw_changed(const domain::FileEntry& file) {
  throw Error{ErrorKind::integrity,
              described(file) + " has changed there: its bytes no longer have the digest `" + file.digest.text() + "`",
              {"put the file back as it was, or register what is there now as a new version"}};
}

SourceFile open_place(const domain::FileEntry& file) {
  const fs::path place = place_of(file);
  try {
    SourceFile source{place};
    if (source.size() != file.size) throw_changed(file);
    return source;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::not_found) throw;
    throw Error{ErrorKind::not_found,
                described(file) + " is no longer there",
                {"put the file back, or make its disk or share available"}};
  }
}

void read_place(const domain::FileEntry& file, const ByteSink& take, const Progress& progress) {
  const SourceFile source = open_place(file);
  Sha256 hash;
  source.read_through(
      [&](std::span<const std::byte> piece) {
        hash.update(piece);
        take(piece);
      },
      progress);
  if (hash.finish() != file.digest) throw_changed(file);
}

Intactness verify_place(const domain::FileEntry& file, const Progress& progress) {
  try {
    read_place(file, [](std::span<const std::byte>) {}, progress);
    return Intactness::intact;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::not_found) return Intactness::missing;
    // Another size or other bytes, no regular file any more, or written to just now.
    if (error.kind() == ErrorKind::integrity || error.kind() == ErrorKind::usage) return Intactness::damaged;
    throw;
  }
}

}  // namespace

std::string uri_of(const fs::path& path) {
  std::error_code failure;
  const fs::path place = fs::canonical(path, failure);
  if (failure) throw system_error("can't read", path.string(), failure.value());
  return std::string{scheme} + escaped(place.native());
}

fs::path place_of(const domain::FileEntry& file) {
  const std::string_view uri = file.uri;
  const auto path = uri.starts_with(scheme) ? unescaped(uri.substr(scheme.size())) : std::nullopt;
  if (path && path->starts_with('/')) return *path;
  throw Error{ErrorKind::integrity, in_quotes(file.path) + " is at " + in_quotes(file.uri) + ", which is no file here"};
}

void copy_from_place(const domain::FileEntry& file, int fd, const fs::path& path, const Progress& progress) {
  read_place(file, [&](std::span<const std::byte> piece) { write_all(fd, piece, path); }, progress);
}

Intactness verify_file(ArtifactStore& store, const domain::FileEntry& file, const Progress& progress) {
  const bool is_elsewhere = !file.uri.empty() && !store.has(file.digest);
  return is_elsewhere ? verify_place(file, progress) : store.verify(file.digest, progress);
}

std::vector<Intactness> verify_files(ArtifactStore& store, const std::vector<domain::FileEntry>& files,
                                     const Progress& progress) {
  std::vector<Intactness> result(files.size());
  parallel_for(files.size(), progress, [&](std::size_t index, const Progress& shared) {
    result[index] = verify_file(store, files[index], shared);
  });
  return result;
}

std::unique_ptr<ByteSource> open_file(ArtifactStore& store, const domain::FileEntry& file) {
  if (file.uri.empty() || store.has(file.digest)) return store.open(file.digest);
  return open_byte_source(place_of(file));
}

void read_file(ArtifactStore& store, const domain::FileEntry& file, const ByteSink& take, const Progress& progress) {
  if (file.uri.empty() || store.has(file.digest)) {
    store.read(file.digest, take, progress);
  } else {
    read_place(file, take, progress);
  }
}

}  // namespace mlops::artifacts
