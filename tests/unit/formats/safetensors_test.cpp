#include "safetensors/safetensors.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>

#include <fmt/core.h>

#include "looking.hpp"
#include "malformed.hpp"

namespace mlops::formats {
namespace {

using domain::Safety;

std::string file(const std::string& header, std::size_t data_size) {
  return little<std::uint64_t>(header.size()) + header + std::string(data_size, '\0');
}

std::string entry(const std::string& name, const std::string& dtype, const std::string& shape, std::uint64_t begin,
                  std::uint64_t end) {
  return fmt::format(R"("{}":{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})", name, dtype, shape, begin, end);
}

bool is_refused(const std::string& bytes, std::string_view rule, std::string_view problem) {
  const domain::Inspection inspection = inspected(bytes);
  const domain::Scan scan = scanned(bytes);
  CAPTURE(inspection.problems);
  return inspection.format == "safetensors" && has_problem(inspection, problem) && scan.safety == Safety::malformed &&
         has_finding(scan, Safety::malformed, rule);
}

TEST_CASE("safetensors: the header tells everything about the tensors") {
  const std::string bytes = file("{\"__metadata__\":{\"format\":\"pt\",\"license\":\"mit\"}," +
                                     entry("w", "F16", "2,3", 0, 12) + "," + entry("b", "I64", "2", 12, 28) + "," +
                                     entry("none", "F32", "0,7", 28, 28) + "," + entry("s", "U8", "", 28, 29) + "}  ",
                                 29);
  const domain::Inspection inspection = inspected(bytes);
  CHECK(inspection.problems.empty());
  CHECK(inspection.licence == "mit");
  CHECK(canonical(fact(inspection, "metadata")) == R"({"format":"pt","license":"mit"})");
  CHECK(inspection.parameters == 6u + 2u + 0u + 1u);
  CHECK(inspection.tensor_bytes == 29);
  REQUIRE(inspection.tensors.size() == 4);
  CHECK(inspection.tensors[0] == domain::Tensor{"w", "float16", {2, 3}, 12});
  CHECK(inspection.tensors[2] == domain::Tensor{"none", "float32", {0, 7}, 0});
  CHECK(inspection.tensors[3] == domain::Tensor{"s", "uint8", {}, 1});
  CHECK(scanned(bytes).safety == Safety::allowlisted);
  CHECK(scanned(bytes).supported);
  check_truncations(bytes, "safetensors");
}

TEST_CASE("safetensors: a file without tensors is one too") {
  CHECK(inspected(file("{}", 0)).problems.empty());
  CHECK(inspected(file("{}", 0)).parameters == 0u);
  CHECK(is_refused(file("{}", 1), "safetensors.layout", "1 bytes at the end belong to no tensor"));
}

TEST_CASE("safetensors: numbers smaller than a byte are packed") {
  CHECK(inspected(file("{" + entry("w", "F4", "4,4", 0, 8) + "}", 8)).problems.empty());
  CHECK(inspected(file("{" + entry("w", "F6_E2M3", "4", 0, 3) + "}", 3)).problems.empty());
  CHECK(
      is_refused(file("{" + entry("w", "F4", "3", 0, 1) + "}", 1), "safetensors.shape", "does not fill its last byte"));
}

TEST_CASE("safetensors: the length of the header is checked before it is believed") {
  CHECK(
      is_refused(little<std::uint64_t>(3) + "{}", "safetensors.header", "a header of 3 bytes is declared, 2 are left"));
  CHECK(is_refused(little<std::uint64_t>(UINT64_MAX) + "{}", "safetensors.header", "at most 100000000 are allowed"));
  CHECK(is_refused(little<std::uint64_t>(100'000'001) + "{}", "safetensors.header", "at most 100000000 are allowed"));
}

TEST_CASE("safetensors: tensors must lie where they say, and nowhere else") {
  const std::string a = entry("a", "F32", "2", 0, 8);
  CHECK(is_refused(file("{" + entry("a", "F32", "2", 0, 8) + "}", 4), "safetensors.offsets",
                   "tensor `a` reaches beyond the data by 4 bytes"));
  CHECK(is_refused(file("{" + entry("a", "F32", "2", 8, 0) + "}", 8), "safetensors.offsets",
                   "tensor `a` ends before it begins"));
  CHECK(is_refused(file("{" + entry("a", "F32", "3", 0, 8) + "}", 8), "safetensors.shape",
                   "tensor `a` has 8 bytes, and a shape that takes 12"));
  CHECK(is_refused(file("{" + a + "," + entry("b", "F32", "2", 4, 12) + "}", 12), "safetensors.layout",
                   "tensor `b` begins inside tensor `a`"));
  CHECK(is_refused(file("{" + a + "," + entry("b", "F32", "2", 0, 8) + "}", 8), "safetensors.layout", "begins inside"));
  CHECK(is_refused(file("{" + a + "," + entry("b", "F32", "1", 12, 16) + "}", 16), "safetensors.layout",
                   "4 bytes before tensor `b` belong to none"));
  CHECK(is_refused(file("{" + a + "}", 9), "safetensors.layout", "1 bytes at the end belong to no tensor"));
  // A tensor without bytes has its place too: a range inside of another tensor is none.
  CHECK(is_refused(file("{" + a + "," + entry("z", "F32", "0", 4, 4) + "}", 8), "safetensors.layout",
                   "tensor `z` begins inside tensor `a`"));
  CHECK(is_refused(file("{" + entry("z", "F32", "0", 0, 8) + "}", 8), "safetensors.shape", "a shape that takes 0"));
}

TEST_CASE("safetensors: sizes that overflow are noticed") {
  const std::string big = "4294967296,4294967296";
  CHECK(is_refused(file("{" + entry("a", "F32", big, 0, 0) + "}", 0), "safetensors.shape",
                   "the shape of tensor `a` overflows"));
  CHECK(is_refused(file("{" + entry("a", "F32", big + ",0", 0, 0) + "}", 0), "safetensors.shape", "overflows"));
  CHECK(is_refused(file("{" + entry("a", "F64", "4611686018427387904", 0, 0) + "}", 0), "safetensors.shape",
                   "overflows"));
  CHECK(is_refused(file("{" + entry("a", "U8", "0", UINT64_MAX, UINT64_MAX) + "}", 0), "safetensors.offsets",
                   "reaches beyond the data"));
  CHECK(is_refused(file(R"({"a":{"dtype":"U8","shape":[18446744073709551616],"data_offsets":[0,0]}})", 0),
                   "safetensors.header", "no whole numbers"));
}

TEST_CASE("safetensors: what comes twice is refused") {
  const std::string a = entry("a", "F32", "1", 0, 4);
  CHECK(is_refused(file("{" + a + "," + entry("a", "F32", "1", 4, 8) + "}", 8), "safetensors.duplicate",
                   "tensor `a` is there twice"));
  CHECK(is_refused(file("{" + a + "," + entry("\\u0061", "F32", "1", 4, 8) + "}", 8), "safetensors.duplicate",
                   "tensor `a` is there twice"));
  CHECK(is_refused(file(R"({"__metadata__":{},"__metadata__":{}})", 0), "safetensors.header", "`__metadata__` twice"));
  CHECK(is_refused(file(R"({"__metadata__":{"k":"1","k":"2"}})", 0), "safetensors.header", "comes twice"));
  CHECK(is_refused(file(R"({"a":{"dtype":"U8","dtype":"I8","shape":[0],"data_offsets":[0,0]}})", 0),
                   "safetensors.header", "tensor `a` has `dtype` twice"));
}

TEST_CASE("safetensors: the header must be of the right shape") {
  const auto refuses = [](const std::string& header, std::string_view problem) {
    CAPTURE(header);
    CHECK(is_refused(file(header, 0), "safetensors.header", problem));
  };
  refuses("{\"a\":1}", "tensor `a` is no object");
  refuses("{\"a\":{}}", "lacks its dtype, shape or data_offsets");
  refuses(R"({"a":{"dtype":1,"shape":[],"data_offsets":[0,1]}})", "is no text");
  refuses(R"({"a":{"dtype":"U8","shape":{},"data_offsets":[0,1]}})", "are no list");
  refuses(R"({"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}})", "no whole numbers");
  refuses(R"({"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}})", "no whole numbers");
  refuses(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}})", "needs two data_offsets");
  refuses(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}})", "more than 2");
  refuses(R"({"__metadata__":{"k":1}})", "is no text");
  refuses(R"({"__metadata__":[]})", "`__metadata__` is no object");
  refuses("{} x", "something follows");
  refuses("{\"a\":", "ends too early");
  refuses("{\"a\":{\"x\":" + std::string(200, '['), "nested more than");
}

