#include "npy/npy.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "checked.hpp"
#include "facts.hpp"
#include "malformed.hpp"
#include "npy/npy_header.hpp"

namespace mlops::formats {

namespace {

constexpr std::string_view magic = "\x93NUMPY";

bool is_numeric(std::string_view dtype) {
  constexpr auto kinds = std::to_array<std::string_view>({"bool", "int", "uint", "float", "complex"});
  for (const std::string_view kind : kinds) {
    if (dtype.starts_with(kind)) return true;
  }
  return false;
}

// Of the data behind the header; Malformed when it is more than there is.
std::uint64_t data_size(const NpyHeader& header, std::uint64_t left) {
  const auto count = element_count(header.shape);
  const auto size = count ? checked_product(*count, header.item_size) : std::nullopt;
  if (!size) throw Malformed{"the size of the array overflows"};
  if (*size > left) throw Malformed{fmt::format("the array takes {} bytes, {} are left", *size, left)};
  return *size;
}

}  // namespace

bool is_npy(const Head& head) { return head.starts_with(magic); }

void inspect_npy(const ByteSource& source, const std::string& name, domain::Inspection& inspection) {
  NpyHeader header = read_npy_header(source);
  inspection.format_version = header.version;
  domain::Tensor tensor;
  tensor.name = fact_text(name);
  tensor.dtype = header.dtype;
  tensor.shape = header.shape;
  const std::uint64_t left = source.size() - std::min(source.size(), header.data_begin);
  const auto count = element_count(header.shape);
  if (count && is_numeric(header.dtype))
    inspection.parameters = saturating_sum(inspection.parameters.value_or(0), *count);

  std::string problem;
  if (header.has_objects) {
    tensor.bytes = left;
  } else {
    try {
      tensor.bytes = data_size(header, left);
      if (tensor.bytes < left) problem = fmt::format("{} bytes follow the array", left - tensor.bytes);
    } catch (const Malformed& error) {
      problem = error.what();
    }
  }
  inspection.add_tensor(std::move(tensor));
  if (!problem.empty())
    inspection.problems.push_back(name.empty() ? problem : fmt::format("{}: {}", shown(name), problem));
  if (header.has_objects) {
    const std::string which = name.empty() ? "the array" : fmt::format("array {}", shown(name));
    inspection.facts.emplace_back("objects", fmt::format("{} holds Python objects: loading it unpickles them", which));
  }
  if (!name.empty()) return;
  if (header.is_fortran_order) inspection.facts.emplace_back("fortran_order", true);
  if (header.is_big_endian) inspection.facts.emplace_back("byte_order", "big-endian");
  if (!header.fields.empty()) inspection.facts.emplace_back("fields", std::move(header.fields));
}

void inspect_npy_file(const ByteSource& source, domain::Inspection& inspection) { inspect_npy(source, "", inspection); }

namespace {

// What follows the array that `part` begins with; nullopt when nothing does.
std::optional<std::uint64_t> scan_array(const ByteSource& part, Scanning& scanning) {
  const NpyHeader header = read_npy_header(part);
  const std::uint64_t left = part.size() - header.data_begin;
  if (!header.has_objects) {
    const std::uint64_t size = data_size(header, left);
    if (size == left) return std::nullopt;
    return header.data_begin + size;
  }
  const SourcePart pickled{part, header.data_begin, left};
  if (recognise(pickled).name != "pickle")
    scanning.report(domain::Safety::malformed, "npy.object", "has an array of Python objects that is no pickle");
  scanning.descend(pickled, "pickle of the objects");
  return std::nullopt;
}

}  // namespace

void scan_npy(const ByteSource& source, Scanning& scanning) {
  constexpr std::uint64_t work = 1u << 16;
  std::uint64_t begin = 0;
  try {
    // Arrays may be saved one behind the other in one file; a pickle among them would be loaded as such.
    while (begin < source.size()) {
      scanning.spend(work);
      const SourcePart part{source, begin, source.size() - begin};
      if (read_bytes(part, 0, magic.size()) != magic) return scanning.descend(part, fmt::format("at byte {}", begin));
      const auto next = scan_array(part, scanning);
      if (!next) return;
      begin += *next;
    }
  } catch (const Malformed& error) {
    scanning.report(domain::Safety::malformed, "npy.header", error.what());
  }
}

}  // namespace mlops::formats
