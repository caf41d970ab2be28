// The recipe of a file, with its own checksum and with one that fits, and the walk through the chunks that it names.
#include "fuzzing.hpp"

#include <algorithm>

#include <mlops/support/error.hpp>

#include "local/recipe.hpp"

using namespace mlops;
using namespace mlops::fuzzing;
using namespace mlops::artifacts;

namespace {

constexpr int most_loads = 200;

void walk(const Recipe& recipe, std::string_view input) {
  int loads = 0;
  std::uint64_t walked = 0;
  // A chunk holds some part of the input, as long as it has to be.
  const LoadChunk load = [&](const ChunkRef& part) {
    if (++loads > most_loads) return std::string{};
    const std::size_t start = part.digest.bytes()[0] % std::max<std::size_t>(input.size(), 1);
    return std::string{input.substr(start, part.size)};
  };
  try {
    const bool fits =
        for_each_chunk(recipe, load, [](const ChunkRef&) {}, [&](const ChunkRef& part) { walked += part.size; });
    require(walked <= recipe.size);
    require(!fits || walked == recipe.size);
  } catch (const Error&) {
    require(walked <= recipe.size);
  }
}

void read(std::string_view bytes) {
  const auto recipe = decode_recipe(std::as_bytes(std::span{bytes}));
  if (!recipe) return;
  require(encode_recipe(*recipe) == bytes);
  walk(*recipe, bytes);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(bytes_of(data, size));
  read(text);
  read(std::string{text} + text_of(sha256(text)));
  return 0;
}
