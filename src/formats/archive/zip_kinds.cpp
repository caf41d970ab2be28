#include "archive/zip_kinds.hpp"

#include <array>

#include "archive/npz.hpp"
#include "archive/plain_zip.hpp"
#include "archive/torch_zip.hpp"
#include "keras/archive.hpp"

namespace mlops::formats {

namespace {

constexpr auto kinds = std::to_array<ZipKind>({
    {"torchscript", true, is_torchscript, inspect_torchscript, scan_torchscript, role_in_torchscript},
    {"pytorch", true, is_torch, inspect_torch, nullptr, role_in_torch},
    {"keras", true, is_keras_archive, inspect_keras, scan_keras, nullptr},
    {"npz", true, is_npz, inspect_npz, nullptr, nullptr},
    {"zip", false, [](const ZipArchive&) { return true; }, inspect_plain_zip, nullptr, nullptr},
});

}  // namespace

const ZipKind& kind_of(const ZipArchive& archive) {
  for (const ZipKind& kind : kinds) {
    if (kind.matches(archive)) return kind;
  }
  return kinds.back();
}

}  // namespace mlops::formats
