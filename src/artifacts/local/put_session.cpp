#include "put_session.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>

#include <mlops/support/error.hpp>

#include "chunker.hpp"
#include "little_endian.hpp"
#include "recipe.hpp"
#include "source_file.hpp"

namespace mlops::artifacts {

namespace {

// What is read of a large file at once. A smaller file is one thread's work from start to end.
constexpr std::size_t segment_size = 1u << 20;
// A file up to this is one chunk: its digest is that of the file, and nothing is hashed twice.
constexpr std::size_t one_chunk = max_chunk;

using Chunks = std::vector<std::span<const std::byte>>;

// The chunks of all bytes, or without the last ones that more bytes could lengthen.
Chunks cut(std::span<const std::byte> bytes, bool at_end) {
  Chunks chunks;
  while (bytes.size() >= max_chunk || (at_end && !bytes.empty())) {
    const auto chunk = bytes.first(first_chunk(bytes));
    chunks.push_back(chunk);
    bytes = bytes.subspan(chunk.size());
  }
  return chunks;
}

struct AddedChunks {
  std::vector<ChunkRef> chunks;
  bool any_new = false;
};

AddedChunks add_chunks(ChunkWriter& writer, ChunkWriter::Slot& slot, const Chunks& chunks) {
  AddedChunks added;
  std::vector<ChunkWriter::Piece> pieces;
  for (const auto& chunk : chunks) {
    const Digest digest = sha256(chunk);
    added.chunks.push_back({digest, static_cast<std::uint32_t>(chunk.size())});
    pieces.push_back({digest, chunk});
  }
  added.any_new = writer.add(slot, pieces) > 0;
  return added;
}

bool add_recipe(ChunkWriter& writer, ChunkWriter::Slot& slot, const Digest& file, const Recipe& recipe) {
  const std::string bytes = encode_recipe(recipe);
  const ChunkWriter::Piece piece{file, as_bytes(bytes), RecordKind::file};
  return writer.add(slot, {&piece, 1}) > 0;
}

StoredObject add_small(ChunkWriter& writer, ChunkWriter::Slot& slot, std::span<const std::byte> bytes) {
  StoredObject stored{.digest = sha256(bytes), .size = bytes.size()};
  if (bytes.size() <= one_chunk) {
    const ChunkWriter::Piece piece{stored.digest, bytes};
    stored.was_new = writer.add(slot, {&piece, 1}) > 0;
    return stored;
  }
  const AddedChunks added = add_chunks(writer, slot, cut(bytes, true));
  RecipeBuilder builder{[&writer, &slot](std::span<const std::byte> list) {
    const ChunkWriter::Piece piece{sha256(list), list};
    writer.add(slot, {&piece, 1});
    return piece.digest;
  }};
  for (const ChunkRef& chunk : added.chunks) builder.add(chunk);
  const bool is_new_recipe = add_recipe(writer, slot, stored.digest, builder.finish());
  stored.was_new = added.any_new || is_new_recipe;
  return stored;
}

// A piece of a large file that is a whole number of chunks.
struct Segment {
  std::vector<std::byte> buffer;
  Chunks chunks;
  std::size_t sequence = 0;
  int uses_left = 2;  // the file's hash, and the chunks'

  [[nodiscard]] std::span<const std::byte> bytes() const {
    std::size_t size = 0;
    for (const auto& chunk : chunks) size += chunk.size();
    return std::span<const std::byte>{buffer}.first(size);
  }
};

// A large file on its way. Reading, hashing the whole, and listing the chunks each go in order, at most one thread at
// a time; hashing and storing the chunks of its segments go as they come.
struct LargeFile {
  LargeFile(std::size_t at, SourceFile file, ChunkWriter& writer)
      : index{at}, source{std::move(file)}, recipe{[this, &writer](std::span<const std::byte> bytes) {
          const ChunkWriter::Piece piece{sha256(bytes), bytes};
          writer.add(*lister, {&piece, 1});
          return piece.digest;
        }} {}

  std::size_t index;
  SourceFile source;

  bool is_reading = false;
  bool is_read = false;
  std::uint64_t offset = 0;         // of what is read next
  std::vector<std::byte> leftover;  // read, but not cut yet
  std::size_t segments = 0;         // made so far
  std::size_t segments_left = 0;    // not done with

  bool is_hashing = false;
  Sha256 hash;
  std::size_t next_to_hash = 0;
  std::map<std::size_t, std::shared_ptr<Segment>> to_hash;

  bool is_listing = false;
  ChunkWriter::Slot* lister = nullptr;  // of the thread that is at it
  RecipeBuilder recipe;
  std::size_t next_to_list = 0;
  std::map<std::size_t, std::vector<ChunkRef>> to_list;

