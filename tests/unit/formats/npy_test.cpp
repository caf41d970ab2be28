#include "npy/npy.hpp"

#include <catch2/catch.hpp>

#include <string>

#include "looking.hpp"
#include "malformed.hpp"
#include "python_literal.hpp"

namespace mlops::formats {
namespace {

using domain::Safety;

std::string npy(const std::string& header, std::size_t data_size, int major = 1) {
  std::string bytes = "\x93NUMPY";
  bytes += static_cast<char>(major);
  bytes += '\0';
  const std::size_t size = header.size() + 1;
  bytes += major == 1 ? little(static_cast<std::uint16_t>(size)) : little(static_cast<std::uint32_t>(size));
  return bytes + header + "\n" + std::string(data_size, '\0');
}

std::string described(const std::string& descr, const std::string& shape) {
  return "{'descr': " + descr + ", 'fortran_order': False, 'shape': " + shape + ", }";
}

std::string dtype_of(const std::string& descr, std::size_t item_size) {
  const domain::Inspection inspection = inspected(npy(described(descr, "(2,)"), 2 * item_size));
  CAPTURE(inspection.problems);
  CHECK(inspection.problems.empty());
  return inspection.tensors.empty() ? "" : inspection.tensors.front().dtype;
}

bool is_refused(const std::string& bytes, std::string_view problem) {
  const domain::Inspection inspection = inspected(bytes);
  CAPTURE(inspection.problems);
  return has_problem(inspection, problem) && scanned(bytes).safety >= Safety::unscannable;
}

TEST_CASE("NPY: the header tells dtype and shape, in all versions") {
  for (const int major : {1, 2, 3}) {
    const std::string bytes = npy(described("'<f4'", "(2, 3)"), 24, major);
    const domain::Inspection inspection = inspected(bytes);
    CHECK(inspection.format == "npy");
    CHECK(inspection.format_version == std::to_string(major) + ".0");
    CHECK(inspection.parameters == 6u);
    REQUIRE(inspection.tensors.size() == 1);
    CHECK(inspection.tensors[0] == domain::Tensor{"", "float32", {2, 3}, 24});
    CHECK(scanned(bytes).safety == Safety::allowlisted);
    check_truncations(bytes, "npy");
  }
}

TEST_CASE("NPY: dtypes have their usual names") {
  CHECK(dtype_of("'|b1'", 1) == "bool");
  CHECK(dtype_of("'|u1'", 1) == "uint8");
  CHECK(dtype_of("'>i8'", 8) == "int64");
  CHECK(dtype_of("'<f2'", 2) == "float16");
  CHECK(dtype_of("'<c16'", 16) == "complex128");
  CHECK(dtype_of("'<U3'", 12) == "string");
  CHECK(dtype_of("'|S3'", 3) == "bytes");
  CHECK(dtype_of("'|V5'", 5) == "void");
  CHECK(dtype_of("'<M8[ns]'", 8) == "datetime64[ns]");
  CHECK(dtype_of("'<m8'", 8) == "timedelta64");
  CHECK(dtype_of("[('a', '<f4'), (('title', 'b'), '<i2', (3,)), ('c', [('d', '|b1')])]", 4 + 6 + 1) == "struct");
  CHECK(dtype_of("('<f4', (2, 2))", 16) == "float32");
}

TEST_CASE("NPY: other headers are refused") {
  CHECK(is_refused(npy("{}", 0), "does not have just"));
  CHECK(is_refused(npy("{'descr': '<f4', 'fortran_order': False}", 0), "does not have just"));
  CHECK(is_refused(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (), 'x': 1}", 4), "does not have just"));
  CHECK(is_refused(npy("{'descr': '<f4', 'descr': '|O', 'fortran_order': False, 'shape': ()}", 4), "comes twice"));
  CHECK(is_refused(npy("{'descr': '<f4', 'fortran_order': 1, 'shape': ()}", 4), "neither True nor False"));
  CHECK(is_refused(npy(described("'<f4'", "3"), 12), "the shape is no tuple"));
  CHECK(is_refused(npy(described("'<f4'", "(3)"), 12), "the shape is no tuple"));
  CHECK(is_refused(npy(described("'<f4'", "(-1,)"), 12), "something else than sizes"));
  CHECK(is_refused(npy(described("'<f4'", "(1.5,)"), 12), "lacks a comma"));
  CHECK(is_refused(npy(described("'<f3'", "()"), 12), "unknown dtype"));
  CHECK(is_refused(npy(described("'x'", "()"), 12), "unknown dtype"));
  CHECK(is_refused(npy(described("''", "()"), 12), "unknown dtype"));
  CHECK(is_refused(npy(described("'<f'", "()"), 12), "unknown dtype"));
  CHECK(is_refused(npy(described("'<f99999999999999999999'", "()"), 12), "unknown dtype"));
  CHECK(is_refused(npy(described("__import__('os').system('id')", "()"), 12), "no literal"));
  CHECK(is_refused(npy(described("'<f4'", "()") + " + 1", 12), "something follows"));
  CHECK(is_refused(npy(std::string(1000, '('), 0), "nested more than"));
  CHECK(is_refused("\x93NUMPY\x04" + std::string(20, '\0'), "version 4.0"));
  CHECK(is_refused("\x93NUMPY\x02" + std::string(1, '\0') + little(UINT32_MAX), "bytes are declared"));
}

TEST_CASE("NPY: sizes are checked before they are believed") {
  CHECK(is_refused(npy(described("'<f4'", "(3,)"), 11), "the array takes 12 bytes, 11 are left"));
  CHECK(is_refused(npy(described("'<f4'", "(4294967296, 4294967296)"), 0), "overflows"));
  CHECK(is_refused(npy(described("'<f8'", "(4611686018427387904,)"), 0), "overflows"));
  CHECK(is_refused(npy(described("'<U9223372036854775807'", "(1,)"), 0), "overflows"));
  CHECK(is_refused(npy(described("[('a', '|V9223372036854775807', (9,))]", "(1,)"), 0), "overflows"));
}

TEST_CASE("NPY: Python objects are said to be there, and must be a pickle") {
  for (const char* const descr : {"'|O'", "[('a', '<f4'), ('b', '|O')]"}) {
    const std::string bytes = npy(described(descr, "(1,)"), 8);
    CHECK(has_fact(inspected(bytes), "objects"));
    CHECK(has_finding(scanned(bytes), Safety::malformed, "npy.object"));
  }
}

TEST_CASE("NPY: what follows an array is looked into") {
  const std::string one = npy(described("'<f4'", "(3,)"), 12);
  CHECK(has_problem(inspected(one + "more"), "4 bytes follow the array"));
  std::string many;
  for (int i = 0; i < 100; ++i) many += one;
  CHECK(scanned(many).safety == Safety::allowlisted);
  CHECK(scanned(many + npy(described("'|O'", "()"), 1)).safety == Safety::malformed);
  CHECK(scanned(many + "\x93NUMPY").safety == Safety::malformed);
}

TEST_CASE("NPY: as a member of an archive it has a name") {
  domain::Inspection inspection;
  inspect_npy(MemorySource{npy(described("'<f4'", "(3,)"), 12)}, "w", inspection);
  inspect_npy(MemorySource{npy(described("'<i8'", "()"), 7)}, "x", inspection);
  CHECK(inspection.parameters == 4u);
  REQUIRE(inspection.tensors.size() == 2);
  CHECK(inspection.tensors[0].name == "w");
  CHECK(inspection.problems == std::vector<std::string>{"`x`: the array takes 8 bytes, 7 are left"});
}

std::string literal(std::string_view text) {
  try {
    return canonical(parse_python_literal(text));
  } catch (const Malformed&) {
    return "malformed";
  }
}

// Expected values are what ast.literal_eval of Python 3.11 gives, as JSON.
TEST_CASE("NPY: literals of Python are read, and nothing else") {
  CHECK(literal("{'a': (1, 2L), \"b\": [True, False, None], 'c': ()}") ==
        R"({"a":[1,2],"b":[true,false,null],"c":[]})");
  CHECK(literal("(1)") == "1");
  CHECK(literal("(1,)") == "[1]");
  CHECK(literal("[1,]") == "[1]");
  CHECK(literal("{'a': 1,}") == R"({"a":1})");
  CHECK(literal("'it\\'s'") == "\"it's\"");
  CHECK(literal("\"it's\"") == "\"it's\"");
  for (const char* const text :
       {"", "{", "{'a'}", "{'a': 1, 'a': 2}", "{1: 2}", "(,)", "[,]", "(1 2)", "'open", "True1", "x", "1.5", "1 + 1",
        "'a' 'b'", "[1", "99999999999999999999", "f'{x}'", "lambda: 0"}) {
    CAPTURE(text);
    CHECK(literal(text) == "malformed");
  }
}

}  // namespace
}  // namespace mlops::formats
