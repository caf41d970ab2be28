// The Python objects that a SavedModel was made from: variables, functions, Keras layers.
// Source: tensorflow/core/protobuf/saved_object_graph.proto.
#pragma once

#include "tensorflow/metagraph.hpp"

namespace mlops::formats::tensorflow {

// The name under which Keras 3 exports every variable a second time.
constexpr std::string_view second_copies = "_all_variables";

void read_object_graph(ProtoMessage message, MetaGraph& graph);

}  // namespace mlops::formats::tensorflow
