// TorchScript programs: a language like Python, which torch's own interpreter runs. It has no imports and no files, but
// a few operators do more than compute, and operators of other libraries may do anything.
// Source: pytorch.org/docs/stable/jit_language_reference.html
#pragma once

#include <mlops/support/byte_source.hpp>

#include "scanning.hpp"

namespace mlops::formats {

void scan_torchscript_code(const ByteSource& code, Scanning& scanning);

}  // namespace mlops::formats
