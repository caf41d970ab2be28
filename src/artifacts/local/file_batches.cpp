#include "file_batches.hpp"

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

using BatchPtr = std::shared_ptr<Batch>;

// Threads that load batches in the order in which they come.
class Loaders {
 public:
  Loaders(const LoadBatch& load, std::size_t count) : load_{load} {
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
        load_(*batch);
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

  const LoadBatch& load_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<BatchPtr> waiting_;
  bool is_ending_ = false;
  std::vector<std::jthread> threads_;
};

void in_one_batch(PackReader& packs, const Digest& file, const Recipe& recipe, const LoadBatch& load,
                  const TakeBatch& take) {
  Batch batch;
  visit_chunks(packs, file, recipe, [&batch](const ChunkRef& chunk) { batch.add(chunk); });
  load(batch);
  take(batch);
}

}  // namespace

void visit_chunks(PackReader& packs, const Digest& file, const Recipe& recipe,
                  const std::function<void(const ChunkRef&)>& visit) {
  const bool is_whole = for_each_chunk(
      recipe, [&packs](const ChunkRef& chunk) { return packs.chunk(chunk); }, [](const ChunkRef&) {}, visit);
  if (is_whole) return;
  throw Error{ErrorKind::integrity, "the recipe of object `" + file.text() + "` is damaged: its parts don't add up"};
}

void in_batches(PackReader& packs, const Digest& file, const Recipe& recipe, const LoadBatch& load,
                const TakeBatch& take) {
  if (recipe.size <= small_file) {
    in_one_batch(packs, file, recipe, load, take);
    return;
  }
  const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
  std::deque<BatchPtr> ahead;
  std::vector<BatchPtr> spare;
  Loaders loaders{load, threads};
  const auto take_first = [&] {
    const BatchPtr batch = std::move(ahead.front());
    ahead.pop_front();
    loaders.await(*batch);
    take(*batch);
    spare.push_back(batch);
  };
  auto batch = std::make_shared<Batch>();
  const auto send = [&] {
    const std::uint64_t end = batch->offset + batch->size;
    ahead.push_back(batch);
    loaders.give(batch);
    if (ahead.size() > 2 * threads + 1) take_first();
    if (spare.empty()) {
      batch = std::make_shared<Batch>();
    } else {
      batch = std::move(spare.back());
      spare.pop_back();
    }
    batch->begin(end);
  };
  visit_chunks(packs, file, recipe, [&](const ChunkRef& chunk) {
    batch->add(chunk);
    if (batch->size >= batch_size) send();
  });
  if (!batch->chunks.empty()) send();
  while (!ahead.empty()) take_first();
}

}  // namespace mlops::artifacts
