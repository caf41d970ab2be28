// SQLite stores in a temporary folder.
#pragma once

#include <filesystem>
#include <string>

#include <mlops/support/files.hpp>

namespace mlops::store::sqlite {

class Folder {
 public:
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }
  [[nodiscard]] std::string database() const { return (path() / "registry.db").string(); }
  [[nodiscard]] std::string url() const { return "sqlite:" + database(); }
  // Another place with each call.
  std::string fresh_url() { return "sqlite:" + (path() / (std::to_string(++count_) + ".db")).string(); }

 private:
  TemporaryDirectory folder_{std::filesystem::temp_directory_path()};
  int count_ = 0;
};

}  // namespace mlops::store::sqlite
