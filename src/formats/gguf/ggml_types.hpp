// How ggml stores the numbers of a tensor. Source: ggml.h and ggml-common.h of ggml-org/ggml.
#pragma once

#include <cstdint>
#include <string_view>

namespace mlops::formats {

struct GgmlType {
  std::uint32_t id = 0;
  std::string_view name;
  std::uint32_t block = 1;  // numbers that are stored together
  std::uint32_t bytes = 0;  // that a block takes
};

// nullptr when there is no such type, or is none any more.
const GgmlType* find_ggml_type(std::uint32_t id);

// Of the metadata `general.file_type`: "Q4_K_M"; "" when it is unknown.
std::string_view quantisation_name(std::uint64_t file_type);

}  // namespace mlops::formats
