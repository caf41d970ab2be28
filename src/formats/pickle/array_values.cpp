#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "pickle/arrays.hpp"

namespace mlops::formats::pickle {

namespace {

constexpr std::size_t longest_text = 1024;
constexpr std::size_t most_element_bytes = 1u << 20;

// JSON has no word for numbers that are none.
Json number(double value) {
  if (std::isnan(value)) return Json{"nan"};
  if (std::isinf(value)) return Json{value > 0 ? "inf" : "-inf"};
  return Json{value};
}

double half(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const double fraction = bits & 1023;
  const double magnitude = exponent == 0    ? std::ldexp(fraction, -24)
                           : exponent == 31 ? (fraction > 0 ? NAN : INFINITY)
                                            : std::ldexp(fraction + 1024, exponent - 25);
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

std::string text_of_utf32(std::string_view bytes) {
  std::string text;
  for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) {
    std::uint32_t code = 0;
    std::memcpy(&code, bytes.data() + at, 4);
    if (code == 0) break;
    constexpr std::string_view digits = "0123456789abcdef";
    std::string escape = "\\U";
    for (int shift = 28; shift >= 0; shift -= 4) escape += digits[code >> shift & 15];
    text += decode(escape, Coding::escaped, 8);
  }
  return text;
}

// One element, `bytes` in the order of this machine.
std::optional<Json> element(const Dtype& dtype, std::string_view bytes) {
  if (dtype.kind == 'S') return Json{std::string{bytes.substr(0, bytes.find('\0'))}};
  if (dtype.kind == 'U') return Json{text_of_utf32(bytes)};
  if (bytes.empty() || bytes.size() > 8) return std::nullopt;
  std::uint64_t bits = 0;
  std::memcpy(&bits, bytes.data(), bytes.size());
  const int unused = static_cast<int>(64 - 8 * bytes.size());
  switch (dtype.kind) {
    case 'b':
      return Json{bits != 0};
    case 'u':
      return bits <= INT64_MAX ? Json{static_cast<std::int64_t>(bits)} : Json{static_cast<double>(bits)};
    case 'i':
      return Json{static_cast<std::int64_t>(bits << unused) >> unused};
    case 'f':
      if (bytes.size() == 8) return number(std::bit_cast<double>(bits));
      if (bytes.size() == 4) return number(static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits))));
      if (bytes.size() == 2) return number(half(static_cast<std::uint16_t>(bits)));
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<Json> element_in_order(const Dtype& dtype, std::string bytes) {
  if (dtype.is_big_endian && dtype.kind != 'S' && !bytes.empty()) {
    const std::size_t unit = dtype.kind == 'U' ? 4 : bytes.size();
    for (std::size_t at = 0; at + unit <= bytes.size(); at += unit) {
      const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
      std::reverse(begin, begin + static_cast<std::ptrdiff_t>(unit));
    }
  }
  return element(dtype, bytes);
}

// Bytes: as they are, or as the Latin-1 text in which Python 3 writes them for protocols below 3.
std::optional<std::string> raw_bytes(const Tree& tree, const Value& value, std::size_t most) {
  if (value.kind == Kind::bytes || value.kind == Kind::text) return tree.text_of(value, most);
  if (value.kind == Kind::unknown && value.bits > 0) return read_bytes(tree.source(), value.bits, most);
  if (!is_made_by(tree, value, "_codecs", "encode")) return std::nullopt;
  const Node* arguments = tree.parts(tree.parts(value)->arguments);
  if (arguments == nullptr || arguments->items.empty()) return std::nullopt;
  const auto text = tree.text_of(arguments->items[0], 2 * most);
  return text ? latin1_bytes(*text) : std::nullopt;
}

// numpy.core.multiarray.scalar(dtype, bytes)
std::optional<Json> numpy_scalar(const Tree& tree, const Value& value) {
  if (!is_made_by(tree, value, "numpy.core.multiarray", "scalar")) return std::nullopt;
  const Node* arguments = tree.parts(tree.parts(value)->arguments);
  if (arguments == nullptr || arguments->items.size() < 2) return std::nullopt;
  const auto dtype = read_dtype(tree, arguments->items[0]);
  if (!dtype || dtype->item_size > longest_text) return std::nullopt;
  auto bytes = raw_bytes(tree, arguments->items[1], static_cast<std::size_t>(dtype->item_size));
  if (!bytes || bytes->size() != dtype->item_size) return std::nullopt;
  return element_in_order(*dtype, std::move(*bytes));
}

}  // namespace

std::optional<Json> read_scalar(const Tree& tree, const Value& value) {
  switch (value.kind) {
    case Kind::none:
      return Json{};
    case Kind::boolean:
      return Json{value.bits != 0};
    case Kind::integer:
      return Json{value.integer()};
    case Kind::real:
      return number(value.real());
    case Kind::text: {
      auto text = tree.text_of(value, longest_text + 1);
      if (!text || text->size() > longest_text) return std::nullopt;
      return Json{std::move(*text)};
    }
    case Kind::global:
      return Json{tree.global_of(value).full()};
    case Kind::call:
      return numpy_scalar(tree, value);
    default:
      return std::nullopt;
  }
}

std::optional<Json::Array> read_elements(const Tree& tree, const Value& value, std::size_t most) {
  Json::Array elements;
  const auto array = read_array(tree, value);
  const Node* list = tree.parts(array ? array->data : value);
  if (value.kind == Kind::array && array && array->dtype.has_objects) return read_elements(tree, array->data, most);
  if (list != nullptr && (array || value.kind == Kind::list || value.kind == Kind::tuple) && !list->items.empty() &&
      (!array || array->data.kind == Kind::list)) {
    if (list->count > most || list->items.size() != list->count) return std::nullopt;
    for (const Value& each : list->items) {
      auto scalar = read_scalar(tree, each);
      if (!scalar) return std::nullopt;
      elements.push_back(std::move(*scalar));
    }
    return elements;
  }
  if (!array || array->count > most || array->bytes > most_element_bytes || array->dtype.item_size == 0)
    return std::nullopt;
  const auto bytes = raw_bytes(tree, array->data, static_cast<std::size_t>(array->bytes));
  if (!bytes || bytes->size() != array->bytes) return std::nullopt;
  for (std::size_t at = 0; at < bytes->size(); at += array->dtype.item_size) {
    auto one = element_in_order(array->dtype, bytes->substr(at, array->dtype.item_size));
    if (!one) return std::nullopt;
    elements.push_back(std::move(*one));
  }
  return elements;
}

}  // namespace mlops::formats::pickle
