#include <array>

#include <fmt/core.h>

#include "pickle/arrays.hpp"
#include "pickle/torch.hpp"

namespace mlops::formats::pickle {

namespace {

constexpr int deepest_rebuild = 4;

struct TorchType {
  std::string_view storage;
  std::string_view name;  // of torch's dtype, without "torch."
  std::string_view dtype;
  std::uint64_t size;
};

constexpr auto types = std::to_array<TorchType>({
    {"FloatStorage", "float32", "float32", 4},
    {"DoubleStorage", "float64", "float64", 8},
    {"HalfStorage", "float16", "float16", 2},
    {"BFloat16Storage", "bfloat16", "bfloat16", 2},
    {"LongStorage", "int64", "int64", 8},
    {"IntStorage", "int32", "int32", 4},
    {"ShortStorage", "int16", "int16", 2},
    {"CharStorage", "int8", "int8", 1},
    {"ByteStorage", "uint8", "uint8", 1},
    {"BoolStorage", "bool", "bool", 1},
    {"ComplexFloatStorage", "complex64", "complex64", 8},
    {"ComplexDoubleStorage", "complex128", "complex128", 16},
    {"QInt8Storage", "qint8", "qint8", 1},
    {"QUInt8Storage", "quint8", "quint8", 1},
    {"QInt32Storage", "qint32", "qint32", 4},
    {"UntypedStorage", "", "", 1},
    {"_UntypedStorage", "", "", 1},
    {"", "uint16", "uint16", 2},
    {"", "uint32", "uint32", 4},
    {"", "uint64", "uint64", 8},
    {"", "complex32", "complex32", 4},
    {"", "float8_e4m3fn", "float8_e4m3fn", 1},
    {"", "float8_e5m2", "float8_e5m2", 1},
    {"", "float8_e4m3fnuz", "float8_e4m3fnuz", 1},
    {"", "float8_e5m2fnuz", "float8_e5m2fnuz", 1},
    {"", "float8_e8m0fnu", "float8_e8m0fnu", 1},
    {"", "float", "float32", 4},
    {"", "double", "float64", 8},
    {"", "half", "float16", 2},
    {"", "long", "int64", 8},
    {"", "int", "int32", 4},
});

const TorchType* type_of(const Tree& tree, const Value& value, bool is_storage) {
  if (value.kind != Kind::global) return nullptr;
  const Global& global = tree.global_of(value);
  for (const TorchType& type : types) {
    const std::string_view word = is_storage ? type.storage : type.name;
    if (!word.empty() && word == global.name) return &type;
  }
  return nullptr;
}

std::optional<TorchTensor> tensor_of(const TorchType& type, std::vector<std::uint64_t> shape, std::string place) {
  const auto elements = elements_of(shape);
  TorchTensor tensor{std::string{type.dtype}, std::move(shape), elements.value_or(0), 0, std::move(place)};
  if (!elements || __builtin_mul_overflow(*elements, type.size, &tensor.bytes)) return std::nullopt;
  return tensor;
}

std::optional<TorchTensor> rebuilt(const Tree& tree, const Value& function, const Value& arguments, int depth);

std::optional<TorchTensor> tensor_at(const Tree& tree, const Value& value, int depth) {
  const Node* node = value.kind == Kind::call ? tree.parts(value) : nullptr;
  if (node == nullptr || depth == deepest_rebuild) return std::nullopt;
  return rebuilt(tree, node->callee, node->arguments, depth);
}

// torch.Size((…)) or a tuple
const Value& size_of(const Tree& tree, const Value& value) {
  const Node* node = value.kind == Kind::call ? tree.parts(value) : nullptr;
  const Node* arguments = node != nullptr ? tree.parts(node->arguments) : nullptr;
  return arguments != nullptr && arguments->items.size() == 1 ? arguments->items[0] : value;
}

// _rebuild_tensor(storage, offset, size, strides …), and what begins with the same four
std::optional<TorchTensor> from_storage(const Tree& tree, const Node& arguments, const Value* type_value) {
  const Node* persistent = tree.parts(arguments.items[0]);
  if (arguments.items[0].kind != Kind::persistent || persistent == nullptr) return std::nullopt;
  const auto storage = read_storage(tree, persistent->arguments);
  auto shape = read_shape(tree, size_of(tree, arguments.items[2]));
  const auto offset = read_integer(tree, arguments.items[1]);
  if (!storage || !shape || !offset) return std::nullopt;
  const TorchType own{"", "", storage->dtype, storage->item_size};
  const TorchType* type = type_value != nullptr ? type_of(tree, *type_value, false) : nullptr;
  return tensor_of(type != nullptr ? *type : own, std::move(*shape), fmt::format("{}+{}", storage->key, *offset));
}

// _rebuild_sparse_tensor(layout, (indices, values, size …))
std::optional<TorchTensor> from_sparse(const Tree& tree, const Value& data, int depth) {
  const Node* node = data.kind == Kind::tuple ? tree.parts(data) : nullptr;
  if (node == nullptr || node->items.size() < 3) return std::nullopt;
  const auto indices = tensor_at(tree, node->items[0], depth + 1);
  auto values = tensor_at(tree, node->items[1], depth + 1);
  auto shape = read_shape(tree, size_of(tree, node->items[2]));
  if (!indices || !values || !shape || __builtin_add_overflow(values->bytes, indices->bytes, &values->bytes))
    return std::nullopt;
  values->shape = std::move(*shape);
  return values;
}

std::optional<TorchTensor> rebuilt(const Tree& tree, const Value& function, const Value& arguments, int depth) {
  const Node* given = tree.parts(arguments);
  if (function.kind != Kind::global || given == nullptr || given->items.empty()) return std::nullopt;
  const std::string& name = tree.global_of(function).name;
  const auto& items = given->items;
  if (name == "_rebuild_parameter" || name == "_rebuild_parameter_with_state" || name == "Parameter")
    return tensor_at(tree, items[0], depth + 1);
  // (function, type, its arguments, state)
  if (name == "_rebuild_from_type_v2" && items.size() >= 3)
    return depth + 1 < deepest_rebuild ? rebuilt(tree, items[0], items[2], depth + 1) : std::nullopt;
  if (name == "_rebuild_sparse_tensor" && items.size() >= 2) return from_sparse(tree, items[1], depth);
  if (name == "_rebuild_meta_tensor_no_storage" && items.size() >= 2) {
    const TorchType* type = type_of(tree, items[0], false);
    auto shape = read_shape(tree, items[1]);
    return type != nullptr && shape ? tensor_of(*type, std::move(*shape), "") : std::nullopt;
  }
  if (name == "_rebuild_tensor_v3" && items.size() >= 7) return from_storage(tree, *given, &items[6]);
  const bool is_dense = name == "_rebuild_tensor_v2" || name == "_rebuild_tensor" || name == "_rebuild_qtensor";
  return is_dense && items.size() >= 3 ? from_storage(tree, *given, nullptr) : std::nullopt;
}

}  // namespace

std::optional<Storage> read_storage(const Tree& tree, const Value& id) {
  const Node* node = id.kind == Kind::tuple ? tree.parts(id) : nullptr;
  if (node == nullptr || node->items.size() < 5 || tree.text_of(node->items[0], 16) != "storage") return std::nullopt;
  const TorchType* type = type_of(tree, node->items[1], true);
  const auto key = tree.text_of(node->items[2], 256);
  const Value& elements = node->items[4];
  if (type == nullptr || !key || elements.kind != Kind::integer || elements.integer() < 0) return std::nullopt;
  return Storage{*key, std::string{type->dtype}, type->size, elements.bits};
}

std::optional<TorchTensor> read_tensor(const Tree& tree, const Value& value) { return tensor_at(tree, value, 0); }

}  // namespace mlops::formats::pickle
