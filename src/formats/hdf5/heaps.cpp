#include "heaps.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "malformed.hpp"

namespace mlops::formats::hdf5 {

namespace {

constexpr std::string_view local_name = "a local heap";
constexpr std::string_view global_name = "a global heap";

}  // namespace

LocalHeap::LocalHeap(const File& file, std::uint64_t address) {
  const auto [address_width, length_width] = file.widths();
  const std::string header = file.read(address, 8 + 2 * std::uint64_t{length_width} + address_width, local_name);
  Fields fields = file.fields(header, local_name);
  fields.expect("HEAP");
  fields.expect_version(0);
  fields.skip(3);
  const std::uint64_t size = fields.length();
  fields.length();
  data_ = file.read(fields.address(), size, local_name);
}

std::string_view LocalHeap::text(std::uint64_t offset) const {
  if (offset >= data_.size()) throw Malformed{"a name lies outside of its local heap"};
  const std::string_view rest = std::string_view{data_}.substr(static_cast<std::size_t>(offset));
  const std::size_t end = rest.find('\0');
  if (end == std::string_view::npos) throw Malformed{"a name in a local heap does not end"};
  return rest.substr(0, end);
}

void GlobalHeap::load(std::uint64_t collection) {
  collection_ = undefined;
  objects_.clear();
  const std::uint64_t length_width = file_.widths().length;
  const std::uint64_t header_size = 8 + length_width;
  const std::string header = file_.read(collection, header_size, global_name);
  Fields fields = file_.fields(header, global_name);
  fields.expect("GCOL");
  fields.expect_version(1);
  fields.skip(3);
  const std::uint64_t size = fields.length();
  if (size < header_size || file_.missing(collection, size) > 0) throw Malformed{"a global heap is cut off"};
  std::uint64_t at = header_size;
  while (size - at >= header_size) {
    const std::string object = file_.read(collection + at, header_size, global_name);
    Fields place = file_.fields(object, global_name);
    const std::uint16_t number = place.u16();
    place.skip(2 + 4);
    const std::uint64_t length = place.length();
    if (number == 0) break;
    at += header_size;
    if (length > size - at) throw Malformed{"an object in a global heap reaches beyond it"};
    objects_.push_back({number, collection + at, length});
    at += std::min(size - at, (length + 7) / 8 * 8);
  }
  std::ranges::sort(objects_, {}, &Object::number);
  collection_ = collection;
}

std::string GlobalHeap::read(std::uint64_t collection, std::uint32_t number) {
  if (collection != collection_ || collection == undefined) load(collection);
  const auto found = std::ranges::lower_bound(objects_, number, {}, &Object::number);
  if (found == objects_.end() || found->number != number) {
    throw Malformed{fmt::format("object {} is not in its global heap", number)};
  }
  return file_.read(found->address, found->size, global_name);
}

}  // namespace mlops::formats::hdf5
