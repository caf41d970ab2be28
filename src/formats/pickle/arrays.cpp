#include "pickle/arrays.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

namespace mlops::formats::pickle {

namespace {

constexpr std::int64_t largest_item = INT32_MAX;
constexpr std::size_t most_dimensions = 64;

const Value* item(const Node* node, std::size_t index) {
  return node != nullptr && index < node->items.size() ? &node->items[index] : nullptr;
}

std::string name_of_type(char kind, std::uint64_t size) {
  constexpr auto sized =
      std::to_array<std::pair<char, std::string_view>>({{'f', "float"}, {'i', "int"}, {'u', "uint"}, {'c', "complex"}});
  for (const auto& [letter, word] : sized) {
    if (letter == kind) return fmt::format("{}{}", word, size * 8);
  }
  constexpr auto others = std::to_array<std::pair<char, std::string_view>>(
      {{'b', "bool"}, {'S', "string"}, {'U', "string"}, {'O', "object"}, {'M', "datetime64"}, {'m', "timedelta64"}});
  for (const auto& [letter, word] : others) {
    if (letter == kind) return std::string{word};
  }
  return "struct";
}

// "f8", or the class of the elements of a record array.
std::optional<std::string> code_of_type(const Tree& tree, const Value& value) {
  if (value.kind == Kind::global && (tree.global_of(value).name == "record" || tree.global_of(value).name == "void"))
    return "V";
  return tree.text_of(value, 32);
}

// (version, byte order, subarray, names, fields, item size, alignment, flags …); false when it is not sound.
bool add_state(const Tree& tree, const Node& state, Dtype& dtype) {
  constexpr std::int64_t holds_objects = 1;
  const Value* order = item(&state, 1);
  if (order != nullptr && tree.text_of(*order, 2) == ">") dtype.is_big_endian = true;
  if (dtype.kind != 'S' && dtype.kind != 'U' && dtype.kind != 'V') return true;
  const Value* size = item(&state, 5);
  if (size == nullptr || size->kind != Kind::integer || size->integer() < 0) return false;
  dtype.item_size = size->bits;
  if (dtype.kind != 'V') return true;
  const Value* flags = item(&state, 7);
  if (flags == nullptr || flags->kind != Kind::integer) return false;
  dtype.has_objects = (flags->integer() & holds_objects) != 0;
  return true;
}

// What each of the forms of an array calls its parts; nullptr for what is missing.
struct Parts {
  const Value* dtype = nullptr;
  const Value* shape = nullptr;
  const Value* data = nullptr;
};

std::optional<Parts> parts_of_array(const Tree& tree, const Value& value) {
  const Node* node = tree.parts(value);
  if (node == nullptr) return std::nullopt;
  if (value.kind == Kind::array) return Parts{&node->callee, &node->arguments, &node->state};
  if (is_made_by(tree, value, "numpy.core.multiarray", "_reconstruct")) {
    // (version, shape, dtype, in Fortran's order, data); of old without the version
    const Node* state = tree.parts(node->state);
    if (state == nullptr || state->items.size() < 4) return std::nullopt;
    const std::size_t first = state->items.size() - 4;
    return Parts{item(state, first + 1), item(state, first), item(state, first + 3)};
  }
  if (is_made_by(tree, value, "numpy.ma.core", "_mareconstruct")) {
    // (version, shape, dtype, in Fortran's order, data, mask, fill value)
    const Node* state = tree.parts(node->state);
    return Parts{item(state, 2), item(state, 1), item(state, 4)};
  }
  if (is_made_by(tree, value, "numpy.core.numeric", "_frombuffer")) {
    const Node* arguments = tree.parts(node->arguments);
    return Parts{item(arguments, 1), item(arguments, 2), item(arguments, 0)};
  }
  return std::nullopt;
}

}  // namespace

std::string older_numpy_name(std::string_view module) {
  constexpr std::string_view newer = "numpy._core";
  if (!module.starts_with(newer) || (module.size() > newer.size() && module[newer.size()] != '.'))
    return std::string{module};
  return "numpy.core" + std::string{module.substr(newer.size())};
}

bool is_made_by(const Tree& tree, const Value& object, std::string_view module, std::string_view name) {
  const Global* maker = tree.maker(object);
  return maker != nullptr && maker->name == name && older_numpy_name(maker->module) == module;
}

std::optional<Dtype> read_dtype(const Tree& tree, const Value& value) {
  if (!is_made_by(tree, value, "numpy", "dtype")) return std::nullopt;
  const Node* node = tree.parts(value);
  const Value* code = item(tree.parts(node->arguments), 0);
  const auto text = code != nullptr ? code_of_type(tree, *code) : std::nullopt;
  if (!text) return std::nullopt;
  std::string_view letters = *text;
  Dtype dtype;
  dtype.is_big_endian = letters.starts_with('>');
  letters.remove_prefix(std::min(letters.find_first_not_of("<>|="), letters.size()));
  if (letters.empty() || std::string_view{"fiubcSUVOMm"}.find(letters[0]) == std::string_view::npos)
    return std::nullopt;
  dtype.kind = letters[0];
  dtype.has_objects = dtype.kind == 'O';
  const std::int64_t size = parse_integer(letters.substr(1)).value_or(0);
  if (size < 0 || size > largest_item) return std::nullopt;
  dtype.item_size = static_cast<std::uint64_t>(size) * (dtype.kind == 'U' ? 4 : 1);
  if (const Node* state = tree.parts(node->state); state != nullptr && !add_state(tree, *state, dtype))
    return std::nullopt;
  dtype.name = name_of_type(dtype.kind, dtype.item_size);
  return dtype;
}

std::optional<std::int64_t> read_integer(const Tree& tree, const Value& value) {
  if (value.kind == Kind::integer) return value.integer();
  const auto number = value.is_object() ? read_scalar(tree, value) : std::nullopt;
  return number && number->is_integer() ? std::optional{number->as_integer()} : std::nullopt;
}

std::optional<std::vector<std::uint64_t>> read_shape(const Tree& tree, const Value& value) {
  if (value.kind == Kind::integer && value.integer() >= 0) return std::vector<std::uint64_t>{value.bits};
  if (value.kind != Kind::tuple && value.kind != Kind::list) return std::nullopt;
  std::vector<std::uint64_t> shape;
  const Node* node = tree.parts(value);
  if (node == nullptr) return shape;  // the empty tuple
  if (node->items.size() != node->count || node->count > most_dimensions) return std::nullopt;
  for (const Value& each : node->items) {
    const auto size = read_integer(tree, each);
    if (!size || *size < 0) return std::nullopt;
    shape.push_back(static_cast<std::uint64_t>(*size));
  }
  return shape;
}

std::optional<std::uint64_t> elements_of(const std::vector<std::uint64_t>& shape) {
  std::uint64_t count = 1;
  for (const std::uint64_t size : shape) {
    if (__builtin_mul_overflow(count, size, &count)) return std::nullopt;
  }
  return count;
}

std::optional<Array> read_array(const Tree& tree, const Value& value) {
  const auto parts = parts_of_array(tree, value);
  if (!parts || parts->dtype == nullptr || parts->shape == nullptr || parts->data == nullptr) return std::nullopt;
  const auto dtype = read_dtype(tree, *parts->dtype);
  const auto shape = read_shape(tree, *parts->shape);
  if (!dtype || !shape) return std::nullopt;
  const auto count = elements_of(*shape);
  if (!count) return std::nullopt;
  Array array{*dtype, *shape, *count, 0, *parts->data};
  if (__builtin_mul_overflow(*count, dtype->item_size, &array.bytes)) return std::nullopt;
  return array;
}

}  // namespace mlops::formats::pickle
