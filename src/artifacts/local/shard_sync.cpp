#include "shard_sync.hpp"

#include <mlops/support/files.hpp>

namespace mlops::artifacts {

void ShardSync::settle(const ShardSet& touched) {
  for (std::size_t shard = 0; shard < touched.size(); ++shard) {
    if (touched.test(shard)) fsync_directory(layout_.shard(static_cast<std::uint8_t>(shard)));
  }
  const std::scoped_lock lock{mutex_};
  if ((touched & ~durable_).none()) return;
  fsync_directory(layout_.shards());
  durable_ |= touched;
}

}  // namespace mlops::artifacts
