// PyTorch's zip archives: what torch.save writes, and TorchScript.
// Source: pytorch.org/docs/stable/notes/serialization.html, caffe2/serialize/inline_container.h
#pragma once

#include <mlops/domain/inspection.hpp>

#include "archive/zip.hpp"
#include "archive/zip_kinds.hpp"
#include "scanning.hpp"

namespace mlops::formats {

bool is_torch(const ZipArchive& archive);
void inspect_torch(const ZipArchive& archive, domain::Inspection& inspection);

// A torch archive with code of its own.
bool is_torchscript(const ZipArchive& archive);
void inspect_torchscript(const ZipArchive& archive, domain::Inspection& inspection);
void scan_torchscript(const ZipArchive& archive, Scanning& scanning);

ZipRole role_in_torch(const ZipMember& member);
ZipRole role_in_torchscript(const ZipMember& member);

}  // namespace mlops::formats
