#include <mlops/formats/inspect.hpp>

#include <algorithm>

#include "archive/zip.hpp"
#include "archive/zip_row.hpp"
#include "format_table.hpp"
#include "malformed.hpp"
#include "set_parts.hpp"

namespace mlops::formats {

const SetFile* FileSet::find(std::string_view path) const {
  const auto& all = files();
  const auto at = std::ranges::lower_bound(all, path, {}, &SetFile::path);
  return at != all.end() && at->path == path ? &*at : nullptr;
}

domain::Inspection inspect_file(const ByteSource& source) { return inspect_as(recognise(source), source); }

domain::Inspection inspect_as(const FormatRow& row, const ByteSource& source) {
  domain::Inspection inspection;
  inspection.format = row.name;
  try {
    if (row.inspect != nullptr) {
      row.inspect(source, inspection);
    } else if (row.name == "unknown" && has_zip_at_end(source)) {
      inspect_zip(source, inspection);
    }
  } catch (const Malformed& error) {
    inspection.problems.emplace_back(error.what());
  } catch (const Unscannable& error) {
    inspection.problems.emplace_back(error.what());
  }
  return inspection;
}

}  // namespace mlops::formats
