#include <mlops/formats/look.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

#include <mlops/support/parallel.hpp>

#include "set_parts.hpp"

namespace mlops::formats {

namespace {

// A set of a thousand files, each with as many tensors as one may have, would fill memory.
constexpr std::size_t most_tensors_of_all = 10 * domain::Inspection::most_tensors;
constexpr std::size_t most_files_at_once = 16;

struct Questions {
  bool inspection = false;
  bool scan = false;
  bool code = false;
};

struct FileLook {
  FileInspection inspection;
  FileScan scan;
  std::vector<CodeWarning> code;
};

FileLook look_at(const FileSet& set, const SetFile& file, const Questions& asked) {
  const OpenedFile opened{set.open(file)};
  FileLook look;
  if (asked.inspection) look.inspection = inspect_one(set, file, opened);
  if (asked.scan) look.scan = scan_one(set, file, opened);
  if (asked.code) look.code = read_code_of(file, opened);
  return look;
}

SetLook look(const FileSet& set, const Questions& asked) {
  const std::vector<SetFile>& files = set.files();
  SetLook result;
  std::size_t tensors = 0;
  for (std::size_t first = 0; first < files.size(); first += most_files_at_once) {
    std::vector<FileLook> some(std::min(most_files_at_once, files.size() - first));
    parallel_for(some.size(), [&](std::size_t i) { some[i] = look_at(set, files[first + i], asked); });
    for (FileLook& file : some) {
      auto& its_tensors = file.inspection.inspection.tensors;
      tensors += its_tensors.size();
      if (tensors > most_tensors_of_all) its_tensors = {};
      if (asked.inspection) result.inspection.files.push_back(std::move(file.inspection));
      if (asked.scan) result.scan.files.push_back(std::move(file.scan));
      std::ranges::move(file.code, std::back_inserter(result.code));
    }
  }
  if (asked.inspection) complete(set, result.inspection);
  if (asked.scan) complete(set, result.scan);
  return result;
}

}  // namespace

SetLook look_into(const FileSet& set) { return look(set, {.inspection = true, .scan = true, .code = true}); }

SetLook look_for_code(const FileSet& set) { return look(set, {.scan = true, .code = true}); }

SetInspection inspect(const FileSet& set) { return look(set, {.inspection = true}).inspection; }

SetScan scan(const FileSet& set) { return look(set, {.scan = true}).scan; }

std::vector<CodeWarning> read_code(const FileSet& set) { return look(set, {.code = true}).code; }

}  // namespace mlops::formats
