#include <algorithm>

#include "malformed.hpp"
#include "tensorflow/graph.hpp"
#include "tensorflow/tensorflow.hpp"

namespace mlops::formats {

namespace {

using namespace tensorflow;

constexpr int most_fields = 4096;
constexpr std::uint64_t latest_schema = 100;

// Asks `look` about every field of a message until it answers; false when it never does, or the message breaks off.
template <typename Look>
bool any_field(ProtoMessage message, Look look) {
  try {
    for (int i = 0; i < most_fields; ++i) {
      const auto field = message.next();
      if (!field) return false;
      if (look(message, *field)) return true;
    }
  } catch (const Malformed&) {
    return false;
  }
  return false;
}

bool has_graph(ProtoMessage message, const ProtoField& field) {
  return field.key == bytes_field(2) && is_plausible_graph(message.inside(field));
}

// A MetaGraphDef has a graph in its second field, or at least says which TensorFlow wrote it.
bool is_plausible_meta_graph(ProtoMessage message) {
  return any_field(message, [](const ProtoMessage& meta, const ProtoField& field) { return has_graph(meta, field); });
}

template <typename Look>
bool looks(const Head& head, Look look) {
  ByteReader reader{head.source};
  return look(ProtoMessage{reader});
}

}  // namespace

bool is_saved_model(const Head& head) {
  return looks(head, [](const ProtoMessage& whole) {
    bool has_schema = false;
    bool has_meta_graph = false;
    return any_field(whole, [&](const ProtoMessage& message, const ProtoField& field) {
      if (field.key == varint_field(1)) has_schema = field.value > 0 && field.value <= latest_schema;
      if (field.key == bytes_field(2) && !has_meta_graph)
        has_meta_graph = is_plausible_meta_graph(message.inside(field));
      return has_schema && has_meta_graph;
    });
  });
}

bool is_meta_graph(const Head& head) {
  return looks(head, [](const ProtoMessage& whole) { return is_plausible_meta_graph(whole); });
}

bool is_graph_def(const Head& head) {
  return looks(head, [](const ProtoMessage& whole) { return is_plausible_graph(whole); });
}

bool is_fingerprint(const Head& head) {
  constexpr std::uint64_t largest = 1000;
  if (head.source.size() > largest) return false;
  return looks(head, [](const ProtoMessage& whole) {
    std::uint32_t expected = 1;  // five checksums, and no more of them
    return any_field(whole, [&](const ProtoMessage&, const ProtoField& field) {
      if (field.key == varint_field(expected)) ++expected;
      return expected > 5;
    });
  });
}

bool is_keras_metadata(const Head& head) {
  return looks(head, [](const ProtoMessage& whole) {
    return any_field(whole, [](const ProtoMessage& message, const ProtoField& field) {
      if (field.key != bytes_field(1)) return false;
      return any_field(message.inside(field), [](const ProtoMessage& object, const ProtoField& part) {
        return part.key == bytes_field(4) && object.text(part, longest_name).starts_with("_tf_keras_");
      });
    });
  });
}

}  // namespace mlops::formats
