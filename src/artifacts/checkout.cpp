#include <algorithm>
#include <cerrno>
#include <chrono>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>

#include <mlops/artifacts/artifacts.hpp>
#include <mlops/artifacts/digest_cache.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/parallel.hpp>

#include "checkout_plan.hpp"
#include "folder_tree.hpp"
#include "fresh_file.hpp"
#include "in_quotes.hpp"
#include "leftovers.hpp"
#include "place.hpp"

namespace mlops::artifacts {

namespace fs = std::filesystem;

namespace {

struct Writing {
  domain::FileEntry file;
  bool replaces = false;  // what stood there when we looked; anything newer is not ours to replace
};

using Writings = std::span<const Writing>;

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

// Whether what was written of it before an interruption is of use: the store can tell which of its chunks are right.
bool is_continued(const domain::FileEntry& file) { return file.uri.empty(); }

// Nothing is written when something could not be completed anyway.
void require_objects(ArtifactStore& store, const std::vector<Writing>& writings) {
  for (const auto& [file, replaces] : writings) {
    if (!file.uri.empty() || store.has(file.digest)) continue;
    throw Error{ErrorKind::integrity,
                "the bytes of " + in_quotes(file.path) + " (`" + file.digest.text() + "`) are missing from the store"};
  }
}

// Waits until the file clock has left the tick `stamp`; true when it did so soon. A network file system may be ahead.
bool pass_tick(std::int64_t stamp) {
  constexpr int patience = 50;
  for (int tries = 0; tries < patience; ++tries) {
    if (file_clock() > stamp) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return false;
}

// Files are written by the batch: all of them, then one fsync after the other while the disk is already at it, and then
// they take their names.
class Writer {
 public:
  Writer(ArtifactStore& store, const FolderTree& tree, Leftovers& leftovers, DigestCache* cache)
      : store_{store}, tree_{tree}, leftovers_{leftovers}, cache_{cache} {}

  void write(Writings batch, const Progress& progress) const {
    std::vector<FreshFile> files;
    files.reserve(batch.size());
    std::shared_ptr<const FileDescriptor> folder;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const domain::FileEntry& file = batch[i].file;
      const std::string parent = folder_of(file.path);
      if (i == 0 || parent != folder_of(batch[i - 1].file.path)) {
        folder = std::make_shared<const FileDescriptor>(tree_.open(parent));
      }
      files.push_back(begin(file, folder));
      fill(file, files.back(), progress);
    }
    for (const FreshFile& file : files) file.sync();
    publish(batch, files);
  }

  // Every folder from the root down to the files, each once.
  void sync_folders(const std::vector<Writing>& writings) const {
    std::set<std::string> folders{""};
    for (const Writing& writing : writings) {
      for (std::string folder = folder_of(writing.file.path); folders.insert(folder).second;) {
        folder = folder_of(folder);
      }
    }
    for (const std::string& folder : folders) tree_.sync(folder);
  }

 private:
  // What a killed checkout has written of it, or an empty file.
  [[nodiscard]] FreshFile begin(const domain::FileEntry& file,
                                const std::shared_ptr<const FileDescriptor>& folder) const {
    const fs::path path = tree_.root() / file.path;
    if (is_continued(file)) {
      if (auto name = leftovers_.take(folder_of(file.path), file.digest)) {
        auto leftover = FreshFile::take_over(folder, path, std::move(*name), file.executable);
        if (leftover) return std::move(*leftover);
      }
    }
    return {folder, path, file.digest, file.executable};
  }

  void fill(const domain::FileEntry& file, const FreshFile& fresh, const Progress& progress) const {
    if (file.uri.empty() || store_.has(file.digest)) {
      store_.copy_to(file.digest, fresh.fd(), fresh.path(), progress);
    } else {
      copy_from_place(file, fresh.fd(), fresh.path(), progress);
    }
    fresh.start_sync();
  }

  void publish(Writings batch, std::vector<FreshFile>& files) const {
    std::vector<FileState> written;
    written.reserve(files.size());
    for (const FreshFile& file : files) written.push_back(file.state());
    const auto latest = std::ranges::max(written, {}, &FileState::modified).modified;
    const bool tell_apart = cache_ != nullptr && pass_tick(latest);
    for (std::size_t i = 0; i < files.size(); ++i) {
      files[i].publish(batch[i].replaces);
      if (!tell_apart) continue;
      const FileState now = files[i].state();
      if (now.modified == written[i].modified) cache_->remember_written(now, batch[i].file.digest);
    }
  }

  ArtifactStore& store_;
  const FolderTree& tree_;
  Leftovers& leftovers_;
  DigestCache* cache_;
};

// In runs of so many files and bytes that an fsync of one finds the others on their way to the disk too, and that all
// threads together stay below the usual limit of 1024 open files.
std::vector<Writings> batches_of(const std::vector<Writing>& writings) {
  constexpr std::size_t open_files = 256;
  constexpr std::size_t most_files = 64;
  constexpr std::uint64_t enough_bytes = 32u << 20;
  const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
  const std::size_t file_limit = std::clamp<std::size_t>(open_files / cores, 1, most_files);
  std::vector<Writings> batches;
  for (std::size_t begin = 0; begin < writings.size();) {
    std::size_t end = begin;
    std::uint64_t bytes = 0;
    while (end < writings.size() && end - begin < file_limit && bytes < enough_bytes)
      bytes += writings[end++].file.size;
    batches.push_back(Writings{writings}.subspan(begin, end - begin));
    begin = end;
  }
  return batches;
}

// In the folders of all files, whether they are written now or not.
void sweep_leftovers(const FolderTree& tree, const std::vector<domain::FileEntry>& files,
                     const std::vector<Writing>& writings, Leftovers& leftovers) {
  std::map<std::string, std::set<Digest>> wanted{{"", {}}};
  for (const domain::FileEntry& file : files) wanted[folder_of(file.path)];
  for (const Writing& writing : writings) {
    if (is_continued(writing.file)) wanted[folder_of(writing.file.path)].insert(writing.file.digest);
  }
  for (const auto& [folder, digests] : wanted) leftovers.sweep(tree, folder, digests);
}

void write_all_files(const Writer& writer, const std::vector<Writing>& writings, const Progress& progress) {
  if (writings.empty()) return;
  const std::vector<Writings> batches = batches_of(writings);
  parallel_for(batches.size(), progress,
               [&](std::size_t index, const Progress& shared) { writer.write(batches[index], shared); });
  writer.sync_folders(writings);
}

void set_executable(const FolderTree& tree, const domain::FileEntry& file, DigestCache* cache) {
  const fs::path path = tree.root() / file.path;
  const FileDescriptor folder = tree.open(folder_of(file.path));
  const FileDescriptor fd{
      ::openat(folder.get(), path.filename().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  struct stat before{};
  struct stat after{};
  constexpr mode_t permissions = 07777;
  if (!fd.valid() || ::fstat(fd.get(), &before) != 0 ||
      ::fchmod(fd.get(), with_executable(before.st_mode & permissions, file.executable)) != 0 ||
      ::fstat(fd.get(), &after) != 0) {
    throw system_error("can't set the permissions of", path.string(), errno);
  }
  const bool same_bytes = file_state(before).modified == file_state(after).modified;
  if (cache != nullptr && same_bytes && cache->find(file_state(before)) == file.digest) {
    cache->remember_written(file_state(after), file.digest);
  }
}

// Gives unchanged files the executable bit of the version.
void mend_modes(const FolderTree& tree, const std::vector<domain::FileEntry>& files, DigestCache* cache) {
  for (const domain::FileEntry& file : files) set_executable(tree, file, cache);
}

}  // namespace

CheckoutResult checkout_files(ArtifactStore& store, const std::vector<domain::FileEntry>& files,
                              const fs::path& directory, const CheckoutOptions& options, const StartProgress& start) {
  // The entries may come from a database that somebody else wrote.
  const std::vector<domain::FileEntry> wanted = domain::normalise_files(files);
  const fs::path base = directory.empty() ? fs::path{"."} : directory;
  const std::vector<Occupant> occupants = look_at_places(wanted, base, options, start);
  refuse_conflicts(wanted, occupants, base, options.force);

  CheckoutResult result;
  std::vector<Writing> writings;
  std::vector<domain::FileEntry> modes;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (occupants[i] == Occupant::same_file || occupants[i] == Occupant::other_mode) {
      ++result.unchanged;
      if (occupants[i] == Occupant::other_mode) modes.push_back(wanted[i]);
    } else {
      ++result.written;
      result.bytes += wanted[i].size;
      writings.push_back({wanted[i], occupants[i] == Occupant::other});
    }
  }
  require_objects(store, writings);
  if (options.dry_run || wanted.empty()) return result;
  const FolderTree tree{base};
  Leftovers leftovers;
  sweep_leftovers(tree, wanted, writings, leftovers);
  const Progress progress = start && result.bytes > 0 ? start(result.bytes) : Progress{};
  write_all_files(Writer{store, tree, leftovers, options.cache}, writings, progress);
  mend_modes(tree, modes, options.cache);
  return result;
}

}  // namespace mlops::artifacts
