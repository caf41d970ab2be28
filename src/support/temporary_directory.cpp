#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

namespace mlops {

TemporaryDirectory::TemporaryDirectory(const std::filesystem::path& parent, std::string_view prefix) {
  std::string name = parent / (std::string{prefix} + "XXXXXX");
  if (::mkdtemp(name.data()) == nullptr) throw system_error("can't make a folder in", parent.native(), errno);
  path_ = std::move(name);
}

TemporaryDirectory::TemporaryDirectory(TemporaryDirectory&& other) noexcept
    : path_{std::exchange(other.path_, {})}, keep_{other.keep_} {}

TemporaryDirectory::~TemporaryDirectory() {
  if (path_.empty() || keep_) return;
  std::error_code ignored;  // a destructor has nobody to tell
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace mlops
