// TensorFlow's SavedModels, graphs and checkpoints, without TensorFlow.
// Source: tensorflow/core/protobuf/saved_model.proto and the messages it is made of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/inspection.hpp>
#include <mlops/formats/file_set.hpp>

#include "format_table.hpp"

namespace mlops::formats {

// saved_model.pb
bool is_saved_model(const Head& head);
void inspect_saved_model(const ByteSource& source, domain::Inspection& inspection);
void scan_saved_model(const ByteSource& source, Scanning& scanning);

// model.ckpt.meta: one MetaGraphDef
bool is_meta_graph(const Head& head);
void inspect_meta_graph(const ByteSource& source, domain::Inspection& inspection);
void scan_meta_graph(const ByteSource& source, Scanning& scanning);

// frozen.pb: one GraphDef
bool is_graph_def(const Head& head);
void inspect_graph_def(const ByteSource& source, domain::Inspection& inspection);
void scan_graph_def(const ByteSource& source, Scanning& scanning);

// keras_metadata.pb: the layers that a SavedModel was made from, as JSON
bool is_keras_metadata(const Head& head);
void inspect_keras_metadata(const ByteSource& source, domain::Inspection& inspection);
void scan_keras_metadata(const ByteSource& source, Scanning& scanning);

// variables.index, model.ckpt.index: the table of a checkpoint
bool is_checkpoint_index(const Head& head);
void inspect_checkpoint_index(const ByteSource& source, domain::Inspection& inspection);

// The paths of the files in `set` that hold the variables of a checkpoint, numbers without a format of their own.
std::vector<std::string> data_files_of_checkpoint(const FileSet& set, const SetFile& index);

// fingerprint.pb: checksums of a SavedModel
bool is_fingerprint(const Head& head);

// The SavedModel whose saved_model.pb is `prefix` + "saved_model.pb" in the set, "" or "a/b/" being the prefix: with
// its variables, its assets and Keras's layers.
void inspect_saved_model_folder(const FileSet& set, std::string_view prefix, domain::Inspection& inspection);

}  // namespace mlops::formats