  bool any_new = false;
};

using FilePtr = std::shared_ptr<LargeFile>;
using SegmentPtr = std::shared_ptr<Segment>;

// The work on all files, handed out to the threads in small steps.
class PutWork {
 public:
  PutWork(ChunkWriter& writer, WholeObjects& whole, const Lease& lease, std::span<const std::filesystem::path> sources,
          const Progress& progress, std::size_t threads)
      : writer_{writer},
        whole_{whole},
        lease_{lease},
        sources_{sources},
        progress_{progress},
        stored_(sources.size()),
        large_at_once_{threads},
        free_segments_{2 * threads + 4} {}

  // One thread's share.
  void run() {
    ChunkWriter::Slot slot = writer_.slot();
    try {
      while (const Step step = next_step()) step(slot);
      if (!has_failed()) writer_.close(slot);
    } catch (...) {
      fail(std::current_exception());
    }
  }

  std::vector<StoredObject> finish() {
    if (failure_) std::rethrow_exception(failure_);
    return std::move(stored_);
  }

 private:
  using Step = std::function<void(ChunkWriter::Slot&)>;

  // Waits until there is something to do; empty at the end. What frees memory comes first.
  Step next_step() {
    std::unique_lock lock{mutex_};
    while (true) {
      if (failure_) return {};
      if (Step step = hash_step()) return step;
      if (!to_store_.empty()) {
        const auto next = to_store_.front();
        to_store_.pop_front();
        return [this, next](ChunkWriter::Slot& slot) { store(slot, next.first, next.second); };
      }
      if (Step step = read_step()) return step;
      if (large_.size() < large_at_once_ && next_source_ < sources_.size()) {
        const std::size_t index = next_source_++;
        ++opening_;
        return [this, index](ChunkWriter::Slot& slot) { open(slot, index); };
      }
      if (large_.empty() && opening_ == 0) return {};
      changed_.wait(lock);
    }
  }

  Step hash_step() {
    for (const FilePtr& file : large_) {
      if (file->is_hashing || !file->to_hash.contains(file->next_to_hash)) continue;
      file->is_hashing = true;
      return [this, file](ChunkWriter::Slot& slot) { hash(slot, file); };
    }
    return {};
  }

  Step read_step() {
    if (free_segments_ == 0) return {};
    for (const FilePtr& file : large_) {
      if (file->is_reading || file->is_read) continue;
      file->is_reading = true;
      --free_segments_;
      return [this, file](ChunkWriter::Slot&) { read(file); };
    }
    return {};
  }

  void open(ChunkWriter::Slot& slot, std::size_t index) {
    SourceFile source{sources_[index]};
    const auto done = [this, index](const std::optional<StoredObject>& stored) {
      {
        const std::scoped_lock lock{mutex_};
        --opening_;
        if (stored) stored_[index] = *stored;
      }
      changed_.notify_all();
    };
    if (whole_.wants(source.size())) {
      const auto shared = whole_.share(
          source, lease_, [this](std::uint64_t bytes) { report(bytes); },
          [this](const Digest& digest) { return writer_.has(digest); });
      if (shared) {
        done(shared);
        return;
      }
    }
    if (source.size() <= segment_size) {
      std::vector<std::byte> bytes(source.size() + 1);
      bytes.resize(source.read_at(0, bytes));
      // Told of before the last look at the file, so that an interruption leaves it as not read.
      report(bytes.size());
      source.confirm_unchanged(bytes.size());
      StoredObject stored = add_small(writer_, slot, bytes);
      stored.source = source.state();
      done(stored);
      return;
    }
    auto file = std::make_shared<LargeFile>(index, std::move(source), writer_);
    {
      const std::scoped_lock lock{mutex_};
      large_.push_back(std::move(file));
    }
    done(std::nullopt);
  }

  void read(const FilePtr& file) {
    auto segment = take_segment();
    std::vector<std::byte>& buffer = segment->buffer;
    const std::size_t kept = file->leftover.size();
    buffer.resize(kept + segment_size);
    std::ranges::copy(file->leftover, buffer.begin());
    const std::size_t got = file->source.read_at(file->offset, std::span{buffer}.subspan(kept));
    buffer.resize(kept + got);
    file->offset += got;
    report(got);
    const bool at_end = got < segment_size;
    if (at_end) file->source.confirm_unchanged(file->offset);
    segment->chunks = cut(buffer, at_end);
    segment->sequence = file->segments;
    segment->uses_left = 2;
    const std::size_t used = segment->bytes().size();
    file->leftover.assign(buffer.begin() + static_cast<std::ptrdiff_t>(used), buffer.end());
    {
      const std::scoped_lock lock{mutex_};
      file->is_reading = false;
      file->is_read = at_end;
      ++file->segments;
      ++file->segments_left;
      file->to_hash.emplace(segment->sequence, segment);
      to_store_.emplace_back(file, segment);
    }
    changed_.notify_all();
  }

