#include "gguf/gguf.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <string>
#include <vector>

#include "looking.hpp"

namespace mlops::formats {
namespace {

using domain::Safety;

// Writes GGUF as docs/gguf.md describes it.
class Writer {
 public:
  explicit Writer(std::uint32_t version = 3) : version_{version} {}

  [[nodiscard]] std::string count(std::uint64_t value) const {
    return version_ == 1 ? little(static_cast<std::uint32_t>(value)) : little(value);
  }
  [[nodiscard]] std::string text(std::string_view value) const { return count(value.size()) + std::string{value}; }

  Writer& pair(std::string_view key, std::uint32_t type, const std::string& value) {
    ++pairs_;
    metadata_ += text(key) + little(type) + value;
    return *this;
  }
  Writer& text_pair(std::string_view key, std::string_view value) { return pair(key, 8, text(value)); }
  Writer& number_pair(std::string_view key, std::uint32_t value) { return pair(key, 4, little(value)); }

  Writer& tensor(std::string_view name, const std::vector<std::uint64_t>& shape, std::uint32_t type,
                 std::uint64_t offset) {
    ++tensors_;
    infos_ += text(name) + little(static_cast<std::uint32_t>(shape.size()));
    for (const std::uint64_t extent : shape) infos_ += count(extent);
    infos_ += little(type) + little(offset);
    return *this;
  }

  [[nodiscard]] std::string header() const {
    return "GGUF" + little(version_) + count(tensors_) + count(pairs_) + metadata_ + infos_;
  }
  [[nodiscard]] std::string file(std::size_t data_size, std::size_t alignment = 32) const {
    std::string bytes = header();
    bytes.resize((bytes.size() + alignment - 1) / alignment * alignment);
    return bytes + std::string(data_size, '\0');
  }

