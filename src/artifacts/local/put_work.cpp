#include "put_work.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>

#include "large_file.hpp"
#include "put_chunks.hpp"
#include "source_file.hpp"

namespace mlops::artifacts {

namespace {

// The work on all files, handed out to the threads in small steps.
class PutWork {
 public:
  PutWork(ChunkWriter& writer, WholeObjects& whole, const Lease& lease, const WholeObjects::Sharing& sharing,
          std::span<const std::filesystem::path> sources, const Progress& progress, std::size_t threads)
      : writer_{writer},
        whole_{whole},
        lease_{lease},
        sharing_{sharing},
        sources_{sources},
        progress_{progress},
        stored_(sources.size()),
        large_at_once_{threads},
        free_segments_{2 * threads + 4} {}

  // One thread's share.
  void run() {
    try {
      while (const Step step = next_step()) step();
    } catch (...) {
      fail(std::current_exception());
    }
  }

  std::vector<StoredObject> finish() {
    if (failure_) std::rethrow_exception(failure_);
    return std::move(stored_);
  }

 private:
  using Step = std::function<void()>;

  // Waits until there is something to do; empty at the end. What frees memory comes first.
  Step next_step() {
    std::unique_lock lock{mutex_};
    while (true) {
      if (failure_) return {};
      if (Step step = hash_step()) return step;
      if (!to_store_.empty()) {
        const auto next = to_store_.front();
        to_store_.pop_front();
        return [this, next] { store(next.first, next.second); };
      }
      if (Step step = read_step()) return step;
      if (large_.size() < large_at_once_ && next_source_ < sources_.size()) {
        const std::size_t index = next_source_++;
        ++opening_;
        return [this, index] { open(index); };
      }
      if (large_.empty() && opening_ == 0) return {};
      changed_.wait(lock);
    }
  }

  Step hash_step() {
    for (const LargeFilePtr& file : large_) {
      if (file->is_hashing || !file->to_hash.contains(file->next_to_hash)) continue;
      file->is_hashing = true;
      return [this, file] { hash(file); };
    }
    return {};
  }

  Step read_step() {
    if (free_segments_ == 0) return {};
    for (const LargeFilePtr& file : large_) {
      if (file->is_reading || file->is_read) continue;
      file->is_reading = true;
      --free_segments_;
      return [this, file] { read(file); };
    }
    return {};
  }

  void open(std::size_t index) {
    SourceFile source{sources_[index]};
    std::optional<StoredObject> stored = share(source);
    if (!stored && source.size() <= segment_size) stored = put_small(source);
    {
      const std::scoped_lock lock{mutex_};
      --opening_;
      if (stored) {
        stored_[index] = *stored;
      } else {
        large_.push_back(std::make_shared<LargeFile>(index, std::move(source), writer_));
      }
    }
    changed_.notify_all();
  }

  std::optional<StoredObject> share(const SourceFile& source) {
    if (!whole_.wants(source.size())) return std::nullopt;
    return whole_.share(source, lease_, [this](std::uint64_t bytes) { report(bytes); }, sharing_);
  }

  StoredObject put_small(const SourceFile& source) {
    std::vector<std::byte> bytes(source.size() + 1);
    bytes.resize(source.read_at(0, bytes));
    // Told of before the last look at the file, so that an interruption leaves it as not read.
    report(bytes.size());
    source.confirm_unchanged(bytes.size());
    StoredObject stored = put_memory(writer_, bytes);
    stored.source = source.state();
    return stored;
  }

  void read(const LargeFilePtr& file) {
    const SegmentPtr segment = take_segment();
    const ReadSegment read = read_segment(*file, *segment);
    // Told of before the last look at the file, so that an interruption leaves it as not read.
    report(read.bytes);
    if (read.at_end) file->source.confirm_unchanged(file->offset);
    {
      const std::scoped_lock lock{mutex_};
      file->is_reading = false;
      file->is_read = read.at_end;
      ++file->segments;
      ++file->segments_left;
      file->to_hash.emplace(segment->sequence, segment);
      to_store_.emplace_back(file, segment);
    }
    changed_.notify_all();
  }

  // As many segments as are there, in order.
  void hash(const LargeFilePtr& file) {
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
      release(file, segment);
    }
  }

  void store(const LargeFilePtr& file, const SegmentPtr& segment) {
    AddedChunks added = add_chunks(writer_, segment->chunks);
    {
      const std::scoped_lock lock{mutex_};
      file->any_new = file->any_new || added.any_new;
      file->to_list.emplace(segment->sequence, std::move(added.chunks));
    }
    list(file);
    release(file, segment);
  }

  void list(const LargeFilePtr& file) {
    while (true) {
      std::vector<ChunkRef> chunks;
      {
        const std::scoped_lock lock{mutex_};
        const auto next = file->to_list.find(file->next_to_list);
        if (file->is_listing || next == file->to_list.end()) return;
        file->is_listing = true;
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
  void release(const LargeFilePtr& file, const SegmentPtr& segment) {
    bool is_complete = false;
    {
      const std::scoped_lock lock{mutex_};
      if (--segment->uses_left > 0) return;
      ++free_segments_;
      spare_.push_back(segment);
      is_complete = --file->segments_left == 0 && file->is_read;
    }
    if (is_complete) complete(file);
    changed_.notify_all();
  }

  void complete(const LargeFilePtr& file) {
    list(file);
    StoredObject stored{.digest = file->hash.finish(), .size = file->offset, .source = file->source.state()};
    const bool is_new_recipe = add_recipe(writer_, stored.digest, file->recipe.finish());
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
  const WholeObjects::Sharing& sharing_;
  const std::span<const std::filesystem::path> sources_;
  const Progress& progress_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<StoredObject> stored_;
  std::size_t next_source_ = 0;
  std::size_t opening_ = 0;
  std::list<LargeFilePtr> large_;
  std::size_t large_at_once_;
  std::deque<std::pair<LargeFilePtr, SegmentPtr>> to_store_;
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
                                      const WholeObjects::Sharing& sharing,
                                      std::span<const std::filesystem::path> sources, const Progress& progress) {
  const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
  PutWork work{writer, whole, lease, sharing, sources, progress, threads};
  {
    std::vector<std::jthread> helpers;
    start_helpers(work, threads - 1, helpers);
    work.run();
  }
  return work.finish();
}

}  // namespace mlops::artifacts