  // As many segments as are there, in order.
  void hash(ChunkWriter::Slot& slot, const FilePtr& file) {
    while (true) {
      SegmentPtr segment;
      {
        const std::scoped_lock lock{mutex_};
        const auto next = file->to_hash.find(file->next_to_hash);
        if (next == file->to_hash.end() || failure_) {
          file->is_hashing = false;
          return;
        }
        segment = next->second;
        file->to_hash.erase(next);
      }
      file->hash.update(segment->bytes());
      {
        const std::scoped_lock lock{mutex_};
        ++file->next_to_hash;
      }
      release(slot, file, segment);
    }
  }

  void store(ChunkWriter::Slot& slot, const FilePtr& file, const SegmentPtr& segment) {
    AddedChunks added = add_chunks(writer_, slot, segment->chunks);
    {
      const std::scoped_lock lock{mutex_};
      file->any_new = file->any_new || added.any_new;
      file->to_list.emplace(segment->sequence, std::move(added.chunks));
    }
    list(slot, file);
    release(slot, file, segment);
  }

  void list(ChunkWriter::Slot& slot, const FilePtr& file) {
    while (true) {
      std::vector<ChunkRef> chunks;
      {
        const std::scoped_lock lock{mutex_};
        const auto next = file->to_list.find(file->next_to_list);
        if (file->is_listing || next == file->to_list.end()) return;
        file->is_listing = true;
        file->lister = &slot;
        chunks = std::move(next->second);
        file->to_list.erase(next);
      }
      for (const ChunkRef& chunk : chunks) file->recipe.add(chunk);
      const std::scoped_lock lock{mutex_};
      ++file->next_to_list;
      file->is_listing = false;
    }
  }

  // The segment has served one of its two purposes; the last one of a file ends the file.
  void release(ChunkWriter::Slot& slot, const FilePtr& file, const SegmentPtr& segment) {
    bool is_complete = false;
    {
      const std::scoped_lock lock{mutex_};
      if (--segment->uses_left > 0) return;
      ++free_segments_;
      spare_.push_back(segment);
      is_complete = --file->segments_left == 0 && file->is_read;
    }
    if (is_complete) complete(slot, file);
    changed_.notify_all();
  }

  void complete(ChunkWriter::Slot& slot, const FilePtr& file) {
    list(slot, file);
    StoredObject stored{.digest = file->hash.finish(), .size = file->offset, .source = file->source.state()};
    file->lister = &slot;
    const bool is_new_recipe = add_recipe(writer_, slot, stored.digest, file->recipe.finish());
    stored.was_new = file->any_new || is_new_recipe;
    const std::scoped_lock lock{mutex_};
    stored_[file->index] = stored;
    large_.remove(file);
  }

  SegmentPtr take_segment() {
    const std::scoped_lock lock{mutex_};
    if (spare_.empty()) return std::make_shared<Segment>();
    SegmentPtr segment = std::move(spare_.back());
    spare_.pop_back();
    return segment;
  }

  void report(std::uint64_t bytes) {
    if (!progress_) return;
    const std::scoped_lock lock{progress_mutex_};
    progress_(bytes);
  }

  bool has_failed() {
    const std::scoped_lock lock{mutex_};
    return failure_ != nullptr;
  }

  void fail(std::exception_ptr failure) {
    {
      const std::scoped_lock lock{mutex_};
      if (!failure_) failure_ = std::move(failure);
    }
    changed_.notify_all();
  }

  ChunkWriter& writer_;
  WholeObjects& whole_;
  const Lease& lease_;
  const std::span<const std::filesystem::path> sources_;
  const Progress& progress_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<StoredObject> stored_;
  std::size_t next_source_ = 0;
  std::size_t opening_ = 0;
  std::list<FilePtr> large_;
  std::size_t large_at_once_;
  std::deque<std::pair<FilePtr, SegmentPtr>> to_store_;
  std::size_t free_segments_;
  std::vector<SegmentPtr> spare_;
  std::exception_ptr failure_;

  std::mutex progress_mutex_;
};

// This thread works too.
void start_helpers(PutWork& work, std::size_t count, std::vector<std::jthread>& helpers) {
  try {
    for (std::size_t i = 0; i < count; ++i) helpers.emplace_back([&work] { work.run(); });
  } catch (const std::system_error&) {
    return;  // no more threads to be had: those that run do the work
  }
}

}  // namespace

std::vector<StoredObject> put_sources(ChunkWriter& writer, WholeObjects& whole, const Lease& lease,
                                      std::span<const std::filesystem::path> sources, const Progress& progress) {
  const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
  PutWork work{writer, whole, lease, sources, progress, threads};
  {
    std::vector<std::jthread> helpers;
    start_helpers(work, threads - 1, helpers);
    work.run();
  }
  return work.finish();
}

StoredObject put_memory(ChunkWriter& writer, std::string_view bytes) {
  ChunkWriter::Slot slot = writer.slot();
  const StoredObject stored = add_small(writer, slot, as_bytes(bytes));
  writer.close(slot);
  return stored;
}

}  // namespace mlops::artifacts
