#include <algorithm>
#include <iterator>
#include <numeric>

#include <mlops/artifacts/artifacts.hpp>
#include <mlops/artifacts/digest_cache.hpp>
#include <mlops/support/parallel.hpp>

#include "place.hpp"
#include "source_file.hpp"

namespace mlops::artifacts {

namespace {

using Indexes = std::vector<std::size_t>;

// Which files need not be read, and which must.
struct Sorted {
  Indexes known;
  Indexes unknown;
};

// Begins the entries; those of known files are complete.
Sorted sort_by_knowledge(const std::vector<PlannedFile>& files, const ReadOptions& options,
                         std::vector<domain::FileEntry>& entries) {
  Sorted sorted;
  const bool may_trust = options.cache != nullptr && !options.read_again;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto known = may_trust ? options.cache->find(files[i].state) : std::nullopt;
    entries[i] = {.path = files[i].path,
                  .digest = known.value_or(Digest{}),
                  .size = files[i].state.size,
                  .executable = files[i].executable};
    (known ? sorted.known : sorted.unknown).push_back(i);
  }
  return sorted;
}

std::uint64_t total_size(const std::vector<PlannedFile>& files, const Indexes& indexes) {
  return std::accumulate(indexes.begin(), indexes.end(), std::uint64_t{0},
                         [&files](std::uint64_t sum, std::size_t index) { return sum + files[index].state.size; });
}

Progress begin(const StartProgress& start, std::uint64_t total) {
  return start && total > 0 ? start(total) : Progress{};
}

void remember(const ReadOptions& options, const FileState& state, const Digest& digest, std::int64_t read_at) {
  if (options.cache != nullptr && state != FileState{}) options.cache->remember(state, digest, read_at);
}

std::vector<domain::FileEntry> hashed(const std::vector<PlannedFile>& files, const StartProgress& start,
                                      const ReadOptions& options) {
  std::vector<domain::FileEntry> entries(files.size());
  const Indexes unknown = sort_by_knowledge(files, options, entries).unknown;
  const Progress progress = begin(start, total_size(files, unknown));
  parallel_for(unknown.size(), progress, [&](std::size_t index, const Progress& shared) {
    const std::int64_t read_at = file_clock();
    const SourceFile source{files[unknown[index]].source};
    domain::FileEntry& entry = entries[unknown[index]];
    entry.digest = hash_source(source, shared);
    entry.size = source.size();
    remember(options, source.state(), entry.digest, read_at);
  });
  return entries;
}

}  // namespace

std::vector<domain::FileEntry> store_files(PutBatch& batch, const std::vector<PlannedFile>& files,
                                           const StartProgress& start, const ReadOptions& options) {
  std::vector<domain::FileEntry> entries(files.size());
  auto [known, unread] = sort_by_knowledge(files, options, entries);
  std::ranges::copy_if(known, std::back_inserter(unread),
                       [&](std::size_t index) { return !batch.holds(entries[index].digest); });
  std::vector<std::filesystem::path> sources;
  sources.reserve(unread.size());
  for (const std::size_t index : unread) sources.push_back(files[index].source);
  const std::int64_t read_at = file_clock();
  const auto stored = batch.put_files(sources, begin(start, total_size(files, unread)));
  for (std::size_t i = 0; i < unread.size(); ++i) {
    entries[unread[i]].digest = stored[i].digest;
    entries[unread[i]].size = stored[i].size;
    remember(options, stored[i].source, stored[i].digest, read_at);
  }
  return domain::normalise_files(std::move(entries));
}

std::vector<domain::FileEntry> hash_files(const std::vector<PlannedFile>& files, const StartProgress& start,
                                          const ReadOptions& options) {
  return domain::normalise_files(hashed(files, start, options));
}

std::vector<domain::FileEntry> refer_to_files(const std::vector<PlannedFile>& files, const StartProgress& start,
                                              const ReadOptions& options) {
  std::vector<domain::FileEntry> entries = hashed(files, start, options);
  for (std::size_t i = 0; i < files.size(); ++i) entries[i].uri = uri_of(files[i].source);
  return domain::normalise_files(std::move(entries));
}

}  // namespace mlops::artifacts
