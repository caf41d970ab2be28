// SavedModel: a schema version and one or more MetaGraphDefs, which are read one after the other.
#pragma once

#include <cstdint>
#include <optional>

#include <mlops/support/byte_source.hpp>

#include "malformed.hpp"
#include "tensorflow/metagraph.hpp"

namespace mlops::formats::tensorflow {

// Tells `each` of every MetaGraph, also of one that breaks off: it throws Malformed after that.
template <typename Each>
void for_each_meta_graph(const ByteSource& source, std::uint64_t& schema_version, bool follows_calls, Each each) {
  ByteReader reader{source};
  ProtoMessage message{reader};
  while (const auto field = message.next()) {
    if (field->key == varint_field(1)) schema_version = field->value;
    if (field->key != bytes_field(2)) continue;
    MetaGraph graph;
    graph.follows_calls = follows_calls;
    try {
      read_meta_graph(message.inside(*field), graph);
    } catch (const Malformed&) {
      each(graph);
      throw;
    }
    each(graph);
  }
}

}  // namespace mlops::formats::tensorflow
