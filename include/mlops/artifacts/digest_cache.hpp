// Which digest a file had when all of it was last read, so that an unchanged file need not be read again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include <mlops/support/digest.hpp>
#include <mlops/support/file_state.hpp>

namespace mlops::artifacts {

// A file of the registry that may be lost or damaged at any time: it then knows nothing. Safe to use from several
// threads and several processes at once. Format: docs/formats.md.
class DigestCache {
 public:
  // Reads the file when it is first asked.
  explicit DigestCache(std::filesystem::path file);
  ~DigestCache();  // does not save
  DigestCache(const DigestCache&) = delete;
  DigestCache& operator=(const DigestCache&) = delete;

  // The digest of the file that is in this state; nullopt when unknown.
  [[nodiscard]] std::optional<Digest> find(const FileState& state) const;
  // `state` as it was before the bytes were read and again after; `read_at` is file_clock() when the reading began.
  // Nothing is remembered of a file that was changed so shortly before that a second change could hide behind the same
  // time stamps.
  void remember(const FileState& state, const Digest& digest, std::int64_t read_at);
  // The same for a file that we wrote ourselves under a name nobody knew, which had `state.modified` before it took its
  // own name, at a later tick of the file clock: whoever writes to it from then on changes that stamp.
  void remember_written(const FileState& state, const Digest& digest);
  // Writes what was remembered, if anything, for the next command. A failure (read-only registry, full disk) is
  // silent: it costs time, never truth.
  void save() noexcept;

 private:
  struct Table;
  std::unique_ptr<Table> table_;
};

}  // namespace mlops::artifacts
