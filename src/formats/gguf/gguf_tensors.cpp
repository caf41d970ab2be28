// The second half of the header: where the tensors lie.
#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "checked.hpp"
#include "facts.hpp"
#include "gguf/ggml_types.hpp"
#include "gguf/gguf_header.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

constexpr std::size_t longest_tensor_name = 4096;

}  // namespace

void GgufHeader::read_tensors() {
  for (std::uint64_t i = 0; i < tensor_count_; ++i) {
    try {
      read_tensor();
    } catch (const Malformed& error) {
      throw Malformed{fmt::format("tensor {} of {}: {}", i + 1, tensor_count_, error.what())};
    }
  }
  inspection_.parameters = elements_;
  const std::uint64_t padding = (alignment_ - in_.offset() % alignment_) % alignment_;
  places_.check_inside("gguf.offsets", in_.left() - std::min(padding, in_.left()), flaws_);
  places_.check_names("gguf.duplicate", flaws_);
  places_.check_overlaps("gguf.layout", flaws_);
}

void GgufHeader::read_tensor() {
  constexpr std::uint32_t most_dimensions = 4;
  domain::Tensor tensor;
  const std::string name = read_text(longest_tensor_name);
  tensor.name = fact_text(name);
  const auto dimensions = number<std::uint32_t>();
  if (dimensions > most_dimensions) {
    throw Malformed{
        fmt::format("{} has {} dimensions, at most {} are allowed", shown(name), dimensions, most_dimensions)};
  }
  for (std::uint32_t i = 0; i < dimensions; ++i) tensor.shape.push_back(read_count());
  const auto type = number<std::uint32_t>();
  const auto offset = number<std::uint64_t>();

  place(name, tensor, type, offset);
  inspection_.add_tensor(std::move(tensor));
}

void GgufHeader::place(const std::string& name, domain::Tensor& tensor, std::uint32_t type, std::uint64_t offset) {
  if (offset % alignment_ != 0) {
    flaws_.add("gguf.offsets",
               fmt::format("tensor {} begins at {}, which is no multiple of {}", shown(name), offset, alignment_));
  }
  const auto elements = element_count(tensor.shape);
  if (!elements || !std::in_range<std::int64_t>(*elements))
    return flaws_.add("gguf.shape", fmt::format("the shape of tensor {} overflows", shown(name)));
  elements_ = saturating_sum(elements_, *elements);
  const GgmlType* known = find_ggml_type(type);
  if (known == nullptr) {
    tensor.dtype = fmt::format("ggml_{}", type);
    // Of one of the variants of llama.cpp, or of tomorrow's: a loader that knows it not refuses the file.
    return flaws_.add("gguf.type", fmt::format("tensor {} is of the unknown type {}", shown(name), type),
                      domain::Safety::unknown);
  }
  tensor.dtype = known->name;
  if (!tensor.shape.empty() && tensor.shape[0] % known->block != 0) {
    flaws_.add("gguf.shape", fmt::format("tensor {} has rows of {} numbers, which {} stores in blocks of {}",
                                         shown(name), tensor.shape[0], known->name, known->block));
  }
  const auto bytes = checked_product((*elements + known->block - 1) / known->block, known->bytes);
  const auto end = bytes ? checked_sum(offset, *bytes) : std::nullopt;
  if (!end) return flaws_.add("gguf.shape", fmt::format("the size of tensor {} overflows", shown(name)));
  tensor.bytes = *bytes;
  places_.add(name, offset, *end);
}

}  // namespace mlops::formats
