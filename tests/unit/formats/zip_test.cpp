#include "archive/zip.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "malformed.hpp"
#include "unit/formats/zip_writer.hpp"

namespace mlops::formats {
namespace {

std::vector<std::string> rules_of(const std::string& bytes) {
  const MemorySource source{bytes};
  const ZipArchive archive{source};
  std::vector<std::string> rules;
  for (const ZipProblem& problem : archive.problems()) rules.push_back(problem.rule);
  std::ranges::sort(rules);
  rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
  return rules;
}

std::string content_of(const ZipArchive& archive, std::string_view name) {
  const ZipMember* member = archive.find(name);
  REQUIRE(member != nullptr);
  const auto part = archive.open(*member);
  return read_bytes(*part, 0, static_cast<std::size_t>(part->size()));
}

using Rules = std::vector<std::string>;
const Rules none;

ZipInput input(std::string name, std::string content = "some bytes") { return {std::move(name), std::move(content)}; }

std::string archive_of(ZipInput member) { return ZipWriter{}.add("first", "1").add(std::move(member)).finish(); }

std::string descriptor(std::string_view content, bool magic, bool zip64, std::uint64_t packed) {
  std::string bytes = magic ? "PK\x07\x08" : "";
  bytes += little_bytes(crc32_of_text(content));
  if (zip64) return bytes + little_bytes<std::uint64_t>(packed) + little_bytes<std::uint64_t>(content.size());
  return bytes + little_bytes(static_cast<std::uint32_t>(packed)) +
         little_bytes(static_cast<std::uint32_t>(content.size()));
}

TEST_CASE("an archive's members are read, stored and deflated") {
  const std::string text(100'000, 'x');
  ZipInput packed{"folder/b.txt", text};
  packed.deflate = true;
  const std::string bytes = ZipWriter{}.add("a.txt", "hello").add(packed).add("folder/", "").finish();
  const MemorySource source{bytes};
  const ZipArchive archive{source};
  CHECK(archive.problems().empty());
  CHECK(archive.members().size() == 3);
  CHECK(content_of(archive, "a.txt") == "hello");
  CHECK(content_of(archive, "folder/b.txt") == text);
  CHECK(archive.find("folder/")->is_folder);
  CHECK(archive.find("c.txt") == nullptr);
  CHECK(rules_of(ZipWriter{}.finish()) == none);
}

TEST_CASE("what honest writers do differently in the two headers is no problem") {
  SECTION("sizes that follow the data, in each of their four forms") {
    for (const bool magic : {true, false}) {
      for (const bool zip64 : {true, false}) {
        ZipInput streamed = input("streamed", "text");
        streamed.flags = 0x08;
        streamed.local.crc32 = streamed.local.packed_size = streamed.local.size = 0;
        streamed.descriptor = descriptor("text", magic, zip64, 4);
        CHECK(rules_of(archive_of(streamed)) == none);
      }
    }
  }
  SECTION("padding in the extra field of one of them, as torch aligns its storages") {
    ZipInput padded = input("archive/data/0");
    padded.local.extra = "FB" + little_bytes<std::uint16_t>(11) + std::string(11, 'Z');
    CHECK(rules_of(archive_of(padded)) == none);
  }
  SECTION("sizes of 64 bits, because they might have been needed") {
    ZipInput large = input("large", "text");
    large.local.size = large.local.packed_size = 0xffffffffu;
    large.local.extra = little_bytes<std::uint16_t>(1) + little_bytes<std::uint16_t>(16) +
                        little_bytes<std::uint64_t>(4) + little_bytes<std::uint64_t>(4);
    CHECK(rules_of(archive_of(large)) == none);
  }
  SECTION("how hard the packer tried") {
    ZipInput member = input("a");
    member.local.flags = 0x06;
    CHECK(rules_of(archive_of(member)) == none);
  }
  SECTION("the encoding of a name in ASCII") {
    ZipInput member = input("a");
    member.central.flags = 0x0800;
    CHECK(rules_of(archive_of(member)) == none);
  }
  SECTION("a few zeros between members") {
    ZipInput member = input("a");
    member.behind = std::string(100, '\0');
    CHECK(rules_of(archive_of(member)) == none);
  }
  SECTION("end records of both sizes") {
    ZipWriter writer;
    writer.add("a", "1");
    ZipLies lies;
    lies.before_end = writer.zip64_end(1, writer.directory_size(), writer.size());
    CHECK(rules_of(writer.finish(lies)) == none);
    lies.members = 0xffff;
    lies.directory_size = lies.directory_offset = 0xffffffffu;
    CHECK(rules_of(writer.finish(lies)) == none);
  }
  SECTION("an archive inside, whole and not packed") {
    CHECK(rules_of(archive_of(input("inner.zip", ZipWriter{}.add("a", "1").finish()))) == none);
  }
}

// CVE-2025-1944: scanners saw another name than torch.
TEST_CASE("a name that differs in front of the data is told") {
  ZipInput member = input("data.pkl");
  member.local.name = "data.txt";
  CHECK(rules_of(archive_of(member)) == Rules{"zip.names-differ"});

  ZipInput unicode = input("good.txt");
  unicode.central.extra = little_bytes<std::uint16_t>(0x7075) + little_bytes<std::uint16_t>(5 + 8) + '\1' +
                          little_bytes(crc32_of_text("good.txt")) + "evil.pkl";
  CHECK(rules_of(archive_of(unicode)) == Rules{"zip.names-differ"});
}

// CVE-2025-1945: torch ignores flags by which scanners gave up.
TEST_CASE("every flag that one header alone has is told, and is that of encryption in either") {
  for (unsigned bit = 0; bit < 16; ++bit) {
    CAPTURE(bit);
    const auto flag = static_cast<std::uint16_t>(1u << bit);
    for (const bool in_local : {true, false}) {
      ZipInput member = input("data.pkl");
      (in_local ? member.local : member.central).flags = flag;
      const std::string bytes = archive_of(member);
      const Rules rules = rules_of(bytes);
      const bool harmless = bit == 1 || bit == 2 || bit == 11 || (bit == 3 && !in_local);
      const bool descriptor_missing = bit == 3 && in_local;
      CHECK(std::ranges::count(rules, "zip.flags-differ") == (harmless || descriptor_missing ? 0 : 1));
      CHECK(std::ranges::count(rules, "zip.sizes-differ") == (descriptor_missing ? 1 : 0));
      const MemorySource source{bytes};
      const ZipArchive archive{source};
      CHECK(archive.find("data.pkl")->encrypted == (bit == 0 || bit == 6 || bit == 13));
    }
  }
}

TEST_CASE("flags without a meaning are told even when both headers have them") {
  ZipInput member = input("data.pkl");
  member.flags = 1u << 5;
  CHECK(rules_of(archive_of(member)) == Rules{"zip.flags"});
}

TEST_CASE("sizes, methods and checksums that differ are told") {
  ZipInput size = input("a");
  size.local.size = 3;
  CHECK(rules_of(archive_of(size)) == Rules{"zip.sizes-differ"});

  ZipInput packed_size = input("a");
  packed_size.local.packed_size = 3;
  CHECK(rules_of(archive_of(packed_size)) == Rules{"zip.sizes-differ"});

  ZipInput method = input("a");
  method.local.method = 8;
  CHECK(rules_of(archive_of(method)) == Rules{"zip.methods-differ"});

  ZipInput crc = input("a");
  crc.local.crc32 = 3;
  CHECK(rules_of(archive_of(crc)) == Rules{"zip.crc"});

  ZipInput lying_descriptor = input("a", "text");
  lying_descriptor.flags = 0x08;
  lying_descriptor.local.crc32 = lying_descriptor.local.packed_size = lying_descriptor.local.size = 0;
  lying_descriptor.descriptor = descriptor("text", true, false, 3);
  CHECK(rules_of(archive_of(lying_descriptor)) == Rules{"zip.hidden", "zip.sizes-differ"});

  ZipInput no_zip64 = input("a", "text");
  no_zip64.central.size = no_zip64.central.packed_size = 0xffffffffu;
  const Rules rules = rules_of(archive_of(no_zip64));
  CHECK(std::ranges::count(rules, "zip.sizes-differ") == 1);

  ZipInput stored = input("a", "text");
  stored.local.size = stored.central.size = 2;
  CHECK(rules_of(archive_of(stored)) == Rules{"zip.sizes-differ"});
}

TEST_CASE("figures of 64 bits that contradict the small ones are told") {
  ZipWriter writer;
  writer.add("a", "1").add("b", "2");
  ZipLies lies;
  lies.before_end = writer.zip64_end(1, writer.directory_size(), writer.size());
  CHECK(rules_of(writer.finish(lies)) == Rules{"zip.count", "zip.end-records"});
  lies.before_end = "";
  lies.directory_offset = 0xffffffffu;
  CHECK(std::ranges::count(rules_of(writer.finish(lies)), "zip.end-records") == 1);
}

TEST_CASE("names that are there twice are told, also to readers that fold them") {
  CHECK(rules_of(archive_of(input("first"))) == Rules{"zip.duplicate"});
  CHECK(rules_of(archive_of(input("FIRST"))) == Rules{"zip.duplicate"});
  CHECK(rules_of(archive_of(input("./first"))) == Rules{"zip.duplicate"});
  CHECK(rules_of(archive_of(input("first/", ""))) == Rules{"zip.duplicate"});
  CHECK(rules_of(archive_of(input(std::string{"first\0x", 7}))) == Rules{"zip.duplicate", "zip.path"});
}

TEST_CASE("paths that lead out of the archive, or that readers take differently, are told") {
  for (const std::string name : {"/etc/passwd", "../a", "a/../../b", "a/..", "..", "C:/a", "a\\b", "", "\xff\xfe"}) {
    CAPTURE(name);
    CHECK(rules_of(archive_of(input(name))) == Rules{"zip.path"});
  }
  CHECK(rules_of(archive_of(input(std::string{"a\0b", 3}))) == Rules{"zip.path"});
  CHECK(rules_of(archive_of(input("folder/", "with data"))) == Rules{"zip.path"});
  CHECK(rules_of(archive_of(input("a/..b/c..", ""))) == none);
  ZipInput link = input("link", "/etc/passwd");
  link.unix_mode = 0120777;
  CHECK(rules_of(archive_of(link)) == Rules{"zip.link"});
}

TEST_CASE("members that overlap are told") {
  ZipInput twin = input("twin", "1");
  twin.offset = 0;
  twin.local.name = "first";
  CHECK(std::ranges::count(rules_of(archive_of(twin)), "zip.overlap") == 1);

  ZipInput endless = input("endless");
  endless.local.packed_size = endless.central.packed_size = 100;
  CHECK(std::ranges::count(rules_of(archive_of(endless)), "zip.overlap") == 1);

  ZipInput beyond = input("beyond");
  beyond.local.packed_size = beyond.central.packed_size = 1'000'000;
  CHECK(std::ranges::count(rules_of(archive_of(beyond)), "zip.sizes-differ") == 1);
}

TEST_CASE("what belongs to no member is told, and where it is") {
  ZipInput unlisted = input("unlisted");
  unlisted.listed = false;
  const std::string bytes = ZipWriter{}.add("first", "1").add(unlisted).add("last", "2").finish();
  CHECK(rules_of(bytes) == Rules{"zip.hidden"});
  const MemorySource source{bytes};
  const ZipArchive archive{source};
  REQUIRE(archive.gaps().size() == 1);
  CHECK(archive.gaps()[0].offset == 30 + 5 + 1);
  CHECK(archive.gaps()[0].size == 30 + 8 + 10);

  const std::string plain = ZipWriter{}.add("a", "1").finish();
  CHECK(rules_of("prefix" + plain) == Rules{"zip.prefix"});
  CHECK(rules_of(ZipWriter{}.raw("prefix").add("a", "1").finish()) == Rules{"zip.prefix"});
  CHECK(rules_of(plain + "suffix") == Rules{"zip.trailing"});
  CHECK(rules_of(plain + std::string(100, '\0')) == none);
  ZipLies lies;
  lies.before_end = "between";
  CHECK(rules_of(ZipWriter{}.add("a", "1").finish(lies)) == Rules{"zip.hidden"});
}

TEST_CASE("more than one end record is told") {
  const std::string one = ZipWriter{}.add("one", "1").finish();
  ZipLies lies;
  lies.comment = ZipWriter{}.finish();
  const std::string in_comment = ZipWriter{}.add("one", "1").finish(lies);
  CHECK(std::ranges::count(rules_of(in_comment), "zip.hidden") +
            std::ranges::count(rules_of(in_comment), "zip.prefix") ==
        1);
  ZipLies comment;
  comment.comment = "PK\x05\x06 is how it ends";
  CHECK(rules_of(ZipWriter{}.add("one", "1").finish(comment)) == Rules{"zip.end-records"});
  CHECK(std::ranges::count(rules_of(one + one), "zip.prefix") == 1);
  ZipLies wrong;
  wrong.members = 7;
  CHECK(rules_of(ZipWriter{}.add("one", "1").finish(wrong)) == Rules{"zip.count"});
  ZipLies disk;
  disk.disk = 3;
  CHECK(rules_of(ZipWriter{}.add("one", "1").finish(disk)) == Rules{"zip.disks"});
}

TEST_CASE("a member gives no more than it declares, and says when it has more or less") {
  const std::string text(1000, 'x');
  for (const std::uint32_t declared : {10u, 5000u}) {
    ZipInput member{"a", text};
    member.deflate = true;
    member.local.size = member.central.size = declared;
    const std::string bytes = archive_of(member);
    const MemorySource source{bytes};
    const ZipArchive archive{source};
    const auto part = archive.open(*archive.find("a"));
    CHECK(part->size() == declared);
    CHECK(read_bytes(*part, 0, 10'000) == text.substr(0, declared));
    std::byte more{};
    CHECK_THROWS_AS(part->read_at(std::min(declared, 1000u), {&more, 1}), Malformed);
  }
}

TEST_CASE("a declared size that no packed bytes can hold is not believed") {
  ZipInput member{"a", "text"};
  member.deflate = true;
  member.local.size = member.central.size = 0xfffffffeu;
  const std::string bytes = archive_of(member);
  const MemorySource source{bytes};
  const ZipArchive archive{source};
  CHECK(archive.open(*archive.find("a"))->size() < 100'000);
}

TEST_CASE("what can't be unpacked is said, and not guessed") {
  ZipInput encrypted = input("a");
  encrypted.flags = 1;
  ZipInput unknown = input("a");
  unknown.local.method = unknown.central.method = 99;
  ZipInput missing = input("a");
  missing.offset = 5;
  for (const ZipInput& member : {encrypted, unknown}) {
    const std::string bytes = archive_of(member);
    const MemorySource source{bytes};
    const ZipArchive archive{source};
    CHECK_THROWS_AS(archive.open(*archive.find("a")), Unscannable);
  }
  const std::string bytes = archive_of(missing);
  const MemorySource source{bytes};
  const ZipArchive archive{source};
  CHECK(std::ranges::count(rules_of(bytes), "zip.header-missing") == 1);
  CHECK_THROWS_AS(archive.open(*archive.find("a")), Malformed);
}

TEST_CASE("an archive cut anywhere has no central directory") {
  ZipInput packed{"b", std::string(100, 'x')};
  packed.deflate = true;
  const std::string bytes = ZipWriter{}.add("a", "hello").add(packed).finish();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    const MemorySource source{std::string_view{bytes}.substr(0, size)};
    CHECK_THROWS_AS(ZipArchive{source}, Malformed);
  }
}

TEST_CASE("an archive with any byte changed is refused, or gives no more than it holds") {
  ZipInput packed{"b", "some text, some text"};
  packed.deflate = true;
  const std::string bytes = ZipWriter{}.add("a", "hello").add(packed).finish();
  int read = 0;
  int refused = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const char value : {'\0', '\x7f', '\xff'}) {
      std::string changed = bytes;
      changed[at] = value;
      CAPTURE(at, static_cast<int>(value));
      const MemorySource source{changed};
      try {
        const ZipArchive archive{source};
        for (const ZipMember& member : archive.members()) {
          const std::string content = read_bytes(*archive.open(member), 0, 1000);
          CHECK(content.size() <= bytes.size());
        }
        ++read;
      } catch (const Malformed&) {
        ++refused;
      } catch (const Unscannable&) {
        ++refused;
      }
    }
  }
  CHECK(read > 0);     // a time, an attribute, a letter
  CHECK(refused > 0);  // a length, a place
}

TEST_CASE("an archive at the end of something else is found") {
  const std::string plain = ZipWriter{}.add("a", "1").finish();
  for (const std::string& bytes : {plain, "prefix" + plain, plain + "suffix"}) {
    const MemorySource source{bytes};
    CHECK(has_zip_at_end(source));
  }
  for (const std::string bytes : {"", "PK\x05\x06", "no archive at all"}) {
    const MemorySource source{bytes};
    CHECK_FALSE(has_zip_at_end(source));
  }
}

}  // namespace
}  // namespace mlops::formats
