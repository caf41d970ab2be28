#include "format_table.hpp"

#include <array>

#include <fmt/core.h>

#include "archive/executables.hpp"
#include "archive/opaque.hpp"
#include "archive/stream_row.hpp"
#include "archive/tar_row.hpp"
#include "archive/zip_row.hpp"
#include "catboost.hpp"
#include "code/code_format.hpp"
#include "gguf/gguf.hpp"
#include "hdf5/format.hpp"
#include "keras/formats.hpp"
#include "lightgbm.hpp"
#include "npy/npy.hpp"
#include "onnx/onnx.hpp"
#include "pickle/rows.hpp"
#include "plain.hpp"
#include "safetensors/safetensors.hpp"
#include "tensorflow/tensorflow.hpp"
#include "tflite.hpp"
#include "xgboost/xgboost.hpp"
#include "yaml/yaml_format.hpp"

namespace mlops::formats {

namespace {

constexpr std::size_t head_size = 64u << 10;
constexpr int most_looks = 32;

bool is_torch_legacy(const Head& head) { return pickle::is_torch_legacy(head.bytes); }

// What nobody knows can't be called harmless, and is no model of a kind that has a loader of its own.
void scan_unknown(const ByteSource& source, Scanning& scanning) {
  if (source.size() == 0) return;
  scanning.report(domain::Safety::unknown, "format.unknown",
                  "its format is not known, and so neither is what loading it does");
  // Something in front of a pickle does not keep a loader from being told where to begin.
  const std::string head = read_bytes(source, 0, head_size);
  int looks = 0;
  for (std::size_t at = head.find('\x80', 1); at != std::string::npos && looks < most_looks;
       at = head.find('\x80', at + 1)) {
    if (at + 1 == head.size() || head[at + 1] < 2 || head[at + 1] > 5) continue;
    ++looks;
    const SourcePart part{source, at, source.size() - at};
    if (pickle::looks_like_pickle_inside(part)) return scanning.descend(part, fmt::format("at byte {}", at));
  }
}

constexpr auto table = std::to_array<FormatRow>({
    // With a magic number, or a header that can be nothing else.
    {"zip", is_zip, inspect_zip, scan_zip, false},
    {"keras-hdf5", is_keras_hdf5, inspect_keras_hdf5, scan_hdf5},
    {"hdf5", is_hdf5, inspect_hdf5, scan_hdf5},
    {"gguf", is_gguf, inspect_gguf, scan_gguf},
    {"ggml", is_old_ggml, inspect_old_ggml, nullptr},
    {"npy", is_npy, inspect_npy_file, scan_npy},
    {"catboost", is_catboost, inspect_catboost, nullptr},
    {"tflite", is_tflite, inspect_tflite, scan_tflite},
    {"png", is_png, nullptr, nullptr, false},
    {"jpeg", is_jpeg, nullptr, nullptr, false},
    {"gif", is_gif, nullptr, nullptr, false},
    {"webp", is_webp, nullptr, nullptr, false},
    {"pdf", is_pdf, nullptr, nullptr, false},
    {"parquet", is_parquet, nullptr, nullptr, false},
    {"arrow", is_arrow, nullptr, nullptr, false},
    {"sqlite", is_sqlite, nullptr, nullptr, false},
    stream_row<Packing::gzip>("gzip"),
    stream_row<Packing::bzip2>("bzip2"),
    stream_row<Packing::xz>("xz"),
    stream_row<Packing::lz4>("lz4"),
    stream_row<Packing::zstd>("zstd"),
    {"7z", is_7z, nullptr, scan_opaque, false},
    {"rar", is_rar, nullptr, scan_opaque, false},
    {"elf", is_elf, nullptr, scan_native_code},
    {"pe", is_pe, nullptr, scan_native_code},
    {"macho", is_macho, nullptr, scan_native_code},
    {"tar", is_tar, inspect_tar, scan_tar, false},
    {"safetensors", is_safetensors, inspect_safetensors, scan_safetensors},
    {"tensorflow-checkpoint", is_checkpoint_index, inspect_checkpoint_index, nullptr},
    // By what they hold.
    {"pytorch-legacy", is_torch_legacy, pickle::inspect_torch_legacy, pickle::scan_torch_legacy},
    {"joblib", pickle::is_joblib, pickle::inspect_pickle, pickle::scan_pickles},
    {"pickle", pickle::is_pickle, pickle::inspect_pickle, pickle::scan_pickles},
    {"onnx", is_onnx, inspect_onnx, scan_onnx},
    {"savedmodel", is_saved_model, inspect_saved_model, scan_saved_model},
    {"tensorflow-metagraph", is_meta_graph, inspect_meta_graph, scan_meta_graph},
    {"tensorflow-graph", is_graph_def, inspect_graph_def, scan_graph_def},
    {"tensorflow-fingerprint", is_fingerprint, nullptr, nullptr, false},
    {"keras-metadata", is_keras_metadata, inspect_keras_metadata, scan_keras_metadata},
    {"xgboost", is_xgboost_ubjson, inspect_xgboost_ubjson, scan_xgboost_ubjson},
    {"xgboost", is_xgboost_binary, inspect_xgboost_binary, nullptr},
    {"xgboost", is_xgboost_json, inspect_xgboost_json, scan_xgboost_json},
    {"lightgbm", is_lightgbm, inspect_lightgbm, scan_lightgbm},
    {"keras-json", is_keras_json, inspect_keras_json, scan_keras_json_file},
    stream_row<Packing::zlib>("zlib"),
    stream_row<Packing::lzma_alone>("lzma"),
    {"keras-hdf5", is_keras_hdf5_behind_user_block, inspect_keras_hdf5, scan_hdf5},
    {"hdf5", is_hdf5_behind_user_block, inspect_hdf5, scan_hdf5},
    // Anything that can be read by a person.
    {"notebook", code::is_notebook, code::inspect_notebook, nullptr, false},
    {"json", is_json, nullptr, nullptr, false},
    {"python", code::is_python, code::inspect_python, nullptr, false},
    {"yaml", is_yaml, nullptr, scan_yaml, false},
    {"text", is_text, nullptr, nullptr, false},
    {"unknown", [](const Head&) { return true; }, nullptr, scan_unknown, false},
});

}  // namespace

std::span<const FormatRow> format_table() { return table; }

const FormatRow& recognise(const ByteSource& source) {
  const Head head{read_bytes(source, 0, head_size), source};
  for (const FormatRow& row : table) {
    if (row.matches(head)) return row;
  }
  return table.back();
}

}  // namespace mlops::formats
