// The values of attributes and small datasets.
#include <algorithm>
#include <bit>
#include <cmath>

#include <mlops/support/text.hpp>

#include "attribute.hpp"
#include "malformed.hpp"

namespace mlops::formats::hdf5 {

namespace {

constexpr std::size_t most_text = 64u << 20;

// A double with this many bits of exponent and mantissa, of a sign, exponent and mantissa in this order.
double real_of(std::uint64_t bits, unsigned exponent_bits, unsigned mantissa_bits) {
  const std::uint64_t mantissa = bits & ((std::uint64_t{1} << mantissa_bits) - 1);
  const std::uint64_t highest = (std::uint64_t{1} << exponent_bits) - 1;
  const std::uint64_t exponent = bits >> mantissa_bits & highest;
  const bool is_negative = (bits >> (mantissa_bits + exponent_bits) & 1) != 0;
  const int bias = static_cast<int>(highest >> 1);
  const int scale = (exponent == 0 ? 1 : static_cast<int>(exponent)) - bias - static_cast<int>(mantissa_bits);
  const std::uint64_t whole = exponent == 0 ? mantissa : mantissa | std::uint64_t{1} << mantissa_bits;
  const double size =
      exponent == highest ? (mantissa == 0 ? HUGE_VAL : std::nan("")) : std::ldexp(static_cast<double>(whole), scale);
  return is_negative ? -size : size;
}

bool is_plain_real(const Datatype& type) {
  return type.type == TypeClass::real && type.bit_offset == 0 && type.exponent_bits <= 11 && type.mantissa_bits <= 52 &&
         type.size * 8 == 1u + type.exponent_bits + type.mantissa_bits;
}

std::uint64_t bits_of(const Datatype& type, std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t at = type.is_big_endian ? i : bytes.size() - 1 - i;
    value = value << 8 | static_cast<unsigned char>(bytes[at]);
  }
  return value;
}

std::string_view element(const Value& value, std::uint64_t i) {
  return std::string_view{value.data}.substr(static_cast<std::size_t>(i) * value.type.size, value.type.size);
}

std::string string_at(const File& file, GlobalHeap& heap, const Value& value, std::uint64_t i) {
  const std::string_view bytes = element(value, i);
  if (!value.type.is_variable_string) return std::string{bytes.substr(0, bytes.find('\0'))};
  Fields fields = file.fields(bytes, "a string");
  const std::uint32_t length = fields.u32();
  const std::uint64_t collection = fields.address();
  const std::uint32_t number = fields.u32();
  if (length == 0) return {};
  std::string text = heap.read(collection, number);
  if (text.size() < length) throw Malformed{"a string is shorter than it says"};
  text.resize(std::min<std::size_t>(length, text.find('\0')));
  return text;
}

Json number_of(const Datatype& type, std::string_view bytes) {
  const Datatype& base = type.type == TypeClass::enumeration ? type.parts.front() : type;
  const bool is_whole = base.type == TypeClass::integer || base.type == TypeClass::bits;
  if (bytes.size() > 8 || base.size != bytes.size() || (!is_whole && !is_plain_real(base))) {
    return Json{"<" + dtype_of(type) + ">"};
  }
  const std::uint64_t bits = bits_of(base, bytes);
  if (!is_whole) {
    const double number = real_of(bits, base.exponent_bits, base.mantissa_bits);
    return std::isfinite(number) ? Json{number} : Json{std::isnan(number) ? "nan" : number > 0 ? "inf" : "-inf"};
  }
  if (dtype_of(type) == "bool") return Json{bits != 0};
  const int unused = 64 - 8 * static_cast<int>(bytes.size());
  if (unused == 64) return Json{};
  if (base.is_signed) return Json{std::bit_cast<std::int64_t>(bits << unused) >> unused};
  return bits >> 63 == 0 ? Json{bits} : Json{static_cast<double>(bits)};
}

}  // namespace

std::vector<std::string> strings_of(const File& file, const Value& value, std::size_t most) {
  std::vector<std::string> strings;
  if (!is_text(value.type)) return strings;
  GlobalHeap heap{file};
  const std::uint64_t count = std::min<std::uint64_t>(value.space.elements, most);
  std::size_t bytes = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    strings.push_back(string_at(file, heap, value, i));
    // Many elements may name one long string.
    bytes += strings.back().size();
    if (bytes > most_text) throw Unscannable{"there are more strings than can be looked at"};
  }
  return strings;
}

std::optional<std::string> text_of(const File& file, const Value& value) {
  if (value.space.elements != 1) return std::nullopt;
  std::vector<std::string> strings = strings_of(file, value, 1);
  if (strings.empty()) return std::nullopt;
  return std::move(strings.front());
}

Json json_of(const File& file, const Value& value, std::size_t most) {
  constexpr std::size_t longest_text = 2000;
  if (value.space.is_null) return Json{};
  Json::Array items;
  if (is_text(value.type)) {
    for (const std::string& text : strings_of(file, value, most)) {
      items.emplace_back(truncate_to_width(printable(text), longest_text));
    }
  } else if (value.type.size > 0) {
    const std::uint64_t count = std::min<std::uint64_t>(value.space.elements, most);
    for (std::uint64_t i = 0; i < count; ++i) items.push_back(number_of(value.type, element(value, i)));
  }
  if (value.space.shape.empty() && items.size() == 1) return std::move(items.front());
  return Json{std::move(items)};
}

}  // namespace mlops::formats::hdf5
