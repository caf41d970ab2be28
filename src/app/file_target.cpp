#include "file_target.hpp"

#include <fmt/core.h>

#include <mlops/formats/folder_files.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "resolve.hpp"
#include "stored_files.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

FileTarget open_target(const Context& context, const std::string& text) {
  FileTarget target;
  const fs::path path = context.directory / text;
  std::error_code ignored;
  if (fs::exists(path, ignored)) {
    target.path = path;
    target.files = std::make_unique<formats::FolderFiles>(path);
    return target;
  }
  if (text.find('@') == std::string::npos) {
    throw Error{ErrorKind::not_found,
                fmt::format("no file or folder `{}`", printable(text)),
                {"a version of the registry is named MODEL@REF, such as churn@latest"}};
  }
  target.workspace = std::make_unique<Workspace>(context, Access::read);
  const auto view = target.workspace->read();
  target.version = load(*view, resolve(*view, text));
  target.files = std::make_unique<StoredFiles>(target.workspace->artifacts(), view->version_files(target.version->id));
  return target;
}

}  // namespace mlops::app
