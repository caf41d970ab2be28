// B-trees of version 1: the members of old groups, and chunks. Specification, III.A.1.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "file.hpp"

namespace mlops::formats::hdf5 {

enum class BTree1Type : std::uint8_t { group = 0, chunks = 1 };

// What the lowest nodes point to, each with the key in front of it.
void visit_children(const File& file, std::uint64_t address, BTree1Type type, std::uint64_t key_size,
                    const std::function<void(std::string_view key, std::uint64_t child)>& visit);

}  // namespace mlops::formats::hdf5
