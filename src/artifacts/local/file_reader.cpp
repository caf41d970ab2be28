#include "file_reader.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

#include <mlops/support/error.hpp>

namespace mlops::artifacts {

namespace {

// Loaded at once by one thread.
constexpr std::size_t batch_size = 1u << 20;
// A file up to this is loaded by the thread that asks for it: starting others would take longer.
constexpr std::uint64_t small_file = 4u << 20;

struct Batch {
  std::vector<ChunkRef> chunks;
  std::size_t size = 0;
  LoadedChunks loaded;
  std::exception_ptr failure;
  bool is_done = false;
};

using BatchPtr = std::shared_ptr<Batch>;

// Threads that load batches in the order in which they come.
class Loaders {
 public:
  Loaders(PackReader& packs, CheckChunks check, std::size_t count) : packs_{packs}, check_{check} {
    try {
      for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this] { run(); });
    } catch (const std::system_error&) {
      if (threads_.empty()) throw;
    }
  }
  ~Loaders() {
    {
      const std::scoped_lock lock{mutex_};
      is_ending_ = true;
    }
    changed_.notify_all();
  }
  Loaders(const Loaders&) = delete;
  Loaders& operator=(const Loaders&) = delete;

  void give(BatchPtr batch) {
    {
      const std::scoped_lock lock{mutex_};
      waiting_.push_back(std::move(batch));
    }
    changed_.notify_all();
  }

  void await(const Batch& batch) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&batch] { return batch.is_done; });
    if (batch.failure) std::rethrow_exception(batch.failure);
  }

 private:
  void run() {
    while (true) {
      BatchPtr batch;
      {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return is_ending_ || !waiting_.empty(); });
        if (is_ending_) return;
        batch = std::move(waiting_.front());
        waiting_.pop_front();
      }
      try {
        packs_.load(batch->chunks, check_, batch->loaded);
      } catch (...) {
        batch->failure = std::current_exception();
      }
      {
        const std::scoped_lock lock{mutex_};
        batch->is_done = true;
      }
      changed_.notify_all();
    }
  }

  PackReader& packs_;
  CheckChunks check_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<BatchPtr> waiting_;
  bool is_ending_ = false;
  std::vector<std::jthread> threads_;
};

void walk(PackReader& packs, const Digest& file, const Recipe& recipe,
          const std::function<void(const ChunkRef&)>& visit) {
  const bool is_whole = for_each_chunk(
      recipe, [&packs](const ChunkRef& chunk) { return packs.chunk(chunk); }, [](const ChunkRef&) {}, visit);
  if (is_whole) return;
  throw Error{ErrorKind::integrity, "the recipe of object `" + file.text() + "` is damaged: its parts don't add up"};
}

void read_small(PackReader& packs, const Digest& file, const Recipe& recipe, CheckChunks check,
                const TakePieces& take) {
  std::vector<ChunkRef> chunks;
  walk(packs, file, recipe, [&chunks](const ChunkRef& chunk) { chunks.push_back(chunk); });
  LoadedChunks loaded;
  packs.load(chunks, check, loaded);
  take(loaded.pieces());
}

}  // namespace

void read_file(PackReader& packs, const Digest& file, const Recipe& recipe, CheckChunks check, const TakePieces& take) {
  if (recipe.size <= small_file) {
    read_small(packs, file, recipe, check, take);
    return;
  }
  const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
  std::deque<BatchPtr> ahead;
  std::vector<BatchPtr> spare;
  Loaders loaders{packs, check, threads};
  const auto take_first = [&] {
    const BatchPtr batch = std::move(ahead.front());
    ahead.pop_front();
    loaders.await(*batch);
    take(batch->loaded.pieces());
    spare.push_back(batch);
  };
  auto batch = std::make_shared<Batch>();
  const auto send = [&] {
    ahead.push_back(batch);
    loaders.give(batch);
    if (ahead.size() > 2 * threads + 1) take_first();
    if (spare.empty()) {
      batch = std::make_shared<Batch>();
      return;
    }
    batch = std::move(spare.back());
    spare.pop_back();
    batch->chunks.clear();
    batch->loaded.clear();
    batch->size = 0;
    batch->is_done = false;
  };
  walk(packs, file, recipe, [&](const ChunkRef& chunk) {
    batch->chunks.push_back(chunk);
    batch->size += chunk.size;
    if (batch->size >= batch_size) send();
  });
  if (!batch->chunks.empty()) send();
  while (!ahead.empty()) take_first();
}

}  // namespace mlops::artifacts
