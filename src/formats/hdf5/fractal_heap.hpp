// Fractal heaps, which hold the links and attributes of objects with many of them. Specification, III.G.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "file.hpp"

namespace mlops::formats::hdf5 {

class FractalHeap {
 public:
  // `file` must outlive it. Unscannable when its blocks are compressed.
  FractalHeap(const File& file, std::uint64_t address);

  // The object with this identifier, as it stands in an index.
  [[nodiscard]] std::string read(std::string_view heap_id) const;

 private:
  struct Block {
    std::uint64_t address = undefined;
    std::uint64_t begin = 0;  // its place among all blocks
    std::uint64_t size = 0;
  };

  [[nodiscard]] std::string read_managed(Fields& id) const;
  [[nodiscard]] std::string read_huge(Fields& id) const;
  [[nodiscard]] std::string read_tiny(std::string_view heap_id) const;
  // The direct block that holds this place of the heap.
  [[nodiscard]] Block find_block(std::uint64_t place) const;
  [[nodiscard]] Block find_child(const Block& parent, std::uint64_t rows, std::uint64_t place) const;
  [[nodiscard]] std::uint64_t row_size(std::uint64_t row) const;
  [[nodiscard]] std::uint64_t rows_of(std::uint64_t block_size) const;
  [[nodiscard]] std::uint64_t direct_rows() const;

  const File& file_;
  std::uint16_t id_size_ = 0;
  std::uint32_t largest_managed_ = 0;
  std::uint64_t huge_index_ = undefined;
  std::uint16_t width_ = 0;
  std::uint64_t first_size_ = 0;
  std::uint64_t largest_direct_ = 0;
  std::uint16_t bits_ = 0;
  std::uint64_t root_ = undefined;
  std::uint16_t root_rows_ = 0;
};

}  // namespace mlops::formats::hdf5
