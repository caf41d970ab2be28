#include <catch2/catch.hpp>

#include <algorithm>

#include <mlops/formats/inspect.hpp>
#include <mlops/formats/scan.hpp>

#include "hdf5_writer.hpp"

namespace mlops::formats {
namespace {

using domain::Safety;

domain::Inspection inspect(std::string_view bytes) { return inspect_file(MemorySource{bytes}); }
domain::Scan scan(std::string_view bytes) { return scan_file(MemorySource{bytes}); }

bool has_problem(const domain::Inspection& inspection, std::string_view part) {
  return std::ranges::any_of(inspection.problems,
                             [&](const std::string& problem) { return problem.find(part) != std::string::npos; });
}

bool has_finding(const domain::Scan& scan, Safety safety, std::string_view rule, std::string_view part) {
  return std::ranges::any_of(scan.findings, [&](const domain::Finding& finding) {
    return finding.safety == safety && finding.rule == rule && finding.what.find(part) != std::string::npos;
  });
}

// Both say that it is broken, with these words.
void check_malformed(const std::string& bytes, std::string_view words) {
  CAPTURE(words);
  const domain::Inspection inspection = inspect(bytes);
  CAPTURE(inspection.problems);
  CHECK(has_problem(inspection, words));
  CHECK(has_finding(scan(bytes), Safety::malformed, "malformed", words));
}

void check_unscannable(const std::string& bytes, std::string_view words) {
  CAPTURE(words);
  const domain::Inspection inspection = inspect(bytes);
  CAPTURE(inspection.problems);
  CHECK(has_problem(inspection, words));
  CHECK(scan(bytes).safety == Safety::unscannable);
}

TEST_CASE("a file written by hand is read") {
  Hdf5Writer writer;
  const std::uint64_t data = writer.put(std::string(24, 'x'));
  const std::uint64_t w = writer.object(tensor(float32(), {2, 3}, contiguous(data, 24)));
  const std::uint64_t b = writer.object(tensor(real(2, 8, 7), {3}, contiguous(nowhere, 6)));
  const std::string bytes = writer.file(writer.group({{"b", b}, {"w", w}}, text_attribute("title", "made by hand")));
  const domain::Inspection inspection = inspect(bytes);
  CHECK(inspection.problems.empty());
  CHECK(inspection.tensors == std::vector<domain::Tensor>{{"b", "bfloat16", {3}, 0}, {"w", "float32", {2, 3}, 24}});
  CHECK(inspection.parameters == 9);
  CHECK(scan(bytes).safety == Safety::allowlisted);
}

// Layouts of versions 1 and 2 say the shape of the data and not their size.
TEST_CASE("the layouts of the oldest files are read") {
  for (const unsigned version : {1u, 2u}) {
    const auto old = [&](std::uint8_t kind, const std::string& rest) {
      return message(0x08, little(version, 1) + little(2, 1) + little(kind, 1) + little(0, 5) + rest);
    };
    const std::string shape = little(2, 4) + little(3, 4);
    const std::string whole = file_with(tensor(float32(), {2, 3}, old(1, little(96, 8) + shape)));
    CHECK(inspect(whole).tensors == std::vector<domain::Tensor>{{"x", "float32", {2, 3}, 24}});
    CHECK(inspect(whole).problems.empty());
    const std::string compact = file_with(tensor(fixed_text(5), {2}, old(0, shape + little(10, 4) + "hellothere")));
    CHECK(inspect(compact).tensors == std::vector<domain::Tensor>{{"x", "string", {2}, 10}});
    const domain::Inspection texts = inspect(compact);
    REQUIRE_FALSE(texts.facts.empty());
    CHECK(texts.facts.back() == Json::Member{"texts", Json::object({{"x", Json::array({"hello", "there"})}})});
  }
}

// A member of a struct of version 1 has dimensions of its own.
TEST_CASE("the structs of the oldest files are read") {
  const std::string member = padded(std::string{"a\0", 2}) + little(0, 4) + little(1, 4) + little(0, 8) + little(3, 4) +
                             little(0, 12) + float32();
  const std::string bytes = file_with(tensor(datatype(6, 1, 12, member), {5}, contiguous(nowhere, 60)));
  CHECK(inspect(bytes).problems.empty());
  CHECK(inspect(bytes).tensors == std::vector<domain::Tensor>{{"x", "struct", {5}, 0}});
}

TEST_CASE("links that run in circles are followed once") {
  Hdf5Writer writer;
  const std::uint64_t first = writer.next();
  const std::uint64_t second = first + 16 + hard_link("up", 0).size();
  REQUIRE(writer.object(hard_link("up", second)) == first);
  REQUIRE(writer.object(hard_link("up", first) + hard_link("me", second)) == second);
  const std::string bytes = writer.file(writer.group({{"a", first}, {"b", second}}));
  CHECK(inspect(bytes).problems.empty());
  CHECK(scan(bytes).safety == Safety::allowlisted);
}

TEST_CASE("a group that holds a name twice is malformed") {
  Hdf5Writer writer;
  const std::uint64_t a = writer.object("");
  const std::uint64_t b = writer.object("");
  check_malformed(writer.file(writer.group({{"x", a}, {"x", b}})), "two links have the name `x`");
}

TEST_CASE("what leads to another file is dangerous") {
  const std::string with_link = file_with_root(link("x", 64, std::string{"\0../other.h5\0/a\0", 16}));
  CHECK(has_finding(scan(with_link), Safety::dangerous, "hdf5.external-link", "../other.h5:/a"));
  CHECK(has_problem(inspect(with_link), "../other.h5"));

  Hdf5Writer writer;
  const std::uint64_t names = writer.put(padded(std::string{"/etc/passwd\0", 12}));
  const std::uint64_t heap = writer.put("HEAP" + little(0, 4) + little(16, 8) + little(nowhere, 8) + little(names, 8));
  const std::string files = message(
      0x07, little(1, 4) + little(1, 2) + little(1, 2) + little(heap, 8) + little(0, 8) + little(0, 8) + little(16, 8));
  const std::uint64_t x = writer.object(tensor(float32(), {4}, contiguous(nowhere, 16)) + files);
  const std::string with_data = writer.file(writer.group({{"x", x}}));
  CHECK(has_finding(scan(with_data), Safety::dangerous, "hdf5.external-data", "/etc/passwd"));
  CHECK(has_problem(inspect(with_data), "/etc/passwd"));
}

TEST_CASE("virtual data of another file are dangerous, those of this one are not known") {
  const auto file_of = [](const std::string& source) {
    Hdf5Writer writer;
    const std::string mapping = little(0, 1) + little(1, 8) + source + '\0';
    const std::uint64_t heap = writer.put("GCOL" + little(1, 4) + little(4096, 8) + little(7, 2) + little(1, 2) +
                                          little(0, 4) + little(mapping.size(), 8) + padded(mapping));
    writer.put(std::string(4096, '\0'));
    const std::string layout = message(0x08, little(4, 1) + little(3, 1) + little(heap, 8) + little(7, 4));
    const std::uint64_t x = writer.object(tensor(float32(), {4}, layout));
    return writer.file(writer.group({{"x", x}}));
  };
  CHECK(has_finding(scan(file_of("v.h5")), Safety::dangerous, "hdf5.virtual", "v.h5"));
  CHECK(scan(file_of(".")).safety == Safety::unknown);
}

TEST_CASE("data that reach beyond the end of the file are told") {
  check_malformed(file_with(tensor(float32(), {1000}, contiguous(96, 4000))), "beyond the end of the file by");
  check_malformed(file_with(tensor(float32(), {1}, contiguous(nowhere - 1, 4))),
                  "beyond the end of the file by 4 bytes");
}

TEST_CASE("a small file of a dataset that fills the memory is not allowlisted") {
  const auto unwritten = [](std::uint64_t elements) {
    return scan(file_with(tensor(float32(), {elements}, contiguous(nowhere, 4 * elements))));
  };
  CHECK(unwritten(std::uint64_t{1} << 30).safety == Safety::allowlisted);
  CHECK(has_finding(unwritten((std::uint64_t{1} << 30) + 1), Safety::unknown, "hdf5.expands", "takes 0 bytes"));
}

TEST_CASE("sizes that overflow are malformed") {
  const std::uint64_t huge = std::uint64_t{1} << 33;
  check_malformed(file_with(tensor(float32(), {huge, huge}, contiguous(nowhere, 0))), "elements are more than");
  check_malformed(file_with(tensor(float32(), {std::uint64_t{1} << 62}, contiguous(nowhere, 0))),
                  "bytes of a dataset are");
  check_malformed(file_with(attribute("a", float32(), dataspace({huge}), "")), "attribute `a` lacks");
  check_malformed(file_with(attribute("a", float32(), little(1, 1) + little(200, 7), "")), "200 dimensions");
  // No elements, whatever the other sizes are.
  CHECK(inspect(file_with(tensor(float32(), {huge, 0, huge}, contiguous(nowhere, 0)))).problems.empty());
}

TEST_CASE("an object header that continues in itself is malformed") {
  Hdf5Writer writer;
  const std::uint64_t at = writer.next();
  const std::string next = message(0x10, little(at + 16, 8) + little(24, 8));
  writer.object(next);
  check_malformed(writer.file(writer.group({{"x", at}})), "continues in itself");
}

TEST_CASE("what an object header declares must be there") {
  Hdf5Writer writer;
  const std::uint64_t at =
      writer.put(little(1, 2) + little(0, 2) + little(1, 4) + little(0xfffffff0, 4) + little(0, 4));
  check_malformed(writer.file(writer.group({{"x", at}})), "an object header at byte");
  check_malformed(file_with(little(0x0c, 2) + little(60000, 2) + little(0, 4)), "too early");
  check_malformed(file_with(message(0x10, little(nowhere - 5, 8) + little(20, 8))), "reaches beyond the end");
  check_malformed(file_with(tensor(float32(), {1}, message(0x08, little(3, 1) + little(1, 1)))), "a layout ends");
}

TEST_CASE("a B-tree that runs in a circle is malformed") {
  Hdf5Writer writer;
  const std::uint64_t names = writer.put(little(0, 8));
  const std::uint64_t heap = writer.put("HEAP" + little(0, 4) + little(8, 8) + little(nowhere, 8) + little(names, 8));
  const std::uint64_t tree = writer.put(Hdf5Writer::tree_node(0, 3, {writer.next()}));
  check_malformed(writer.file(writer.object(message(0x11, little(tree, 8) + little(heap, 8)))), "the wrong level");
}

TEST_CASE("symbols that are not there are malformed") {
  Hdf5Writer writer;
  const std::uint64_t names = writer.put(little(0, 8));
  const std::uint64_t heap = writer.put("HEAP" + little(0, 4) + little(8, 8) + little(nowhere, 8) + little(names, 8));
  const auto file_of = [&](const std::string& node) {
    Hdf5Writer copy = writer;
    const std::uint64_t tree = copy.put(Hdf5Writer::tree_node(0, 0, {copy.put(node)}));
    return copy.file(copy.object(message(0x11, little(tree, 8) + little(heap, 8))));
  };
  check_malformed(file_of("SNOD" + little(1, 2) + little(0xffff, 2)), "a node of symbols at byte");
  check_malformed(file_of("SNOD" + little(1, 2) + little(1, 2) + little(100, 8) + std::string(32, '\0')), "local heap");
  check_malformed(file_of("XXXX" + little(0, 4)), "does not begin with SNOD");
}

TEST_CASE("many objects of one tree after another are too much work, and not an endless one") {
  Hdf5Writer writer;
  const std::uint64_t names = writer.put(std::string{"x\0", 2} + std::string(6, '\0'));
  const std::uint64_t heap = writer.put("HEAP" + little(0, 4) + little(8, 8) + little(nowhere, 8) + little(names, 8));
  std::string symbols = "SNOD" + little(1, 2) + little(1000, 2);
  for (int i = 0; i < 1000; ++i) symbols += little(0, 8) + little(0, 8) + little(0, 24);
  // Each level names the one below 200 times: 8 million links.
  std::uint64_t tree = writer.put(symbols);
  for (std::uint8_t level = 0; level < 3; ++level) {
    tree = writer.put(Hdf5Writer::tree_node(0, level, std::vector<std::uint64_t>(200, tree)));
  }
  const std::string bytes = writer.file(writer.object(message(0x11, little(tree, 8) + little(heap, 8))));
  check_unscannable(bytes, "too many links");
}

TEST_CASE("groups that are nested without end are not followed without end") {
  Hdf5Writer writer;
  std::uint64_t inner = writer.object("");
  for (int i = 0; i < 2000; ++i) inner = writer.object(hard_link("g", inner));
  check_unscannable(writer.file(inner), "nested too deep");
}

TEST_CASE("types that are nested without end are not followed without end") {
  std::string type = float32();
  for (int i = 0; i < 100; ++i) type = datatype(9, 0, 16, type);
  check_unscannable(file_with(tensor(type, {1}, contiguous(nowhere, 0))), "nested too deep");
}

TEST_CASE("versions that are not known are unscannable") {
  check_unscannable(file_with(tensor(float32(), {1}, message(0x08, little(9, 8)))), "a layout is of version 9");
  CHECK(inspect(file_with(tensor(float32(), {1}, message(0x08, little(9, 8))))).tensor_count == 1);
  check_unscannable(file_with(message(0x0c, little(9, 8))), "an attribute is of version 9");
  std::string bytes = file_with("");
  bytes[8] = 7;
  check_unscannable(bytes, "the superblock is of version 7");
  bytes[8] = 0;
  bytes[13] = 3;
  check_unscannable(bytes, "addresses of 3");
}

TEST_CASE("a text that is not in its global heap is told") {
  const std::string type = datatype(9, 1, 16, fixed_text(1));
  const auto file_of = [&](std::uint64_t heap) {
    return file_with_root(attribute("a", type, dataspace({}), little(5, 4) + little(heap, 8) + little(1, 4)));
  };
  check_malformed(file_of(nowhere), "a global heap is nowhere");
  check_malformed(file_of(96), "does not begin with GCOL");
  check_malformed(file_of(1u << 30), "a global heap at byte");

  Hdf5Writer writer;
  const std::uint64_t heap = writer.put("GCOL" + little(1, 4) + little(64, 8) + little(1, 2) + little(0, 6) +
                                        little(33, 8) + std::string(64, 'x'));
  const std::string text = attribute("a", type, dataspace({}), little(5, 4) + little(heap, 8) + little(1, 4));
  check_malformed(writer.file(writer.group({}, text)), "an object in a global heap reaches beyond it");
}

TEST_CASE("one element of a thousand texts can't fill the memory") {
  Hdf5Writer writer;
  constexpr std::uint64_t size = 1u << 20;
  const std::uint64_t heap = writer.put("GCOL" + little(1, 4) + little(size, 8) + little(1, 2) + little(1, 6) +
                                        little(size - 32, 8) + std::string(size - 32, 'x'));
  std::string texts;
  for (int i = 0; i < 1000; ++i) texts += little(size - 32, 4) + little(heap, 8) + little(1, 4);
  const std::string many = attribute("a", datatype(9, 1, 16, fixed_text(1)), dataspace({1000}), texts);
  check_unscannable(writer.file(writer.group({}, many)), "more strings than can be looked at");
}

TEST_CASE("a user block may be in front") {
  const std::string plain = file_with(tensor(float32(), {4}, contiguous(nowhere, 16)));
  for (const std::size_t size : {512u, 1024u, 65536u, 131072u}) {
    CAPTURE(size);
    const domain::Inspection inspection = inspect(std::string(size, '#') + plain);
    CHECK(inspection.format == "hdf5");
    CHECK(inspection.problems.empty());
    CHECK(inspection.tensor_count == 1);
  }
  CHECK(inspect(std::string(700, '#') + plain).format == "unknown");
}

TEST_CASE("objects that PyTables would unpickle are not taken for data") {
  const std::string bytes =
      file_with(tensor(datatype(0, 0, 1, little(0, 2) + little(8, 2)), {1}, contiguous(nowhere, 0)) +
                text_attribute("PSEUDOATOM", "object"));
  CHECK(has_finding(scan(bytes), Safety::unscannable, "hdf5.pickle", "PyTables"));
}

}  // namespace
}  // namespace mlops::formats
