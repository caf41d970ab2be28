// How archives are scanned and inspected as a whole.
#include <mlops/formats/inspect.hpp>
#include <mlops/formats/scan.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "unit/formats/archive/oracle.hpp"
#include "unit/formats/archive/tar_writer.hpp"
#include "unit/formats/zip_writer.hpp"

namespace mlops::formats {
namespace {

using domain::Safety;

// Something that is found wherever it is: the beginning of a shared library.
const std::string payload =
    std::string{
        "\x7f"
        "ELF\x02\x01\x01\0",
        8} +
    std::string(56, '\0');

domain::Scan scan_of(const std::string& bytes) { return scan_file(MemorySource{bytes}); }
domain::Inspection inspection_of(const std::string& bytes) { return inspect_file(MemorySource{bytes}); }

std::vector<std::string> places(const domain::Scan& scan, std::string_view rule) {
  std::vector<std::string> places;
  for (const domain::Finding& finding : scan.findings) {
    if (finding.rule == rule) places.push_back(finding.where);
  }
  return places;
}
bool has(const domain::Scan& scan, std::string_view rule) { return !places(scan, rule).empty(); }

using Places = std::vector<std::string>;

ZipInput with_payload(std::string name) { return {std::move(name), payload}; }

// An empty dict, as pickle writes it.
const std::string state = "\x80\x02}q\x01.";

std::string torch_archive(const std::string& code = "") {
  ZipWriter writer;
  writer.add("model/data.pkl", state).add("model/byteorder", "little").add("model/version", "3\n");
  writer.add("model/data/0", std::string(64, 'w')).add("model/data/1", std::string(32, 'w'));
  if (!code.empty()) writer.add("model/constants.pkl", state).add("model/code/__torch__.py", code);
  return writer.finish();
}

// CVE-2025-10155: the name decided what was looked at.
TEST_CASE("every member is scanned, whatever it is called") {
  for (const std::string name : {"data.pkl", "data.txt", "model.bin", "a/b/c", "image.png", "no extension"}) {
    CHECK(places(scan_of(ZipWriter{}.add(with_payload(name)).finish()), "code.native") == Places{name});
  }
  ZipInput packed = with_payload("packed");
  packed.deflate = true;
  CHECK(has(scan_of(ZipWriter{}.add(packed).finish()), "code.native"));
}

TEST_CASE("a clean archive is clean") {
  const domain::Scan scan = scan_of(ZipWriter{}.add("a.txt", "hello").add("b/c.txt", "world").finish());
  CHECK(scan.safety == Safety::allowlisted);
  CHECK(scan.findings.empty());
  CHECK(scan.format == "zip");
  CHECK_FALSE(scan.supported);
}

// CVE-2025-1944, CVE-2025-1945, CVE-2025-10156: scanners gave up where torch went on.
TEST_CASE("what is odd about an archive is told, and what is in it is scanned all the same") {
  const auto check = [](ZipInput member, std::string_view rule) {
    const domain::Scan scan = scan_of(ZipWriter{}.add(std::move(member)).finish());
    CAPTURE(rule);
    CHECK(has(scan, rule));
    CHECK(has(scan, "code.native"));
    CHECK(scan.safety >= Safety::malformed);
  };
  ZipInput name = with_payload("data.pkl");
  name.local.name = "data.txt";
  check(name, "zip.names-differ");

  ZipInput flags = with_payload("data.pkl");
  flags.local.flags = 0x20;
  check(flags, "zip.flags-differ");

  ZipInput crc = with_payload("data.pkl");
  crc.local.crc32 = crc.central.crc32 = 7;
  check(crc, "zip.crc");

  ZipInput climbing = with_payload("../../data.pkl");
  check(climbing, "zip.path");
}

TEST_CASE("encrypted members are never clean") {
  for (const bool in_local : {true, false}) {
    ZipInput member{"data.pkl", "secret"};
    (in_local ? member.local : member.central).flags = 1;
    const domain::Scan scan = scan_of(ZipWriter{}.add(member).finish());
    CHECK(places(scan, "zip.encrypted") == Places{"data.pkl"});
  }
  ZipInput member{"data.pkl", "secret"};
  member.flags = 1;
  CHECK(scan_of(ZipWriter{}.add(member).finish()).safety == Safety::unscannable);
}

TEST_CASE("members that the central directory does not name are scanned") {
  ZipInput hidden = with_payload("hidden.pkl");
  hidden.listed = false;
  const domain::Scan stored = scan_of(ZipWriter{}.add("a", "1").add(hidden).add("b", "2").finish());
  CHECK(has(stored, "zip.hidden"));
  CHECK(places(stored, "code.native").at(0).starts_with("hidden member `hidden.pkl`"));

  hidden.deflate = true;
  hidden.flags = 8;
  CHECK(has(scan_of(ZipWriter{}.add("a", "1").add(hidden).finish()), "code.native"));
  CHECK(has(scan_of(ZipWriter{}.add("a", "1").finish() + payload), "code.native"));
}

TEST_CASE("an archive without its central directory is malformed, and scanned all the same") {
  const std::string bytes = ZipWriter{}.add("a", "1").add(with_payload("data.pkl")).finish();
  const domain::Scan scan = scan_of(bytes.substr(0, bytes.size() - 1));
  CHECK(has(scan, "zip.broken"));
  CHECK(has(scan, "code.native"));
}

TEST_CASE("a file that is something else and an archive is scanned as both") {
  const std::string archive = ZipWriter{}.add(with_payload("inside")).finish();
  for (const std::string& front : {payload, std::string{"nothing that is known"}, gzipped("text")}) {
    const domain::Scan scan = scan_of(front + archive);
    CHECK(has(scan, "zip.prefix"));
    CHECK(std::ranges::count(places(scan, "code.native"), "inside") == 1);
    CHECK(scan.safety >= Safety::malformed);
  }
  CHECK(std::ranges::count(places(scan_of(payload + archive), "code.native"), "") == 1);
  CHECK(scan_of(payload + archive).format == "elf");
}

TEST_CASE("archives in archives in streams are looked through, to a depth") {
  const std::string inner = ZipWriter{}.add(with_payload("deepest")).finish();
  const std::string tar = tar_member({"inner.zip", inner}) + tar_end();
  const domain::Scan scan = scan_of(gzipped(ZipWriter{}.add("some.tar", tar).finish()));
  CHECK(places(scan, "code.native") == Places{"gzip › some.tar › inner.zip › deepest"});
  CHECK(scan.safety == Safety::unknown);
  CHECK(scan.format == "zip");

  std::string deep = payload;
  for (int i = 0; i < 20; ++i) deep = gzipped(deep);
  CHECK(has(scan_of(deep), "nesting.depth"));
  CHECK(inspection_of(deep).problems.size() == 1);
}

TEST_CASE("a zip bomb ends") {
  ZipInput bomb{"zeros", std::string(64u << 20, '\0')};
  bomb.deflate = true;
  ZipInput packed{"bomb.zip", ZipWriter{}.add(bomb).finish()};
  packed.deflate = true;
  // The same few bytes named again and again, as in "A better zip bomb" (Fifield, 2019).
  ZipWriter writer;
  writer.add(packed);
  for (int i = 0; i < 200; ++i) {
    ZipInput again{fmt::format("again{}", i), payload};
    writer.add(again);
  }
  CHECK(scan_of(writer.finish()).safety == Safety::unknown);

  ZipInput lying{"zeros", std::string(100, '\0')};
  lying.deflate = true;
  lying.packed = deflated(std::string(1u << 20, '\0'));
  CHECK(has(scan_of(ZipWriter{}.add(lying).finish()), "zip.content"));
}

TEST_CASE("what unpacks to far too much is never clean, and takes no time") {
  std::string zeros;
  const std::string one = gzipped(std::string(64u << 20, '\0'));
  for (int i = 0; i < 20; ++i) zeros += one;
  const domain::Scan scan = scan_of(zeros);
  CHECK(scan.safety == Safety::unscannable);
  CHECK(scan.findings.at(0).what == "it holds more than can be looked at");
  CHECK(inspection_of(zeros).problems.at(0) == "looking into 1.3 MB takes more than 1.1 GB of unpacking");

  ZipInput declared{"zeros", std::string(100, '\0')};
  declared.deflate = true;
  declared.local.size = declared.central.size = 0xf0000000u;
  CHECK(has(scan_of(ZipWriter{}.add(declared).finish()), "zip.bomb"));
}

TEST_CASE("an archive with something unknown in front of it is inspected all the same") {
  const domain::Inspection inspection = inspection_of("something unknown" + torch_archive());
  CHECK(inspection.format == "pytorch");
  CHECK_FALSE(inspection.problems.empty());
}

TEST_CASE("code inside of archives is told") {
  const domain::Scan scan = scan_of(ZipWriter{}.add("setup.py", "import os").add("lib.so", payload).finish());
  CHECK(places(scan, "code.python") == Places{"setup.py"});
  CHECK(places(scan, "code.native") == Places{"lib.so"});
  CHECK(scan.safety == Safety::unknown);
  CHECK(has(scan_of(tar_member({"a/B.PY", "import os"}) + tar_end()), "code.python"));
}

TEST_CASE("archives that can't be looked into are never clean") {
  for (const std::string& bytes : {std::string{"7z\xbc\xaf\x27\x1c\0\4", 8}, std::string{"Rar!\x1a\x07\0", 7},
                                   std::string{"Rar!\x1a\x07\x01\0", 8}}) {
    CHECK(scan_of(bytes).safety == Safety::unscannable);
    CHECK(scan_of(gzipped(bytes)).safety == Safety::unscannable);
    CHECK(scan_of(ZipWriter{}.add("harmless.txt", bytes).finish()).safety == Safety::unscannable);
  }
}

TEST_CASE("streams are scanned as what they unpack to, also when they are broken or go on") {
  const std::string packed = gzipped(payload + std::string(100'000, 'x'));
  CHECK(scan_of(packed).format == "elf");
  CHECK(places(scan_of(packed), "code.native") == Places{"gzip"});
  const domain::Scan cut = scan_of(packed.substr(0, packed.size() - 8));
  CHECK(has(cut, "code.native"));
  CHECK(has(cut, "stream.broken"));
  const domain::Scan more = scan_of(gzipped("text") + payload);
  CHECK(has(more, "code.native"));
  CHECK(has(more, "stream.trailing"));
  CHECK(scan_of(gzipped("text") + std::string(100, '\0')).safety == Safety::allowlisted);
}

TEST_CASE("tar archives are scanned, with what is wrong with their members") {
  const std::string tar = tar_member({"fine", payload}) + tar_member({"../out", "x"}) +
                          tar_member({"link", "", '2', "fine"}) + tar_member({"out", "", '2', "/etc/passwd"}) +
                          tar_end();
  const domain::Scan scan = scan_of(tar);
  CHECK(scan.format == "tar");
  CHECK(places(scan, "code.native") == Places{"fine"});
  CHECK(places(scan, "tar.path") == Places{"../out"});
  CHECK(places(scan, "tar.link") == Places{"link"});
  CHECK(places(scan, "tar.link-outside") == Places{"out"});

  const domain::Scan hidden = scan_of(tar_member({"a", "1"}) + tar_end() + tar_member({"b", payload}) + tar_end());
  CHECK(has(hidden, "tar.trailing"));
  CHECK(has(hidden, "code.native"));
  const domain::Scan broken = scan_of(tar_member({"a", "1"}) + payload + std::string(600, 'x'));
  CHECK(has(broken, "tar.broken"));
  CHECK(has(broken, "code.native"));
  // A small archive as the last member is nothing odd.
  CHECK(scan_of(tar_member({"a.zip", ZipWriter{}.add("b", "1").finish()}) + tar_end()).findings.empty());
}

TEST_CASE("archives of PyTorch are told apart and described") {
  const domain::Inspection plain = inspection_of(torch_archive());
  CHECK(plain.format == "pytorch");
  CHECK(plain.format_version == "3");
  CHECK(plain.problems.empty());
  const Json facts{plain.facts};
  CHECK(facts.at("archive_root") == Json{"model"});
  CHECK(facts.at("byteorder") == Json{"little"});
  CHECK(facts.at("storages") == Json{2});
  CHECK(facts.at("storage_bytes") == Json{96});
  CHECK(scan_of(torch_archive()).format == "pytorch");

  const domain::Inspection script = inspection_of(torch_archive("def forward(self): return 1"));
  CHECK(script.format == "torchscript");
  CHECK(Json{script.facts}.at("code_files") == Json::array({"code/__torch__.py"}));
}

TEST_CASE("the checksum of a storage is not asked for, as torch may be told not to write it") {
  ZipInput storage{"model/data/0", "weights"};
  storage.local.crc32 = storage.central.crc32 = 0;
  const std::string bytes = ZipWriter{}.add("model/data.pkl", state).add("model/version", "3").add(storage).finish();
  CHECK(scan_of(bytes).safety == Safety::allowlisted);
}

TEST_CASE("a TorchScript program may compute, and nothing else") {
  const auto scan = [](const std::string& code) { return scan_of(torch_archive(code)); };
  CHECK(
      scan("def f(x: Tensor) -> Tensor:\n  return torch.add(ops.quantized.linear(x), x, alpha=1)\n").findings.empty());
  CHECK(scan("  # torch.save(x)\n  a = 'torch.save(x)'\n  b = \"\"\" \"torch.save(x) \"\"\"\n").findings.empty());
  CHECK(scan("  torch.save(x, \"/tmp/x\")").safety == Safety::dangerous);
  CHECK(scan("  torch . \\\n  save (x)").safety == Safety::dangerous);
  CHECK(scan("  a = \"\"\" \" \"\"\"; torch.save(x)").safety == Safety::dangerous);
  CHECK(scan("  ops.aten.from_file(x)").safety == Safety::dangerous);
  CHECK(has(scan("  ops.mylib.run(x)"), "torchscript.operator"));
  CHECK(has(scan("  x = ^Foo(1)(y)"), "torchscript.python"));
  CHECK(has(scan("  x : __torch__.torch.classes.mylib.Thing"), "torchscript.class"));
  CHECK(scan("  x : __torch__.torch.classes.quantized.LinearPackedParamsBase").findings.empty());
  CHECK(has(scan("  rpc_async(a, b, c)"), "torchscript.network"));
}

TEST_CASE("archives of others are read without a problem") {
  std::map<std::string, std::string> expected;
  for (const auto& [name, value] : archives_oracle().at("zips").as_object()) {
    CAPTURE(name);
    const std::string bytes = from_base64(value.as_string());
    CHECK(scan_of(bytes).findings.empty());
    const domain::Inspection inspection = inspection_of(bytes);
    CHECK(inspection.problems.empty());
    CHECK(Json{inspection.facts}.at("members") == Json{4});
  }
  for (const auto& [name, value] : archives_oracle().at("tars").as_object()) {
    CAPTURE(name);
    const std::string bytes = from_base64(value.as_string());
    CHECK(scan_of(bytes).findings.empty());
    CHECK(scan_of(bytes).format == "tar");
    const domain::Inspection inspection = inspection_of(bytes);
    CHECK(inspection.format == "tar");
    CHECK(Json{inspection.facts}.at("compression") == Json{"gzip"});
    CHECK(Json{inspection.facts}.at("members") == Json{5});
  }
}

TEST_CASE("of what a stream holds the format is told, and how it is packed") {
  const domain::Inspection inspection = inspection_of(gzipped(deflated(payload, 15)));
  CHECK(inspection.format == "elf");
  CHECK(Json{inspection.facts}.at("compression") == Json{"gzip, zlib"});
}

}  // namespace
}  // namespace mlops::formats
