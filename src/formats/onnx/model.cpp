#include "onnx/model.hpp"

#include <algorithm>
#include <limits>

#include <fmt/core.h>

#include "onnx/graph_reader.hpp"
#include "onnx/types.hpp"

namespace mlops::formats::onnx {

namespace {

constexpr std::size_t longest_doc = 4096;
constexpr std::size_t longest_metadata = 1024;
constexpr std::size_t most_metadata = 200;
constexpr std::size_t most_opsets = 200;

void read_opset(ProtoMessage message, Model& model) {
  std::string domain;
  std::int64_t version = 0;
  while (const auto field = message.next()) {
    if (field->key == bytes_field(1)) domain = message.text(*field, longest_name);
    if (field->key == varint_field(2)) version = field->integer();
  }
  domain = domain_or_default(domain);
  if (model.opset_imports.size() == most_opsets) return model.note_cut("opset_imports");
  const auto [at, is_new] = model.opset_imports.emplace(domain, version);
  if (!is_new && at->second != version)
    model.note(fmt::format("two versions of the operators of `{}` are imported", domain));
}

void read_metadata(ProtoMessage message, Model& model) {
  std::string key;
  std::string value;
  while (const auto field = message.next()) {
    if (field->key == bytes_field(1)) key = message.text(*field, longest_name);
    if (field->key == bytes_field(2)) value = message.text(*field, longest_metadata);
  }
  if (model.metadata.size() == most_metadata) return model.note_cut("metadata");
  if (std::ranges::any_of(model.metadata, [&](const auto& other) { return other.first == key; }))
    model.note(fmt::format("the metadata has `{}` twice", key));
  model.metadata.emplace_back(std::move(key), std::move(value));
}

}  // namespace

void Model::note(std::string problem) {
  if (problems.size() < most_problems) problems.push_back(std::move(problem));
}

void Model::note_cut(std::string_view what) {
  if (std::ranges::find(cut, what) == cut.end()) cut.emplace_back(what);
}

void read_model(const ByteSource& source, Model& model) {
  ByteReader reader{source};
  ProtoMessage message{reader};
  GraphReader graphs{model};
  while (const auto field = message.next()) {
    switch (field->key) {
      case varint_field(1):
        model.ir_version = field->integer();
        break;
      case bytes_field(2):
        model.producer_name = message.text(*field, longest_name);
        break;
      case bytes_field(3):
        model.producer_version = message.text(*field, longest_name);
        break;
      case bytes_field(4):
        model.domain = message.text(*field, longest_name);
        break;
      case varint_field(5):
        model.model_version = field->integer();
        break;
      case bytes_field(6):
        model.doc_string = message.text(*field, longest_doc);
        break;
      case bytes_field(7):
        ++model.graphs;
        graphs.read_main_graph(message.inside(*field));
        break;
      case bytes_field(8):
        read_opset(message.inside(*field), model);
        break;
      case bytes_field(14):
        read_metadata(message.inside(*field), model);
        break;
      case bytes_field(20):
        ++model.training_steps;
        graphs.read_training(message.inside(*field));
        break;
      case bytes_field(25):
        graphs.read_function(message.inside(*field));
        break;
      default:
        break;
    }
  }
}

}  // namespace mlops::formats::onnx
