// What is asked of each file of a set, and then of all of them together.
#pragma once

#include <vector>

#include <mlops/formats/code.hpp>
#include <mlops/formats/file_set.hpp>
#include <mlops/formats/inspect.hpp>
#include <mlops/formats/scan.hpp>

#include "opened_file.hpp"

namespace mlops::formats {

FileInspection inspect_one(const FileSet& set, const SetFile& file, const OpenedFile& opened);
FileScan scan_one(const FileSet& set, const SetFile& file, const OpenedFile& opened);
std::vector<CodeWarning> read_code_of(const SetFile& file, const OpenedFile& opened);

// `files` are all there: what they make together. Their tensors go into `whole`.
void complete(const FileSet& set, SetInspection& inspection);
void complete(const FileSet& set, SetScan& scan);

domain::Inspection inspect_as(const FormatRow& row, const ByteSource& source);

}  // namespace mlops::formats