TEST_CASE("safetensors: an unknown dtype is named") {
  CHECK(is_refused(file("{" + entry("a", "Q4", "2", 0, 1) + "}", 1), "safetensors.dtype", "unknown dtype `Q4`"));
}

TEST_CASE("safetensors: of thousands of problems some are told") {
  std::string header = "{";
  for (int i = 0; i < 5000; ++i) header += (i > 0 ? "," : "") + entry(fmt::format("t{}", i), "Q4", "1", 0, 1);
  const domain::Inspection inspection = inspected(file(header + "}", 1));
  CHECK(inspection.problems.size() < 50);
  CHECK(has_problem(inspection, "more of the kind"));
}

TEST_CASE("safetensors: other files are not taken for it") {
  CHECK(inspected("12345678{\"a\": 1}").format != "safetensors");  // a text
  CHECK(inspected("{\"a\": 1}").format == "json");
  CHECK(inspected(little<std::uint64_t>(2) + "xx").format != "safetensors");
}

class Shards final : public FileSet {
 public:
  explicit Shards(std::map<std::string, std::string> contents) : contents_{std::move(contents)} {
    for (const auto& [path, bytes] : contents_) files_.push_back({path, bytes.size()});
  }
  [[nodiscard]] const std::vector<SetFile>& files() const override { return files_; }
  [[nodiscard]] std::unique_ptr<ByteSource> open(const SetFile& file) const override {
    return std::make_unique<MemorySource>(contents_.at(file.path));
  }

