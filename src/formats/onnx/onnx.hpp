// ONNX models: recognised, inspected and scanned without the ONNX library. Its own opinion is asked for by
// app/onnx_check. Source: onnx.proto of IR version 12; docs/IR.md, docs/ExternalData.md and docs/MetadataProps.md of
// ONNX.
#pragma once

#include <string>
#include <vector>

#include <mlops/domain/inspection.hpp>
#include <mlops/formats/file_set.hpp>

#include "format_table.hpp"

namespace mlops::formats {

// ONNX has no magic number: what must be there is a plausible ir_version, and a graph of nodes or values.
bool is_onnx(const Head& head);
void inspect_onnx(const ByteSource& source, domain::Inspection& inspection);
// Asks the neighbours of `scanning` for the files in which tensors lie.
void scan_onnx(const ByteSource& source, Scanning& scanning);

// Adds to the inspection of the model `path` in `set` what is wrong with the files in which its tensors lie.
void inspect_onnx_neighbours(const FileSet& set, const SetFile& model, domain::Inspection& inspection);

// The paths of the files in `set` in which tensors of the model lie: numbers without a format of their own, which
// nothing but this model makes anything of.
std::vector<std::string> data_files_of_onnx(const FileSet& set, const SetFile& model);

}  // namespace mlops::formats
