#include "live_set.hpp"

#include <algorithm>

#include <mlops/support/error.hpp>

namespace mlops::artifacts {

std::uint64_t LiveSet::key(const Digest& digest) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = number << 8 | digest.bytes()[i];
  return number;
}

void LiveSet::close() {
  std::ranges::sort(keys_);
  const auto twins = std::ranges::unique(keys_);
  keys_.erase(twins.begin(), twins.end());
}

bool LiveSet::contains(const Digest& digest) const { return std::ranges::binary_search(keys_, key(digest)); }

LiveSet mark(StoreParts& store, const std::vector<Digest>& objects) {
  LiveSet live;
  for (const Digest& object : objects) {
    live.add(object);
    try {
      for_each_record(store, object, [&live](const RecordKey& key) { live.add(key.digest); });
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::integrity) throw;
      // What a damaged recipe needs can't be told, and all of it may be wanted when the recipe is healed.
      throw Error{ErrorKind::integrity,
                  "nothing can be collected: " + error.message(),
                  {"`mlops artifacts repair` comes first"}};
    }
  }
  live.close();
  return live;
}

}  // namespace mlops::artifacts
