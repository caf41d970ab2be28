#include "archive/tar.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <vector>

#include "archive/decoder.hpp"
#include "archive/unpacked_source.hpp"
#include "malformed.hpp"
#include "unit/formats/archive/oracle.hpp"
#include "unit/formats/archive/tar_writer.hpp"

namespace mlops::formats {
namespace {

using Rules = std::vector<std::string>;

std::vector<TarEntry> entries_of(const ByteSource& source) {
  std::vector<TarEntry> entries;
  TarReader reader{source};
  while (auto entry = reader.next()) entries.push_back(*entry);
  return entries;
}

Rules rules_of(const std::string& bytes) {
  const MemorySource source{bytes};
  Rules rules;
  for (const TarEntry& entry : entries_of(source)) {
    for (const TarProblem& problem : entry.problems) rules.emplace_back(problem.rule);
  }
  return rules;
}

TEST_CASE("tar archives hold what Python's tarfile has put there, in each of its formats") {
  std::map<std::string, std::string> expected;
  for (const auto& [name, content] : archives_oracle().at("members").as_object()) {
    expected[name] = from_base64(content.as_string());
  }
  expected[archives_oracle().at("long_name").as_string()] = "far away";
  for (const auto& [format, value] : archives_oracle().at("tars").as_object()) {
    CAPTURE(format);
    const std::string packed = from_base64(value.as_string());
    const MemorySource source{packed};
    const UnpackedSource tar{source, Packing::gzip};
    std::map<std::string, std::string> members;
    for (const TarEntry& entry : entries_of(tar)) {
      CHECK(entry.problems.empty());
      members[entry.name] = read_bytes(tar, entry.data_offset, static_cast<std::size_t>(entry.size));
    }
    CHECK(members == expected);
  }
}

TEST_CASE("links, devices and paths that lead out are told") {
  const auto rules = [](const TarInput& input) { return rules_of(tar_member(input) + tar_end()); };
  CHECK(rules({"a/file", "content"}).empty());
  CHECK(rules({"a/", "", '5'}).empty());
  CHECK(rules({"/etc/passwd", "x"}) == Rules{"tar.path"});
  CHECK(rules({"../x", "x"}) == Rules{"tar.path"});
  CHECK(rules({"a/link", "", '2', "b"}) == Rules{"tar.link"});
  CHECK(rules({"a/link", "", '2', "../b"}) == Rules{"tar.link"});
  CHECK(rules({"a/link", "", '2', "../../b"}) == Rules{"tar.link-outside"});
  CHECK(rules({"link", "", '2', "/etc/passwd"}) == Rules{"tar.link-outside"});
  CHECK(rules({"a/link", "", '1', "b"}) == Rules{"tar.link"});
  CHECK(rules({"a/link", "", '1', "../b"}) == Rules{"tar.link-outside"});
  CHECK(rules({"null", "", '3'}) == Rules{"tar.device"});
  CHECK(rules({"pipe", "", '6'}) == Rules{"tar.device"});
  CHECK(rules({"a/", "with data", '5'}) == Rules{"tar.size"});
}

TEST_CASE("sizes are taken for what they are: octal, binary, too large, no number") {
  TarInput input{"a", "content"};
  input.size_field = std::string{"\x80\0\0\0\0\0\0\0\0\0\0\x07", 12};
  const std::string binary = tar_member(input) + tar_end();
  const MemorySource source{binary};
  CHECK(entries_of(source).at(0).size == 7);

  input.size_field = "77777777777";
  CHECK(rules_of(tar_member(input) + tar_end()) == Rules{"tar.size"});
  for (const std::string& field : {std::string(12, '\xff'), "\x80" + std::string(11, '\xff'),
                                   std::string{"-0000000001"}, std::string{"7_7"}, std::string{"0x7"}}) {
    input.size_field = field;
    CHECK_THROWS_AS(rules_of(tar_member(input) + tar_end()), Malformed);
  }
}

TEST_CASE("a pax header that says another size than the header itself is told") {
  const std::string pax = tar_member({"pax", pax_record("size", "1024"), 'x'});
  const std::string bytes = pax + tar_member({"a", "content"}) + std::string(512, 'x') + tar_end();
  CHECK(rules_of(bytes) == Rules{"tar.size"});
  CHECK(rules_of(tar_member({"pax", pax_record("path", "../out"), 'x'}) + tar_member({"a", "1"})) == Rules{"tar.path"});
  CHECK(rules_of(tar_member({"pax", pax_record("path", "../out"), 'g'}) + tar_member({"a", "1"}) +
                 tar_member({"b", "1"})) == Rules{"tar.path", "tar.path"});
}

TEST_CASE("a broken pax header is malformed") {
  for (const std::string text :
       {"", "no length", "99 path=a\n", "5 p=a\n", "8 path a\n", "0 path=a\n", "999999999 a=b\n"}) {
    CAPTURE(text);
    const std::string bytes = tar_member({"pax", text, 'x'}) + tar_member({"a", "1"}) + tar_end();
    const MemorySource source{bytes};
    if (text.empty()) {
      CHECK(entries_of(source).size() == 1);
    } else {
      CHECK_THROWS_AS(entries_of(source), Malformed);
    }
  }
  CHECK_THROWS_AS(rules_of(tar_member({"pax", "", 'x', "", "77777777777"})), Malformed);
}

TEST_CASE("an archive cut anywhere is shorter or malformed") {
  const std::string bytes = tar_member({"pax", pax_record("path", "long"), 'x'}) + tar_member({"a", "content"}) +
                            tar_member({"b", std::string(600, 'x')}) + tar_end();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const MemorySource source{std::string_view{bytes}.substr(0, size)};
    try {
      const std::size_t members = entries_of(source).size();
      CHECK(members <= 2);
    } catch (const Malformed&) {
    }
  }
}

}  // namespace
}  // namespace mlops::formats
