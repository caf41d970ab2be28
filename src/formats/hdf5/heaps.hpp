// Local heaps, which hold the names of old groups, and global heaps, which hold what has no fixed length.
// Specification, III.D and III.E.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "file.hpp"

namespace mlops::formats::hdf5 {

class LocalHeap {
 public:
  LocalHeap(const File& file, std::uint64_t address);
  // The text that begins at this place of the heap.
  [[nodiscard]] std::string_view text(std::uint64_t offset) const;

 private:
  std::string data_;
};

class GlobalHeap {
 public:
  explicit GlobalHeap(const File& file) : file_{file} {}  // which must outlive it
  // The object with this number in the collection at this address.
  [[nodiscard]] std::string read(std::uint64_t collection, std::uint32_t number);

 private:
  struct Object {
    std::uint16_t number = 0;
    std::uint64_t address = 0;
    std::uint64_t size = 0;
  };
  void load(std::uint64_t collection);

  const File& file_;
  // The collection that was used last: neighbouring values are mostly in one.
  std::uint64_t collection_ = undefined;
  std::vector<Object> objects_;  // by number
};

}  // namespace mlops::formats::hdf5
