// Making new names durable: one fsync per folder for as many objects as were added to it.
#pragma once

#include <bitset>
#include <cstdint>
#include <mutex>

#include "layout.hpp"

namespace mlops::artifacts {

using ShardSet = std::bitset<256>;

// The shards that one put, or one batch of puts on several threads, relies on. Also those where the object was there
// already: whoever put it may not have come to the fsync yet.
class TouchedShards {
 public:
  void add(std::uint8_t shard) {
    const std::scoped_lock lock{mutex_};
    shards_.set(shard);
  }
  [[nodiscard]] ShardSet get() const {
    const std::scoped_lock lock{mutex_};
    return shards_;
  }

 private:
  mutable std::mutex mutex_;
  ShardSet shards_;
};

class ShardSync {
 public:
  explicit ShardSync(LocalLayout layout) : layout_{std::move(layout)} {}

  // When it returns, every object that is now in one of these shards is there for good.
  void settle(const ShardSet& touched);

 private:
  LocalLayout layout_;
  std::mutex mutex_;
  ShardSet durable_;  // shards that this process knows to survive a crash themselves
};

}  // namespace mlops::artifacts
