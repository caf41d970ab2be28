// What stands in a commit in place of a large file.
#include "fuzzing.hpp"

#include <string>

#include "lfs.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlops;
  using fuzzing::require;
  const auto pointer = git::parse_lfs_pointer(fuzzing::text_of(fuzzing::bytes_of(data, size)));
  if (!pointer) return 0;
  // It becomes part of a path.
  require(pointer->oid.size() == 64 && pointer->oid.find_first_not_of("0123456789abcdef") == std::string::npos);
  const auto again = git::parse_lfs_pointer("version https://git-lfs.github.com/spec/v1\noid sha256:" + pointer->oid +
                                            "\nsize " + std::to_string(pointer->size) + "\n");
  require(again && again->oid == pointer->oid && again->size == pointer->size);
  return 0;
}
