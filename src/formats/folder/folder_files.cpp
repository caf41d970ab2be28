#include <mlops/formats/folder_files.hpp>

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

namespace mlops::formats {

FolderFiles::FolderFiles(const std::filesystem::path& root) {
  const auto is_git = [](std::string_view relative) { return relative == ".git"; };
  for (ListedFile& file : list_files(root, is_git)) {
    files_.push_back({std::move(file.relative), file.state.size});
    places_.push_back(std::move(file.absolute));
  }
}

std::unique_ptr<ByteSource> FolderFiles::open(const SetFile& file) const {
  const auto at = std::ranges::lower_bound(files_, file.path, {}, &SetFile::path);
  if (at == files_.end() || at->path != file.path)
    throw Error{ErrorKind::not_found, fmt::format("no file `{}`", printable(file.path))};
  return open_byte_source(places_[static_cast<std::size_t>(at - files_.begin())]);
}

}  // namespace mlops::formats
