#include "flatbuffer.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/core.h>

#include "malformed.hpp"

namespace mlops::formats {

namespace {

template <typename T>
T number_at(const ByteSource& source, std::uint64_t at) {
  T value{};
  const std::string bytes = read_bytes(source, at, sizeof value);
  if (bytes.size() < sizeof value) throw Malformed{fmt::format("an offset leads to byte {}, beyond the end", at)};
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

}  // namespace

FlatTable FlatTable::root(const ByteSource& source) { return {source, number_at<std::uint32_t>(source, 0)}; }

std::optional<std::uint64_t> FlatTable::target(unsigned field) const {
  const auto back = number_at<std::int32_t>(*source_, at_);
  const std::int64_t layout = static_cast<std::int64_t>(at_) - back;
  if (layout < 0) throw Malformed{fmt::format("the table at byte {} has no layout", at_)};
  const auto begin = static_cast<std::uint64_t>(layout);
  const std::uint64_t slot = 4 + 2 * std::uint64_t{field};
  if (slot + 2 > number_at<std::uint16_t>(*source_, begin)) return std::nullopt;
  const auto offset = number_at<std::uint16_t>(*source_, begin + slot);
  if (offset == 0) return std::nullopt;
  return at_ + offset + number_at<std::uint32_t>(*source_, at_ + offset);
}

std::optional<std::string> FlatTable::text(unsigned field, std::uint64_t most) const {
  const auto begin = target(field);
  if (!begin) return std::nullopt;
  const std::uint64_t size = number_at<std::uint32_t>(*source_, *begin);
  return read_bytes(*source_, *begin + 4, static_cast<std::size_t>(std::min(size, most)));
}

std::optional<FlatTable> FlatTable::table(unsigned field) const {
  const auto begin = target(field);
  if (!begin) return std::nullopt;
  return FlatTable{*source_, *begin};
}

std::uint64_t FlatTable::length(unsigned field) const {
  const auto begin = target(field);
  return begin ? number_at<std::uint32_t>(*source_, *begin) : 0;
}

std::vector<FlatTable> FlatTable::tables(unsigned field, std::uint64_t most) const {
  const auto begin = target(field);
  std::vector<FlatTable> found;
  if (!begin) return found;
  const std::uint64_t count = std::min<std::uint64_t>(number_at<std::uint32_t>(*source_, *begin), most);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t slot = *begin + 4 + 4 * i;
    found.push_back(FlatTable{*source_, slot + number_at<std::uint32_t>(*source_, slot)});
  }
  return found;
}

}  // namespace mlops::formats
