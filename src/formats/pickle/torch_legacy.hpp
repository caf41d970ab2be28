// The format of PyTorch before 1.6: a magic number, a protocol, facts of the machine, the object and the keys of its
// storages, each pickled; then the bytes of the storages. Source: torch/serialization.py, _legacy_save.
#pragma once

#include <mlops/domain/inspection.hpp>
#include <mlops/support/byte_source.hpp>

#include "scanning.hpp"

namespace mlops::formats::pickle {

// By the magic number, pickled in any protocol that has it as plain bytes.
bool is_torch_legacy(std::string_view head);
void inspect_torch_legacy(const ByteSource& source, domain::Inspection& inspection);
void scan_torch_legacy(const ByteSource& source, Scanning& scanning);

}  // namespace mlops::formats::pickle
