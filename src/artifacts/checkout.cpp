#include <set>

#include <mlops/artifacts/artifacts.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "checkout_plan.hpp"
#include "in_quotes.hpp"
#include "parallel.hpp"

namespace mlops::artifacts {

namespace fs = std::filesystem;

namespace {

struct Writing {
  domain::FileEntry file;
  fs::path target;
  bool replaces = false;  // what stood there when we looked; anything newer is not ours to replace
};

// The folders that will hold the files, each once.
std::set<fs::path> folders_of(const std::vector<Writing>& writings) {
  std::set<fs::path> folders;
  for (const Writing& writing : writings) folders.insert(writing.target.parent_path());
  return folders;
}

// Nothing is written when something could not be completed anyway.
void require_objects(ArtifactStore& store, const std::vector<Writing>& writings) {
  for (const auto& [file, target, replaces] : writings) {
    if (store.has(file.digest)) continue;
    throw Error{ErrorKind::integrity,
                "the bytes of " + in_quotes(file.path) + " (`" + file.digest.text() + "`) are missing from the store"};
  }
}

// Complete under another name first, so that the old file stays until the new one takes its place.
void replace_file(ArtifactStore& store, const domain::FileEntry& file, const fs::path& target,
                  const Progress& progress) {
  const fs::path fresh = target.parent_path() / (".mlops-" + random_hex(16));
  store.materialise(file.digest, fresh, file.executable, progress);
  std::error_code failure;
  fs::rename(fresh, target, failure);
  if (!failure) return;
  std::error_code ignored;
  fs::remove(fresh, ignored);
  throw system_error("can't replace", target.string(), failure.value());
}

void write(ArtifactStore& store, const Writing& writing, const Progress& progress) {
  if (writing.replaces) {
    replace_file(store, writing.file, writing.target, progress);
  } else {
    store.materialise(writing.file.digest, writing.target, writing.file.executable, progress);
  }
}

void write_all_files(ArtifactStore& store, const std::vector<Writing>& writings, const Progress& progress) {
  const std::set<fs::path> folders = folders_of(writings);
  for (const fs::path& folder : folders) make_directories(folder);
  parallel_for(writings.size(), progress,
               [&](std::size_t index, const Progress& shared) { write(store, writings[index], shared); });
  for (const fs::path& folder : folders) fsync_directory(folder);
}

}  // namespace

CheckoutResult checkout_files(ArtifactStore& store, const std::vector<domain::FileEntry>& files,
                              const fs::path& directory, bool force, const Progress& progress) {
  // The entries may come from a database that somebody else wrote.
  const std::vector<domain::FileEntry> wanted = domain::normalise_files(files);
  const fs::path base = directory.empty() ? fs::path{"."} : directory;
  const std::vector<Occupant> occupants = look_at_places(wanted, base, progress);
  refuse_conflicts(wanted, occupants, base, force);

  CheckoutResult result;
  std::vector<Writing> writings;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (occupants[i] == Occupant::same_file) {
      ++result.unchanged;
      if (progress) progress(wanted[i].size);
    } else {
      ++result.written;
      result.bytes += wanted[i].size;
      writings.push_back({wanted[i], base / wanted[i].path, occupants[i] == Occupant::other});
    }
  }
  require_objects(store, writings);
  write_all_files(store, writings, progress);
  return result;
}

}  // namespace mlops::artifacts
