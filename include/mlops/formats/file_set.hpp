// The files of a version, a folder, or a single file, for those who look into them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/support/byte_source.hpp>

namespace mlops::formats {

struct SetFile {
  std::string path;  // relative, with '/'
  std::uint64_t size = 0;
};

class FileSet {
 public:
  virtual ~FileSet() = default;
  // Sorted by path.
  [[nodiscard]] virtual const std::vector<SetFile>& files() const = 0;
  // Error{not_found} or {failed} when it can't be had.
  [[nodiscard]] virtual std::unique_ptr<ByteSource> open(const SetFile& file) const = 0;

  [[nodiscard]] const SetFile* find(std::string_view path) const;  // nullptr when there is none
};

}  // namespace mlops::formats
