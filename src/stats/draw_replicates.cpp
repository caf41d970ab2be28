#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "replicates.hpp"

namespace mlops::stats {
namespace {

// Enough work for the start of a block to cost nothing, and enough blocks for many cores.
constexpr std::size_t block_size = 64;

class BlocksOfReplicates {
 public:
  BlocksOfReplicates(std::size_t count, std::uint64_t seed) : values_(count) {
    Random random{seed};
    seeds_.resize((count + block_size - 1) / block_size);
    for (std::uint64_t& block_seed : seeds_) block_seed = random();
  }

  [[nodiscard]] std::size_t blocks() const { return seeds_.size(); }

  // The work of one thread: takes the next block until there is none.
  void work(const std::function<Replicate()>& make) {
    try {
      const Replicate replicate = make();
      for (std::size_t block = next_++; block < seeds_.size(); block = next_++) {
        Random random{seeds_[block]};
        const std::size_t first = block * block_size;
        const std::size_t end = std::min(first + block_size, values_.size());
        for (std::size_t i = first; i < end; ++i) values_[i] = replicate(random);
      }
    } catch (...) {
      next_ = seeds_.size();
      const std::lock_guard lock{mutex_};
      if (!failure_) failure_ = std::current_exception();
    }
  }

  std::vector<double> finish() {
    if (failure_) std::rethrow_exception(failure_);
    return std::move(values_);
  }

 private:
  std::vector<double> values_;
  std::vector<std::uint64_t> seeds_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
  std::exception_ptr failure_;
};

}  // namespace

std::vector<double> draw_replicates(const BootstrapOptions& options, const std::function<Replicate()>& make) {
  BlocksOfReplicates blocks{static_cast<std::size_t>(options.replicates), options.seed};
  const std::size_t wanted = options.threads > 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
  const std::size_t threads = std::min(wanted, blocks.blocks());
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back([&blocks, &make] { blocks.work(make); });
    blocks.work(make);
  }
  return blocks.finish();
}

}  // namespace mlops::stats
