#include "unique_values.hpp"

#include <algorithm>

#include <mlops/support/error.hpp>

namespace mlops::app {

namespace {

constexpr std::size_t most_values = std::size_t{1} << 29;

void require_room_for_values(std::size_t count) {
  if (count <= most_values) return;
  throw Error{ErrorKind::usage,
              "the table has too many rows to tell whether their values are unique",
              {"remove `unique` and `key` from the schema, or check parts of the table"}};
}

}  // namespace

void UniqueValues::add(std::uint64_t hash, RowPlace place) {
  require_room_for_values(seen_.size() + 1);
  seen_.emplace_back(hash, place);
}

void UniqueValues::merge(UniqueValues&& other) {
  require_room_for_values(seen_.size() + other.seen_.size());
  seen_.insert(seen_.end(), other.seen_.begin(), other.seen_.end());
  other.seen_ = {};
}

std::vector<RowPlace> UniqueValues::repeated() && {
  std::ranges::sort(seen_);
  std::vector<RowPlace> rows;
  for (std::size_t i = 1; i < seen_.size(); ++i) {
    if (seen_[i].first == seen_[i - 1].first) rows.push_back(seen_[i].second);
  }
  std::ranges::sort(rows);
  return rows;
}

}  // namespace mlops::app
