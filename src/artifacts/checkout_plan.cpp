#include "checkout_plan.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <set>
#include <string_view>

#include <sys/stat.h>

#include <mlops/artifacts/digest_cache.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/parallel.hpp>

#include "in_quotes.hpp"
#include "source_file.hpp"

namespace mlops::artifacts {

namespace fs = std::filesystem;

namespace {

// The mode of what stands there itself, not of what a link leads to.
std::optional<struct stat> status_without_following(const fs::path& path) {
  struct stat status = {};
  if (::lstat(path.c_str(), &status) == 0) return status;
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  throw system_error("can't read", path.string(), errno);
}

// Folders between the directory and the files that exist but are not folders themselves: "a/b" of "a/b/c.bin".
std::set<std::string> blocked_parents(const std::vector<domain::FileEntry>& files, const fs::path& directory) {
  std::set<std::string> parents;
  for (const domain::FileEntry& file : files) {
    for (auto slash = file.path.find('/'); slash != std::string::npos; slash = file.path.find('/', slash + 1)) {
      parents.insert(file.path.substr(0, slash));
    }
  }
  std::erase_if(parents, [&directory](const std::string& parent) {
    const auto status = status_without_following(directory / parent);
    return !status || S_ISDIR(status->st_mode);
  });
  return parents;
}

bool is_below_any(std::string_view path, const std::set<std::string>& folders) {
  for (auto slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
    if (folders.contains(std::string{path.substr(0, slash)})) return true;
  }
  return false;
}

// What stands there as far as its name and size tell: `same_file` when it may have the bytes.
struct Look {
  Occupant occupant = Occupant::nothing;
  FileState state = {};
  bool is_right_mode = true;
};

Look look_at(const domain::FileEntry& file, const fs::path& place) {
  const auto status = status_without_following(place);
  if (!status) return {Occupant::nothing};
  if (S_ISDIR(status->st_mode)) return {Occupant::obstacle};
  if (!S_ISREG(status->st_mode) || static_cast<std::uint64_t>(status->st_size) != file.size) return {Occupant::other};
  return {Occupant::same_file, file_state(*status), ((status->st_mode & S_IXUSR) != 0) == file.executable};
}

Digest read_digest(const fs::path& place, DigestCache* cache, const Progress& progress) {
  const std::int64_t read_at = file_clock();
  const SourceFile source{place};
  const Digest digest = hash_source(source, progress);
  if (cache != nullptr) cache->remember(source.state(), digest, read_at);
  return digest;
}

}  // namespace

std::vector<Occupant> look_at_places(const std::vector<domain::FileEntry>& files, const fs::path& directory,
                                     const CheckoutOptions& options, const StartProgress& start) {
  const std::set<std::string> blocked = blocked_parents(files, directory);
  std::vector<Look> looks(files.size());
  std::vector<std::size_t> unread;
  std::uint64_t unread_bytes = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    looks[i] =
        is_below_any(files[i].path, blocked) ? Look{Occupant::obstacle} : look_at(files[i], directory / files[i].path);
    if (looks[i].occupant != Occupant::same_file) continue;
    const bool may_trust = options.cache != nullptr && !options.read_again;
    const auto known = may_trust ? options.cache->find(looks[i].state) : std::nullopt;
    if (known) {
      if (*known != files[i].digest) looks[i].occupant = Occupant::other;
      continue;
    }
    unread.push_back(i);
    unread_bytes += files[i].size;
  }
  const Progress progress = start && unread_bytes > 0 ? start(unread_bytes) : Progress{};
  parallel_for(unread.size(), progress, [&](std::size_t index, const Progress& shared) {
    const std::size_t i = unread[index];
    const Digest digest = read_digest(directory / files[i].path, options.cache, shared);
    if (digest != files[i].digest) looks[i].occupant = Occupant::other;
  });

  std::vector<Occupant> occupants;
  occupants.reserve(looks.size());
  for (const Look& look : looks) {
    const bool mend = look.occupant == Occupant::same_file && !look.is_right_mode;
    occupants.push_back(mend ? Occupant::other_mode : look.occupant);
  }
  return occupants;
}

void refuse_conflicts(const std::vector<domain::FileEntry>& files, const std::vector<Occupant>& occupants,
                      const fs::path& directory, bool force) {
  const auto refuse = [&](Occupant kind, std::string_view reason, std::string hint) {
    const auto first = std::find(occupants.begin(), occupants.end(), kind);
    if (first == occupants.end()) return;
    const auto index = static_cast<std::size_t>(first - occupants.begin());
    const auto more = std::count(first + 1, occupants.end(), kind);
    std::string message = in_quotes(directory / files[index].path) + " " + std::string{reason};
    if (more > 0) message += " (and " + std::to_string(more) + " more)";
    throw Error{ErrorKind::conflict, std::move(message), {std::move(hint)}};
  };
  refuse(Occupant::obstacle, "can't be written: a folder, or a symbolic link or file on the way to it, is in its place",
         "move it away, or check out into another folder");
  if (!force) refuse(Occupant::other, "exists with other content", "use `--force` to replace it");
}

}  // namespace mlops::artifacts
