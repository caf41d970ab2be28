// Where the tensors of a file lie, with flat memory: a few dozen bytes and its name for each, however many there are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "flaws.hpp"

namespace mlops::formats {

class TensorPlaces {
 public:
  // `begin` and `end` are offsets into the data; a tensor without bytes has the same for both.
  void add(std::string_view name, std::uint64_t begin, std::uint64_t end);

  // Tensors that are not all in the data, in the order in which they were added: ask before the others.
  void check_inside(std::string_view rule, std::uint64_t data_size, Flaws& flaws) const;
  // Names that come twice.
  void check_names(std::string_view rule, Flaws& flaws);
  // Tensors that share bytes.
  void check_overlaps(std::string_view rule, Flaws& flaws);
  // The same, and bytes of the data that belong to no tensor.
  void check_tiling(std::string_view rule, std::uint64_t data_size, Flaws& flaws);

 private:
  struct Place {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::size_t hash = 0;  // of the name
    std::size_t name = 0;  // where it begins in names_
    std::uint32_t name_size = 0;
  };

  [[nodiscard]] std::string_view name_of(const Place& place) const;
  std::uint64_t check_layout(std::string_view rule, bool with_holes, Flaws& flaws);

  std::string names_;
  std::vector<Place> places_;
};

}  // namespace mlops::formats
