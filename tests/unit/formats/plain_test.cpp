#include <catch2/catch.hpp>

#include <random>
#include <string>

#include "looking.hpp"

namespace mlops::formats {
namespace {

std::string format_of(std::string_view bytes) {
  const domain::Scan scan = scanned(bytes);
  CHECK(scan.safety == domain::Safety::allowlisted);
  CHECK_FALSE(scan.supported);
  return scan.format;
}

TEST_CASE("plain files: files that go along with models are named") {
  CHECK(format_of("\x89PNG\r\n\x1a\nrest") == "png");
  CHECK(format_of("\xFF\xD8\xFF\xE0rest") == "jpeg");
  CHECK(format_of("GIF89arest") == "gif");
  CHECK(format_of("%PDF-1.7\n\xE2\xE3") == "pdf");
  CHECK(format_of("PAR1....PAR1") == "parquet");
  CHECK(format_of(std::string("ARROW1\0\0", 8)) == "arrow");
  CHECK(format_of(std::string("SQLite format 3\0rest", 20)) == "sqlite");
  CHECK(format_of("{\"a\": [1, 2]}\n") == "json");
  CHECK(format_of("[]") == "json");
  CHECK(format_of("a,b\n1,2\n") == "text");
  CHECK(format_of("größe\t1\r\n") == "text");
  CHECK(format_of("{\"a\": 1}\n{\"a\": 2}\n") == "text");
  CHECK(format_of("{\"a\": nonsense}") == "text");
  CHECK(format_of("12") == "text");
  CHECK(format_of("") == "text");
}

TEST_CASE("plain files: what nobody knows is not called harmless") {
  for (const std::string_view bytes : {std::string_view{"a\0b", 3}, {"\xFF\xFE\xFD"}, {"cut \xC3"}}) {
    const domain::Scan scan = scanned(bytes);
    CHECK(scan.format == "unknown");
    CHECK(scan.safety == domain::Safety::unknown);
    CHECK_FALSE(scan.supported);
  }
}

TEST_CASE("plain files: noise is unknown, and nothing is found in it") {
  std::mt19937 random{1};
  for (int round = 0; round < 200; ++round) {
    std::string noise;
    while (noise.size() < (128u << 10)) noise += little(static_cast<std::uint32_t>(random()));
    const domain::Scan scan = scanned(noise);
    CAPTURE(round);
    REQUIRE(scan.findings.size() == 1);
    REQUIRE(scan.findings[0].rule == "format.unknown");
  }
}

TEST_CASE("plain files: of a long file the beginning decides") {
  constexpr std::size_t head = 64u << 10;
  std::string numbers = "[0";
  while (numbers.size() < 2 * head) numbers += ",12345";
  CHECK(format_of(numbers + "]") == "json");
  CHECK(format_of("[\"" + std::string(2 * head, 'x') + "\"]") == "json");
  CHECK(format_of("[,\"" + std::string(2 * head, 'x') + "\"]") == "text");
  // A character may be cut by the end of what is looked at.
  CHECK(format_of(std::string(head - 1, 'x') + "\xC3\xA9") == "text");
}

}  // namespace
}  // namespace mlops::formats
