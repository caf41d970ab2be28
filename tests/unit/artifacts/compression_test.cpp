#include "local/compression.hpp"

#include <catch2/catch.hpp>

#include "store_for_tests.hpp"

namespace mlops::artifacts {
namespace {

std::string lines(std::size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i)
    text += "step " + std::to_string(i) + ", loss 0." + std::to_string(i * 7) + "\n";
  text.resize(size);
  return text;
}

TEST_CASE("text shrinks, and comes back as it was") {
  ChunkCompressor compressor{Compression::zstd};
  for (const std::size_t size : {100u, 8'000u, 8'193u, 131'072u}) {
    CAPTURE(size);
    const std::string text = lines(size);
    const auto frame = compressor.compress(bytes_of(text));
    REQUIRE(frame);
    CHECK(frame->size() <= size - size / 8);
    CHECK(decompress(bytes_of(*frame), size) == text);
  }
}

TEST_CASE("what does not shrink is left as it is") {
  ChunkCompressor compressor{Compression::zstd};
  CHECK_FALSE(compressor.compress(bytes_of(random_bytes(32'768, 1))));
  CHECK_FALSE(ChunkCompressor{Compression::zstd}.compress(bytes_of("")));
  CHECK_FALSE(ChunkCompressor{Compression::zstd}.compress(bytes_of("short")));
}

TEST_CASE("nothing is compressed when it is off") {
  CHECK_FALSE(ChunkCompressor{Compression::none}.compress(bytes_of(lines(32'768))));
}

TEST_CASE("text after weights is compressed again") {
  ChunkCompressor compressor{Compression::zstd};
  for (std::uint64_t i = 0; i < 1'000; ++i) compressor.compress(bytes_of(random_bytes(32'768, i)));
  int tries = 0;
  while (!compressor.compress(bytes_of(lines(32'768)))) REQUIRE(++tries <= 64);
  CHECK(compressor.compress(bytes_of(lines(32'768))));
}

TEST_CASE("a damaged frame is refused or gives other bytes, but never more") {
  const std::string text = lines(2'000);
  const std::string frame = *ChunkCompressor{Compression::zstd}.compress(bytes_of(text));
  for (std::size_t bit = 0; bit < 8 * frame.size(); ++bit) {
    std::string damaged = frame;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    const auto bytes = decompress(bytes_of(damaged), text.size());
    if (bytes) CHECK(bytes->size() == text.size());
  }
  for (std::size_t size = 0; size < frame.size(); ++size) {
    CHECK_FALSE(decompress(bytes_of(frame).first(size), text.size()));
  }
}

TEST_CASE("a frame of another number of bytes is refused") {
  const std::string text = lines(2'000);
  const std::string frame = *ChunkCompressor{Compression::zstd}.compress(bytes_of(text));
  CHECK_FALSE(decompress(bytes_of(frame), text.size() - 1));
  CHECK_FALSE(decompress(bytes_of(frame), text.size() + 1));
  CHECK_FALSE(decompress(bytes_of(frame), 0));
}

}  // namespace
}  // namespace mlops::artifacts
