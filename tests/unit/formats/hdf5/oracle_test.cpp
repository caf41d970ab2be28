#include <catch2/catch.hpp>

#include <map>

#include <mlops/formats/inspect.hpp>
#include <mlops/formats/scan.hpp>

#include "../oracle_files.hpp"
#include "hdf5/file.hpp"
#include "hdf5/format.hpp"

namespace mlops::formats {
namespace {

using domain::Safety;
using Found = std::map<std::string, std::tuple<std::string, std::vector<std::uint64_t>, std::uint64_t>>;

Found datasets_of(const domain::Inspection& inspection) {
  Found found;
  for (const domain::Tensor& tensor : inspection.tensors)
    found[tensor.name] = {tensor.dtype, tensor.shape, tensor.bytes};
  return found;
}

Found datasets_of(const Json& example) {
  Found expected;
  for (const auto& [name, dataset] : example.at("datasets").as_object()) {
    std::vector<std::uint64_t> shape;
    for (const Json& size : dataset.as_array().at(1).as_array()) {
      shape.push_back(static_cast<std::uint64_t>(size.as_integer()));
    }
    expected[name] = {dataset.as_array().at(0).as_string(), shape,
                      static_cast<std::uint64_t>(dataset.as_array().at(2).as_integer())};
  }
  return expected;
}

const Json* fact(const domain::Inspection& inspection, std::string_view name) {
  for (const auto& [key, value] : inspection.facts) {
    if (key == name) return &value;
  }
  return nullptr;
}

// What json_of and h5py say of the same number or text.
bool is_same(const Json& found, const Json& expected) {
  if (found.is_number() && expected.is_number()) return found.as_double() == expected.as_double();
  if (!found.is_array() || !expected.is_array()) return found == expected;
  const auto& a = found.as_array();
  const auto& b = expected.as_array();
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), is_same);
}

// hdf5_files.json is what h5py found, see hdf5_files.py beside it.
TEST_CASE("every HDF5 file holds what h5py finds in it") {
  const Json examples = oracle("hdf5_files.json");
  for (const Json& example : examples.as_array()) {
    CAPTURE(example.at("name").as_string());
    const std::string bytes = bytes_of(example);
    const domain::Inspection inspection = inspect_file(MemorySource{bytes});
    CAPTURE(inspection.problems);
    CHECK(inspection.format == "hdf5");
    CHECK(inspection.problems.empty());
    CHECK(datasets_of(inspection) == datasets_of(example));
    REQUIRE(fact(inspection, "objects") != nullptr);
    CHECK(*fact(inspection, "objects") == example.at("objects"));
    const Json* attributes = fact(inspection, "attributes");
    for (const auto& [name, expected] : example.at("attributes").as_object()) {
      CAPTURE(name);
      REQUIRE(attributes != nullptr);
      const Json& found = attributes->at(name);
      // Of long texts the oracle has only the length, and we show only the beginning.
      CHECK((name == "long" ? found.as_string().starts_with("yyyy") : is_same(found, expected)));
    }
    const domain::Scan scan = scan_file(MemorySource{bytes});
    CHECK(scan.safety == Safety::allowlisted);
    CHECK(scan.supported);
  }
}

TEST_CASE("an HDF5 file that is cut off anywhere is not taken for a whole one") {
  const Json examples = oracle("hdf5_files.json");
  for (const std::string_view name : {"user_block, earliest", "user_block, latest"}) {
    const std::string bytes = bytes_of(examples, name);
    REQUIRE(bytes.size() > 1024);
    for (std::size_t size = 1032; size < bytes.size(); ++size) {
      CAPTURE(name, size);
      const MemorySource source{std::string_view{bytes}.substr(0, size)};
      CHECK_FALSE(inspect_file(source).problems.empty());
      CHECK(scan_file(source).safety != Safety::allowlisted);
    }
  }
}

TEST_CASE("whatever byte of an HDF5 file is changed, the rest is read or refused") {
  const Json examples = oracle("hdf5_files.json");
  for (const std::string_view name : {"user_block, earliest", "many, latest"}) {
    const std::string bytes = bytes_of(examples, name);
    for (std::size_t at = 0; at < bytes.size(); at += name == "many, latest" ? 7 : 1) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ 0xff);
      CAPTURE(name, at);
      CHECK_NOTHROW(inspect_file(MemorySource{changed}));
      CHECK_NOTHROW(scan_file(MemorySource{changed}));
    }
  }
}

// As above, where checksums would hide it.
TEST_CASE("whatever byte of a heap or an index is changed, the rest is read or refused") {
  const Json examples = oracle("hdf5_files.json");
  const std::string bytes = bytes_of(examples, "many, latest");
  for (std::size_t at = 48; at < bytes.size(); ++at) {
    if (bytes[at] == 'y') continue;
    for (const int mask : {0x01, 0x80, 0xff}) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ mask);
      CAPTURE(at, mask);
      const MemorySource source{changed};
      const hdf5::File file{source, hdf5::File::Checksums::ignored};
      domain::Inspection inspection;
      CHECK_NOTHROW(hdf5::inspect_contents(file, inspection));
    }
  }
}

TEST_CASE("a newer HDF5 structure that does not have its checksum is told") {
  std::string bytes = bytes_of(oracle("hdf5_files.json"), "plain, latest");
  const std::size_t header = bytes.find("OHDR");
  REQUIRE(header != std::string::npos);
  bytes[header + 20] = static_cast<char>(bytes[header + 20] ^ 1);
  const domain::Inspection inspection = inspect_file(MemorySource{bytes});
  REQUIRE(inspection.problems.size() == 1);
  CHECK(inspection.problems[0] == "an object header does not have its checksum");
  CHECK(scan_file(MemorySource{bytes}).safety == Safety::malformed);
}

}  // namespace
}  // namespace mlops::formats
