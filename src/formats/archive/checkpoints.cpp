#include "archive/checkpoints.hpp"

#include <algorithm>
#include <utility>

namespace mlops::formats {

void Checkpoints::add(Checkpoint checkpoint) {
  constexpr std::size_t most = 256;
  if (checkpoint.decoder == nullptr) return;
  if (kept_.size() == most) {
    for (std::size_t i = 0; i < most / 2; ++i) kept_[i] = std::move(kept_[2 * i + 1]);
    kept_.resize(most / 2);
    distance_ *= 2;
  }
  next_ = checkpoint.unpacked + distance_;
  kept_.push_back(std::move(checkpoint));
}

const Checkpoint* Checkpoints::before(std::uint64_t unpacked) const {
  const auto at = std::ranges::upper_bound(kept_, unpacked, {}, &Checkpoint::unpacked);
  return at == kept_.begin() ? nullptr : &*std::prev(at);
}

}  // namespace mlops::formats
