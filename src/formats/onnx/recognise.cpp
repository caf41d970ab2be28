#include <algorithm>
#include <string>

#include "malformed.hpp"
#include "onnx/onnx.hpp"
#include "protobuf.hpp"

namespace mlops::formats {

namespace {

// ONNX is at 12 to 14, and has added one a year.
constexpr std::uint64_t latest_ir_version = 255;
// A model with more than these in front of its graph, or a graph with more in front of its first node, is made up.
constexpr int most_fields_probed = 4096;
constexpr std::size_t longest_op = 128;

enum class Wire { varint, bytes };

struct Known {
  std::uint32_t number;
  Wire wire;
};

constexpr Known model_fields[] = {{1, Wire::varint}, {2, Wire::bytes},  {3, Wire::bytes},  {4, Wire::bytes},
                                  {5, Wire::varint}, {6, Wire::bytes},  {7, Wire::bytes},  {8, Wire::bytes},
                                  {14, Wire::bytes}, {20, Wire::bytes}, {25, Wire::bytes}, {26, Wire::bytes}};
constexpr Known graph_fields[] = {{1, Wire::bytes},  {2, Wire::bytes},  {5, Wire::bytes},  {10, Wire::bytes},
                                  {11, Wire::bytes}, {12, Wire::bytes}, {13, Wire::bytes}, {14, Wire::bytes},
                                  {15, Wire::bytes}, {16, Wire::bytes}};

// Whether a field of that number is expected, and written as it is.
template <std::size_t N>
bool fits(const Known (&fields)[N], const ProtoField& field) {
  const auto* const at = std::ranges::find(fields, field.number(), &Known::number);
  if (at == std::end(fields)) return false;
  return field.key == (at->wire == Wire::varint ? varint_field(at->number) : bytes_field(at->number));
}

bool is_identifier(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F'; });
}

// A node has an operator, a value or tensor has a name.
bool has_text(ProtoMessage message, std::uint32_t number) {
  while (const auto field = message.next()) {
    if (field->key == bytes_field(number)) return is_identifier(message.text(*field, longest_op));
  }
  return false;
}

struct Evidence {
  bool ir_version = false;
  bool opset = false;
  bool graph = false;      // there is one
  bool content = false;    // and it has a node, value or tensor
  int strange_fields = 0;  // that no version of ONNX knows

  [[nodiscard]] bool is_enough() const {
    if (!ir_version) return false;
    // Readers pass over fields that they don't know, so these alone must not hide a model.
    return (content && opset) || (strange_fields == 0 && (content || (graph && opset)));
  }
};

void look_into_graph(ProtoMessage message, Evidence& evidence) {
  evidence.graph = true;
  for (int i = 0; i < most_fields_probed && !evidence.content; ++i) {
    const auto field = message.next();
    if (!field) return;
    if (!fits(graph_fields, *field)) {
      ++evidence.strange_fields;
      continue;
    }
    constexpr std::uint32_t node = 1;
    constexpr std::uint32_t initializer = 5;
    if (field->number() == node) evidence.content = has_text(message.inside(*field), 4);
    if (field->number() == initializer) evidence.content = has_text(message.inside(*field), 8);
    if (field->number() == 11 || field->number() == 12) evidence.content = has_text(message.inside(*field), 1);
  }
}

bool is_opset(ProtoMessage message) {
  bool has_version = false;
  while (const auto field = message.next()) has_version = has_version || field->key == varint_field(2);
  return has_version;
}

void look_into_model(ProtoMessage message, Evidence& evidence) {
  for (int i = 0; i < most_fields_probed; ++i) {
    if (evidence.is_enough() && evidence.strange_fields == 0) return;
    const auto field = message.next();
    if (!field) return;
    if (!fits(model_fields, *field)) ++evidence.strange_fields;
    if (field->key == varint_field(1)) evidence.ir_version = field->value > 0 && field->value <= latest_ir_version;
    if (field->key == bytes_field(7)) look_into_graph(message.inside(*field), evidence);
    if (field->key == bytes_field(8)) evidence.opset = evidence.opset || is_opset(message.inside(*field));
  }
}

}  // namespace

bool is_onnx(const Head& head) {
  Evidence evidence;
  try {
    ByteReader reader{head.source};
    look_into_model(ProtoMessage{reader}, evidence);
  } catch (const Malformed&) {
    // Cut off, perhaps: what was seen until there decides.
    return evidence.is_enough();
  }
  return evidence.is_enough();
}

}  // namespace mlops::formats
