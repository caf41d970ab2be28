#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include <fmt/core.h>

#include "archive/stream_row.hpp"
#include "archive/unpacked_source.hpp"
#include "format_table.hpp"
#include "malformed.hpp"
#include "unit/formats/archive/oracle.hpp"
#include "unit/formats/zip_writer.hpp"

namespace mlops::formats {
namespace {

Packing packing_of(std::string_view name) {
  if (name.starts_with("gzip")) return Packing::gzip;
  if (name.starts_with("zlib")) return Packing::zlib;
  if (name.starts_with("bzip2")) return Packing::bzip2;
  if (name.starts_with("xz")) return Packing::xz;
  if (name.starts_with("lzma")) return Packing::lzma_alone;
  return name.starts_with("lz4") ? Packing::lz4 : Packing::zstd;
}

std::string all_of(const UnpackedSource& source) {
  std::string text;
  std::string piece(1000, '\0');
  while (const std::size_t got = source.read_at(text.size(), std::as_writable_bytes(std::span{piece}))) {
    text += piece.substr(0, got);
  }
  return text;
}

TEST_CASE("streams unpack to what others have packed, and are recognised") {
  const std::string text = from_base64(archives_oracle().at("text").as_string());
  for (const auto& [name, value] : archives_oracle().at("streams").as_object()) {
    CAPTURE(name);
    const std::string packed = from_base64(value.as_string());
    const MemorySource source{packed};
    const UnpackedSource unpacked{source, packing_of(name)};
    CHECK(all_of(unpacked) == text);
    CHECK(unpacked.size() == text.size());
    const auto ending = unpacked.ending(text.size());
    REQUIRE(ending);
    CHECK(ending->problem.empty());
    CHECK(end_of_zeros(source, ending->packed) == packed.size());
    CHECK(ending->streams == (name.find("two") != std::string::npos || name.find("skip") != std::string::npos ? 2 : 1));
    CHECK(recognise(source).name == name_of(packing_of(name)));
  }
}

TEST_CASE("a stream cut anywhere gives what is before the cut, and says that it is broken") {
  const std::string text = from_base64(archives_oracle().at("text").as_string());
  for (const auto& [name, value] : archives_oracle().at("streams").as_object()) {
    const std::string packed = from_base64(value.as_string());
    for (std::size_t size = 0; size < packed.size(); ++size) {
      const MemorySource source{std::string_view{packed}.substr(0, size)};
      const UnpackedSource unpacked{source, packing_of(name)};
      const std::string got = all_of(unpacked);
      CHECK(text.starts_with(got));
      CHECK(unpacked.size() == got.size());
      (void)recognise(source);
      const auto ending = unpacked.ending(text.size() + 1);
      REQUIRE(ending);
      if (ending->problem.empty() && got != text && name.find("two") == std::string::npos) {
        CAPTURE(name, size);
        CHECK(name.find("skip") != std::string::npos);
      }
    }
  }
}

TEST_CASE("any byte changed makes another text or a problem, and nothing worse") {
  for (const auto& [name, value] : archives_oracle().at("streams").as_object()) {
    const std::string packed = from_base64(value.as_string());
    for (std::size_t at = 0; at < packed.size(); ++at) {
      std::string changed = packed;
      changed[at] = static_cast<char>(~changed[at]);
      const MemorySource source{changed};
      try {
        (void)UnpackedSource{source, packing_of(name)}.size();
        (void)recognise(source);
      } catch (const Unscannable&) {
      }
    }
  }
  SUCCEED();
}

// Numbered lines of 16 bytes, so that any place shows where it is.
std::string numbered(std::size_t lines) {
  std::string text;
  for (std::size_t i = 0; i < lines; ++i) text += fmt::format("{:015}\n", i);
  return text;
}

TEST_CASE("far more than is kept can be read from anywhere") {
  const std::string text = numbered(2'000'000);
  const std::string packed = gzipped(text);
  const MemorySource source{packed};
  const UnpackedSource unpacked{source, Packing::gzip};
  const std::vector<std::size_t> places{31'000'000, 0, 16'000'000, 15'999'999, 1, 31'999'990, 20'000'000};
  for (const std::size_t place : places) {
    CAPTURE(place);
    CHECK(read_bytes(unpacked, place, 100'000) == text.substr(place, 100'000));
  }
  CHECK(unpacked.size() == text.size());
  CHECK(read_bytes(unpacked, text.size(), 10).empty());
  CHECK(read_bytes(unpacked, 12'345'678, 6'000'000) == text.substr(12'345'678, 6'000'000));
}

TEST_CASE("a bomb is left alone after a while") {
  // 64 MiB of zeros, packed a hundred times in a row: a gzip file of many members.
  const std::string one = gzipped(std::string(64u << 20, '\0'));
  std::string packed;
  for (int i = 0; i < 100; ++i) packed += one;
  const MemorySource source{packed};
  std::uint64_t charged = 0;
  const UnpackedSource unpacked{source, Packing::gzip, [&](std::uint64_t work) { charged += work; }};
  CHECK_THROWS_AS(unpacked.size(), Unscannable);
  CHECK(charged <= most_unpacked(packed.size()) + (1u << 20));
}

TEST_CASE("where the decoder can be copied, reading far back costs little") {
  const std::string text = numbered(8'000'000);
  const std::string packed = gzipped(std::string_view{text}.substr(0, 64'000'000)) + gzipped(text.substr(64'000'000));
  const MemorySource source{packed};
  std::uint64_t charged = 0;
  const UnpackedSource unpacked{source, Packing::gzip, [&](std::uint64_t work) { charged += work; }};
  CHECK(unpacked.size() == text.size());
  const std::uint64_t once = charged;
  for (const std::size_t place : {100'000'000u, 40'000'000u, 127'000'000u, 63'999'990u, 20'000'000u}) {
    CAPTURE(place);
    charged = 0;
    CHECK(read_bytes(unpacked, place, 1000) == text.substr(place, 1000));
    CHECK(charged < once / 4);
  }
}

TEST_CASE("reading to and fro is work, too, and has an end") {
  // A frame of zstd (RFC 8878, 3.1.1): 256 blocks that each say "128 KiB of x".
  std::string packed{"\x28\xb5\x2f\xfd\0\x58", 6};
  for (int i = 0; i < 256; ++i)
    packed += little_bytes<std::uint32_t>((131072u << 3) | 2u | (i == 255 ? 1u : 0u)).substr(0, 3) + "x";
  const MemorySource source{packed};
  const UnpackedSource unpacked{source, Packing::zstd};
  const auto to_and_fro = [&] {
    for (int i = 0; i < 100; ++i) {
      (void)read_bytes(unpacked, 31u << 20, 1);
      (void)read_bytes(unpacked, 0, 1);
    }
  };
  CHECK_THROWS_AS(to_and_fro(), Unscannable);
}

TEST_CASE("what unpacks to little may be as small as it likes, and to much only in proportion") {
  CHECK(most_unpacked(0) == std::uint64_t{1} << 30);
  CHECK(most_unpacked(100u << 20) == std::uint64_t{25600} << 20);
  CHECK(most_unpacked(~std::uint64_t{0}) == std::uint64_t{64} << 30);
}

TEST_CASE("bytes that only begin like a stream are none") {
  for (const std::string& bytes :
       {std::string{"x\x9c"}, std::string{"x\x9c\x63\x00", 4}, std::string{"x^2 + 1 = 0 has no roots"},
        std::string{"\x1f\x8b\x08\xff"}, std::string{"BZh9 is no magic"},
        std::string{"\x5d\0\0\x80\0\0\0\0\0\0\0\0\0\0\0\0", 16}}) {
    CAPTURE(bytes);
    const MemorySource source{bytes};
    const std::string_view name = recognise(source).name;
    CHECK((name == "unknown" || name == "text"));
  }
}

}  // namespace
}  // namespace mlops::formats
