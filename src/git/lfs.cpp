#include "lfs.hpp"

#include <cerrno>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>

#include <fmt/format.h>

#include <mlops/support/digest.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

namespace mlops::git {

namespace {

namespace fs = std::filesystem;

// The specification's own limit for what may be a pointer.
constexpr std::uint64_t largest_pointer = 1024;

std::vector<std::string> lfs_paths(const fs::path& tree) {
  const CapturedOutput output = run_git({"ls-files", "-z", "--", ":(attr:filter=lfs)"}, tree);
  check_git(output, "files under Git LFS can't be listed");
  std::vector<std::string> paths = split(output.out, '\0');
  std::erase(paths, "");
  return paths;
}

std::optional<LfsPointer> pointer_at(const fs::path& file) {
  std::error_code failure;
  if (!fs::is_regular_file(fs::symlink_status(file, failure))) return std::nullopt;
  if (fs::file_size(file, failure) > largest_pointer || failure) return std::nullopt;
  return parse_lfs_pointer(read_file(file, largest_pointer));
}

// `git cat-file` shows the pointer also where a filter has put the content in its place.
std::string oid_in_commit(const fs::path& tree, const std::string& path) {
  const CapturedOutput output = run_git({"cat-file", "blob", ":" + path}, tree);
  const auto pointer = output.result.exit_code == 0 ? parse_lfs_pointer(output.out) : std::nullopt;
  return pointer ? pointer->oid : std::string{};
}

// Copies while it computes the digest; false when that is not `oid`.
bool copy_verified(const fs::path& object, const fs::path& target, const std::string& oid) {
  const FileDescriptor from{::open(object.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!from.valid()) throw system_error("can't read", object.string(), errno);
  const FileDescriptor to{::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)};
  if (!to.valid()) throw system_error("can't write", target.string(), errno);
  std::vector<std::byte> buffer(std::size_t{1} << 20);
  Sha256 hash;
  std::uint64_t offset = 0;
  for (;;) {
    const std::size_t count = read_at(from.get(), offset, buffer, object);
    if (count == 0) return hash.finish().hex() == oid;
    const std::span<const std::byte> piece{buffer.data(), count};
    hash.update(piece);
    write_all(to.get(), piece, target);
    offset += count;
  }
}

void fill(const Place& place, const fs::path& tree, const std::string& path, const LfsPointer& pointer) {
  const fs::path object =
      place.common / "lfs" / "objects" / pointer.oid.substr(0, 2) / pointer.oid.substr(2, 2) / pointer.oid;
  std::error_code failure;
  if (!fs::is_regular_file(object, failure)) {
    throw Error{ErrorKind::not_found,
                fmt::format("`{}` is under Git LFS, and its content has not been fetched", printable(path)),
                {"`git lfs fetch --all` brings it"}};
  }
  const fs::path target = tree / path;
  const fs::perms rights = fs::status(target).permissions();
  fs::remove(target);
  const bool is_sound = copy_verified(object, target, pointer.oid);
  fs::permissions(target, rights);
  if (is_sound) return;
  throw Error{ErrorKind::integrity, fmt::format("the Git LFS object of `{}` is damaged", printable(path))};
}

}  // namespace

std::optional<LfsPointer> parse_lfs_pointer(std::string_view text) {
  if (text.size() > largest_pointer || !text.starts_with("version https://git-lfs.github.com/spec/v1\n"))
    return std::nullopt;
  LfsPointer pointer;
  bool has_size = false;
  for (const std::string& line : split(text, '\n')) {
    constexpr std::string_view oid_key = "oid sha256:";
    constexpr std::string_view size_key = "size ";
    if (line.starts_with(oid_key)) pointer.oid = line.substr(oid_key.size());
    if (!line.starts_with(size_key)) continue;
    const auto size = parse_integer(line.substr(size_key.size()));
    if (!size || *size < 0) return std::nullopt;
    pointer.size = static_cast<std::uint64_t>(*size);
    has_size = true;
  }
  const bool is_digest =
      pointer.oid.size() == 64 && pointer.oid.find_first_not_of("0123456789abcdef") == std::string::npos;
  return is_digest && has_size ? std::optional{pointer} : std::nullopt;
}

std::map<std::string, std::string> fill_lfs_files(const Place& place, const fs::path& tree) {
  std::map<std::string, std::string> files;
  for (const std::string& path : lfs_paths(tree)) {
    if (const auto pointer = pointer_at(tree / path)) {
      fill(place, tree, path, *pointer);
      files.emplace(path, pointer->oid);
    } else if (std::string oid = oid_in_commit(tree, path); !oid.empty()) {
      files.emplace(path, std::move(oid));
    }
  }
  return files;
}

}  // namespace mlops::git
