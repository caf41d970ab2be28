// Chunks out of packs, each verified.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "known_damage.hpp"
#include "layout.hpp"
#include "pack_file.hpp"
#include "pack_index.hpp"
#include "recipe.hpp"

namespace mlops::artifacts {

enum class CheckChunks { yes, no };

// Chunks in memory, in order. Used again for the next ones, it keeps its memory.
class LoadedChunks {
 public:
  [[nodiscard]] const std::vector<std::span<const std::byte>>& pieces() const { return pieces_; }
  [[nodiscard]] std::size_t size() const;

  void clear();
  std::span<std::byte> buffer(std::size_t size);
  void add(std::span<const std::byte> piece) { pieces_.push_back(piece); }  // in one of the buffers
  void add(std::string_view bytes);                                         // copied

 private:
  struct Buffer {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t capacity = 0;
  };
  std::vector<Buffer> buffers_;
  std::size_t used_ = 0;
  std::vector<std::span<const std::byte>> pieces_;
};

// Safe to use from several threads.
class PackReader {
 public:
  PackReader(const LocalLayout& layout, PackIndex& index, bool notes_damage = true)
      : layout_{layout}, index_{index}, found_{layout, notes_damage} {}

  // Error{integrity} when it is in no pack, or damaged in all that have it.
  [[nodiscard]] std::string chunk(const ChunkRef& chunk);
  // nullopt when the store knows no recipe of this file; Error{integrity} when it is damaged.
  [[nodiscard]] std::optional<Recipe> recipe(const Digest& file);
  // Whether all of the object is in packs that last: its recipe may stand in one, and chunks of it in one that is
  // condemned.
  [[nodiscard]] bool lasts(const Digest& object);

  // Whether a copy that lasts is intact and has these bytes.
  [[nodiscard]] bool has_copy(const Digest& digest, RecordKind kind, std::span<const std::byte> bytes);
  // Of an object whose bytes don't have its digest: finds which of its chunks are damaged, or else takes its recipe for
  // that. It is noted, as is all damage that is met.
  void find_damage(const Digest& object, const Recipe& recipe);
  [[nodiscard]] FoundDamage& found() { return found_; }

  // Loads the chunks. What lies side by side in a pack is read at once. CheckChunks::no is for those who hash the whole
  // anyway. Errors as of chunk().
  void load(std::span<const ChunkRef> chunks, CheckChunks check, LoadedChunks& loaded);

 private:
  struct Run;
  void load_run(const Run& run, std::span<const ChunkRef> chunks, CheckChunks check, LoadedChunks& loaded);
  [[nodiscard]] std::shared_ptr<const PackFile> open(const Digest& pack);
  [[nodiscard]] std::optional<std::string> read_copy(const Place& place);
  [[nodiscard]] bool is_copy(const Place& place, std::span<const std::byte> bytes);
  void note(const Place& place, const PackFile& pack);
  void close_packs();
  [[nodiscard]] std::optional<std::string> any_copy(const Digest& digest, RecordKind kind);

  LocalLayout layout_;
  PackIndex& index_;
  std::mutex mutex_;
  std::map<Digest, std::shared_ptr<const PackFile>> open_packs_;
  FoundDamage found_;
};

}  // namespace mlops::artifacts
