// Whether values stand in one row only: 16 bytes for each row.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "row_places.hpp"

namespace mlops::app {

class UniqueValues {
 public:
  // Error{usage} for a table that would take more than 8 GiB.
  void add(std::uint64_t hash, RowPlace place);
  // Of other rows.
  void merge(UniqueValues&& other);
  // The rows whose value stands in an earlier one. To be asked once.
  [[nodiscard]] std::vector<RowPlace> repeated() &&;

 private:
  std::vector<std::pair<std::uint64_t, RowPlace>> seen_;
};

}  // namespace mlops::app
