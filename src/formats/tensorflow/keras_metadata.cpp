// keras_metadata.pb. Source: keras/protobuf/saved_metadata.proto of Keras 2.
#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "malformed.hpp"
#include "tensorflow/keras_config.hpp"
#include "tensorflow/tensorflow.hpp"
#include "tensorflow/types.hpp"

namespace mlops::formats {

namespace {

using namespace tensorflow;

constexpr std::size_t longest_config = 16u << 20;

struct KerasObject {
  std::string path;
  std::string identifier;
  std::string metadata;
};

KerasObject read_object(ProtoMessage message) {
  KerasObject object;
  while (const auto field = message.next()) {
    if (field->key == bytes_field(3)) object.path = message.text(*field, longest_name);
    if (field->key == bytes_field(4)) object.identifier = message.text(*field, longest_name);
    if (field->key == bytes_field(5)) object.metadata = message.all(*field, longest_config);
  }
  return object;
}

template <typename Each>
void for_each_object(const ByteSource& source, Each each) {
  ByteReader reader{source};
  ProtoMessage message{reader};
  while (const auto field = message.next()) {
    if (field->key == bytes_field(1)) each(read_object(message.inside(*field)));
  }
}

}  // namespace

void inspect_keras_metadata(const ByteSource& source, domain::Inspection& inspection) {
  std::uint64_t layers = 0;
  const auto tell = [&] { inspection.facts.emplace_back("layers", Json{layers}); };
  try {
    for_each_object(source, [&](const KerasObject& object) {
      if (object.path == "root") inspection.architecture = class_of_keras_config(object.metadata);
      if (object.identifier == "_tf_keras_layer") ++layers;
    });
  } catch (const Malformed&) {
    tell();
    throw;
  }
  tell();
}

void scan_keras_metadata(const ByteSource& source, Scanning& scanning) {
  for_each_object(source, [&](const KerasObject& object) {
    const Scanning::Place place{scanning, object.path};
    scan_keras_config(object.metadata, scanning);
  });
}

}  // namespace mlops::formats