 private:
  std::uint32_t version_;
  std::uint64_t pairs_ = 0;
  std::uint64_t tensors_ = 0;
  std::string metadata_;
  std::string infos_;
};

constexpr std::uint32_t f32 = 0;
constexpr std::uint32_t q4_k = 12;

Writer tiny(std::uint32_t version) {
  Writer writer{version};
  writer.text_pair("general.architecture", "llama").text_pair("general.license", "mit");
  writer.number_pair("general.file_type", 15).number_pair("llama.context_length", 2048);
  writer.tensor("a", {8}, f32, 0).tensor("b", {256, 2}, q4_k, 32);
  return writer;
}

bool is_refused(const std::string& bytes, std::string_view rule, std::string_view problem) {
  const domain::Inspection inspection = inspected(bytes);
  CAPTURE(inspection.problems);
  return has_problem(inspection, problem) && has_finding(scanned(bytes), Safety::malformed, rule);
}

TEST_CASE("GGUF: metadata and tensors are read in all versions") {
  for (const std::uint32_t version : {1u, 2u, 3u}) {
    CAPTURE(version);
    const domain::Inspection inspection = inspected(tiny(version).file(32 + 288));
    CHECK(inspection.problems.empty());
    CHECK(inspection.format == "gguf");
    CHECK(inspection.format_version == std::to_string(version));
    CHECK(inspection.architecture == "llama");
    CHECK(inspection.licence == "mit");
    CHECK(inspection.quantisation == "Q4_K_M");
    CHECK(fact(inspection, "context_length") == Json{2048});
    CHECK(inspection.parameters == 8u + 512u);
    REQUIRE(inspection.tensors.size() == 2);
    CHECK(inspection.tensors[1] == domain::Tensor{"b", "q4_k", {256, 2}, 288});
  }
}

TEST_CASE("GGUF: a well-formed file is allowed, a truncated one is not") {
  const std::string bytes = tiny(3).file(32 + 288);
  CHECK(scanned(bytes).safety == Safety::allowlisted);
  check_truncations(bytes, "gguf");
  CHECK(is_refused(bytes.substr(0, bytes.size() - 1), "gguf.offsets", "tensor `b` reaches beyond the data by 1 bytes"));
}

TEST_CASE("GGUF: all types of values are read") {
  Writer writer;
  const auto array = [&](std::uint32_t type, std::uint64_t count, const std::string& items) {
    return little(type) + writer.count(count) + items;
  };
  const float half = 0.5F;
  std::string half_bytes(4, '\0');
  std::memcpy(half_bytes.data(), &half, 4);
  writer.pair("u8", 0, "\xFF").pair("i8", 1, "\xFF").pair("u16", 2, "\xFE\xFF").pair("i16", 3, "\xFE\xFF");
  writer.pair("u32", 4, little(UINT32_MAX)).pair("i32", 5, little(UINT32_MAX)).pair("f32", 6, half_bytes);
  writer.pair("bool", 7, "\1").text_pair("text", "x").pair("u64", 10, little(std::uint64_t{5}));
  writer.pair("i64", 11, little(UINT64_MAX)).pair("f64", 12, little(0x3FF8000000000000ULL));
  writer.pair("array", 9, array(0, 3, "\1\2\3"));
  writer.pair("texts", 9, array(8, 2, writer.text("a") + writer.text("b")));
  writer.pair("nested", 9, array(9, 2, array(0, 1, "\1") + array(0, 0, "")));
  writer.pair("long", 9, array(0, 1000, std::string(1000, '\7')));
  const domain::Inspection inspection = inspected(writer.file(0));
  CHECK(inspection.problems.empty());
  CHECK(
      fact(inspection, "metadata") ==
      parse_json(
          R"({"u8":255,"i8":-1,"u16":65534,"i16":-2,"u32":4294967295,"i32":-1,"f32":0.5,"bool":true,"text":"x","u64":5,)"
          R"("i64":-1,"f64":1.5,"array":[1,2,3],"texts":["a","b"],"nested":[[1],[]],)"
          R"("long":{"type":"uint8","length":1000,"first":[7,7,7,7,7,7,7,7]}})",
          "expected"));
}

TEST_CASE("GGUF: declared counts are compared with what is left") {
  const std::string magic = "GGUF" + little(std::uint32_t{3});
  CHECK(is_refused(magic + little(UINT64_MAX) + little(std::uint64_t{0}), "gguf.header", "tensors are declared"));
  CHECK(is_refused(magic + little(std::uint64_t{0}) + little(UINT64_MAX), "gguf.header", "of metadata are declared"));
  const std::string one = magic + little(std::uint64_t{0}) + little(std::uint64_t{1});
  const std::string padding(64, '\0');
  CHECK(is_refused(one + little(UINT64_MAX) + padding, "gguf.header", "a text of"));
  const std::string key = Writer{}.text("k");
  CHECK(
      is_refused(one + key + little(std::uint32_t{8}) + little(UINT64_MAX) + padding, "gguf.header", "`k`: a text of"));
  const auto array = [&](std::uint32_t type, std::uint64_t count) {
    return one + key + little(std::uint32_t{9}) + little(type) + little(count) + padding;
  };
  CHECK(is_refused(array(0, UINT64_MAX), "gguf.header", "an array of"));
  CHECK(is_refused(array(8, std::uint64_t{1} << 61), "gguf.header", "an array of"));
  CHECK(is_refused(array(12, std::uint64_t{1} << 61), "gguf.header", "an array of"));
  CHECK(is_refused(array(13, 1), "gguf.header", "unknown type 13"));
  CHECK(is_refused(one + key + little(std::uint32_t{99}) + padding, "gguf.header", "unknown type 99"));
}

TEST_CASE("GGUF: nested arrays are bounded") {
  std::string nested = little(std::uint32_t{9}) + little(std::uint64_t{1});
  std::string deep;
  for (int i = 0; i < 50'000; ++i) deep += nested;
  CHECK(is_refused(Writer{}.pair("k", 9, deep).file(64), "gguf.header", "nested more than"));
}

TEST_CASE("GGUF: tensors must lie where they say") {
  CHECK(is_refused(Writer{}.tensor("t", {8}, f32, 0).tensor("u", {8}, f32, 0).file(64), "gguf.layout",
                   "tensor `u` begins inside tensor `t`"));
  CHECK(is_refused(Writer{}.tensor("t", {8}, f32, 4).file(64), "gguf.offsets", "no multiple of 32"));
  CHECK(is_refused(Writer{}.tensor("t", {8}, f32, UINT64_MAX - 31).file(64), "gguf.shape", "overflows"));
  CHECK(is_refused(Writer{}.tensor("t", {1u << 31, 1u << 31, 1u << 31}, f32, 0).file(64), "gguf.shape", "overflows"));
  CHECK(is_refused(Writer{}.tensor("t", {std::uint64_t{1} << 62}, f32, 0).file(64), "gguf.shape", "overflows"));
  CHECK(is_refused(Writer{}.tensor("t", {100}, q4_k, 0).file(200), "gguf.shape", "stores in blocks of 256"));
  CHECK(is_refused(Writer{}.tensor("t", {1, 1, 1, 1, 1}, f32, 0).file(64), "gguf.header", "5 dimensions"));
  CHECK(is_refused(Writer{}.tensor("t", {8}, f32, 0).tensor("t", {8}, f32, 32).file(64), "gguf.duplicate",
                   "tensor `t` is there twice"));
}

TEST_CASE("GGUF: an unknown type of numbers is unknown, not malformed") {
  const std::string bytes = Writer{}.tensor("t", {256}, 137, 0).file(300);
  CHECK(has_problem(inspected(bytes), "tensor `t` is of the unknown type 137"));
  CHECK(scanned(bytes).safety == Safety::unknown);
  CHECK(inspected(bytes).tensors.at(0).dtype == "ggml_137");
}

TEST_CASE("GGUF: the alignment is a power of two") {
  for (const std::uint32_t alignment : {0U, 3U, 33U}) {
    CAPTURE(alignment);
    CHECK(
        is_refused(Writer{}.number_pair("general.alignment", alignment).file(0), "gguf.alignment", "no power of two"));
  }
  const Writer wide =
      Writer{}.number_pair("general.alignment", 128).tensor("t", {8}, f32, 0).tensor("u", {8}, f32, 128);
  CHECK(inspected(wide.file(160, 128)).problems.empty());
  CHECK(is_refused(wide.file(159, 128), "gguf.offsets", "tensor `u` reaches beyond the data by 1 bytes"));
}

TEST_CASE("GGUF: a key may come once") {
  CHECK(is_refused(Writer{}.number_pair("a", 1).number_pair("a", 2).file(0), "gguf.duplicate",
                   "the key `a` comes twice"));
}

TEST_CASE("GGUF: a version from tomorrow can't be looked into") {
  const std::string bytes = Writer{4}.file(0);
  CHECK(has_problem(inspected(bytes), "version 4 of GGUF is not known"));
  CHECK(scanned(bytes).safety == Safety::unscannable);
}

TEST_CASE("GGUF: a big-endian file is read as such") {
  std::string bytes = "GGUF";
  bytes += std::string("\0\0\0\3", 4) + std::string("\0\0\0\0\0\0\0\0", 8) + std::string("\0\0\0\0\0\0\0\1", 8);
  bytes += std::string("\0\0\0\0\0\0\0\1", 8) + "k" + std::string("\0\0\0\4", 4) + std::string("\0\0\1\2", 4);
  const domain::Inspection inspection = inspected(bytes);
  CHECK(inspection.problems.empty());
  CHECK(fact(inspection, "byte_order") == Json{"big-endian"});
  CHECK(fact(inspection, "metadata") == parse_json(R"({"k":258})", "expected"));
}

TEST_CASE("GGUF: a chat template is looked through, under all its keys") {
  const std::string harmless = "{% for m in messages %}{{ m['content'] }}{% endfor %}";
  const std::string attack = "{{ cycler.__init__.__globals__.os.popen('id').read() }}";
  CHECK(scanned(Writer{}.text_pair("tokenizer.chat_template", harmless).file(0)).safety == Safety::allowlisted);
  CHECK(scanned(Writer{}.text_pair("general.description", attack).file(0)).safety == Safety::allowlisted);
  for (const char* const key : {"tokenizer.chat_template", "tokenizer.chat_template.tool_use"}) {
    const domain::Scan scan = scanned(Writer{}.text_pair(key, attack).file(0));
    CHECK(scan.safety == Safety::dangerous);
    CHECK(has_finding(scan, Safety::dangerous, "jinja.private"));
    CHECK(scan.findings.at(0).where == key);
  }
  // What is broken behind it does not hide it.
  const std::string broken = Writer{}.text_pair("tokenizer.chat_template", attack).pair("x", 99, "").file(0);
  CHECK(scanned(broken).safety == Safety::dangerous);
}

TEST_CASE("GGUF: a template beyond all measure can't be called harmless") {
  const std::string bytes = Writer{}.text_pair("tokenizer.chat_template", std::string(2u << 20, 'x')).file(0);
  CHECK(has_finding(scanned(bytes), Safety::unscannable, "jinja.size"));
}

TEST_CASE("GGUF: formats of before are recognised") {
  CHECK(inspected("tjgg" + little(std::uint32_t{3}) + "more").format == "ggml");
  CHECK(inspected("lmgg" + little(std::uint32_t{32000}) + "more").format == "ggml");
  CHECK(inspected("lmgg is a word").format == "text");
}

}  // namespace
}  // namespace mlops::formats
