#include <mlops/formats/scan.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "archive/unpacked_source.hpp"
#include "archive/zip_row.hpp"
#include "folder/folder_scan.hpp"
#include "format_table.hpp"
#include "malformed.hpp"
#include "onnx/onnx.hpp"
#include "pickle/rows.hpp"
#include "scanning.hpp"
#include "set_parts.hpp"
#include "tensorflow/tensorflow.hpp"

namespace mlops::formats {

namespace {

constexpr std::size_t head_size = 64u << 10;

// What such files hold besides pickles is what their own scan steps over.
// The first byte of a zip archive asks for something by a persistent id, which pickle's own loaders refuse.
bool may_be_pickle_too(const FormatRow& row) {
  return row.scan != pickle::scan_pickles && row.name != "pytorch-legacy" && row.name != "zip";
}

domain::Scan scan_as(const FormatRow& row, const ByteSource& source, const Neighbours* neighbours) {
  domain::Scan result;
  result.format = row.name;
  result.supported = row.is_model;
  Scanning scanning{result, most_unpacked(source.size())};
  if (neighbours != nullptr) scanning.set_neighbours(*neighbours);
  scanning.descend_as(row, source, "");
  if (may_be_pickle_too(row) && pickle::is_pickle(Head{read_bytes(source, 0, head_size), source})) {
    scanning.attempt("", [&] {
      scanning.report(domain::Safety::malformed, "pickle.polyglot", "it is also a pickle, to those who load it as one");
      pickle::scan_pickles(source, scanning);
    });
  }
  if (scan_zip_behind(source, "", scanning) && row.name == "unknown") result.format = "zip";
  return result;
}

// Files of numbers that a model beside them names have no format of their own, and nothing but that model makes
// anything of them. Only that is excused: what was found inside one counts.
void excuse_data_files(const FileSet& set, SetScan& whole) {
  std::set<std::string> named;
  for (const FileScan& file : whole.files) {
    std::vector<std::string> paths;
    if (file.scan.format == "onnx") paths = data_files_of_onnx(set, *set.find(file.path));
    if (file.scan.format == "tensorflow-checkpoint") paths = data_files_of_checkpoint(set, *set.find(file.path));
    named.insert(paths.begin(), paths.end());
  }
  if (named.empty()) return;
  whole.safety = domain::Safety::allowlisted;
  for (FileScan& file : whole.files) {
    domain::Scan& scan = file.scan;
    if (named.contains(file.path)) {
      std::erase_if(scan.findings, [](const domain::Finding& finding) { return finding.rule == "format.unknown"; });
      if (scan.findings.empty()) scan.safety = domain::Safety::allowlisted;
    }
    whole.safety = std::max(whole.safety, scan.safety);
  }
}

}  // namespace

domain::Scan scan_file(const ByteSource& source) { return scan_as(recognise(source), source, nullptr); }

FileScan scan_one(const FileSet& set, const SetFile& file, const OpenedFile& opened) {
  const Neighbours neighbours{set, file.path};
  return {file.path, file.size, scan_as(opened.row(), opened.source(), &neighbours)};
}

void complete(const FileSet& set, SetScan& scan) {
  for (const FileScan& file : scan.files) {
    scan.safety = std::max(scan.safety, file.scan.safety);
    scan.supported = scan.supported || file.scan.supported;
  }
  scan_folders(set, scan);
  excuse_data_files(set, scan);
}

}  // namespace mlops::formats