 private:
  std::map<std::string, std::string> contents_;
  std::vector<SetFile> files_;
};

domain::Inspection inspect_shards(const std::string& index) {
  const Shards set{
      {{"m/index.json", index},
       {"m/1.safetensors", file("{" + entry("a", "F32", "2", 0, 8) + "}", 8)},
       {"m/2.safetensors", file("{" + entry("b", "F32", "1", 0, 4) + "," + entry("c", "I8", "4", 4, 8) + "}", 8)}}};
  domain::Inspection inspection;
  inspect_safetensors_shards(set, "m/index.json", inspection);
  return inspection;
}

TEST_CASE("safetensors: shards are read together, by their index") {
  const domain::Inspection inspection = inspect_shards(
      R"({"metadata":{"total_size":16},"weight_map":{"a":"1.safetensors","b":"2.safetensors","c":"2.safetensors"}})");
  CHECK(inspection.problems.empty());
  CHECK(inspection.format == "safetensors");
  CHECK(inspection.tensor_count == 3);
  CHECK(inspection.tensor_bytes == 16);
  CHECK(inspection.parameters == 7u);
}

TEST_CASE("safetensors: what index and shards disagree about is told") {
  const auto problem = [](const std::string& index, std::string_view expected) {
    const domain::Inspection inspection = inspect_shards(index);
    CAPTURE(inspection.problems);
    CHECK(has_problem(inspection, expected));
  };
  problem(
      R"({"metadata":{"total_size":15},"weight_map":{"a":"1.safetensors","b":"2.safetensors","c":"2.safetensors"}})",
      "the index counts 15 bytes of tensors, the shards have 16");
  problem(R"({"weight_map":{"a":"2.safetensors","b":"2.safetensors","c":"2.safetensors"}})",
          "tensor `a` is not in `2.safetensors`, where the index places it");
  problem(R"({"weight_map":{"a":"1.safetensors","b":"2.safetensors"}})",
          "tensor `c` is in `2.safetensors`, where the index does not place it");
  problem(R"({"weight_map":{"a":"1.safetensors","d":"3.safetensors"}})", "shard `3.safetensors` is missing");
  problem(R"({"weight_map":{"a":"../m/1.safetensors"}})", "is missing");
  problem(R"({"weight_map":{"a":"/etc/passwd"}})", "is missing");
  CHECK_THROWS_AS(inspect_shards("{}"), Malformed);
  CHECK_THROWS_AS(inspect_shards(R"({"weight_map":{"a":"1.safetensors","a":"2.safetensors"}})"), Malformed);
  CHECK_THROWS_AS(inspect_shards(R"({"weight_map":{"a":1}})"), Malformed);
  CHECK_THROWS_AS(inspect_shards("[]"), Malformed);
}

}  // namespace
}  // namespace mlops::formats
