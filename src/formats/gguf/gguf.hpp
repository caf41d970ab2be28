// GGUF, the files of llama.cpp and its kin: see gguf_header.hpp.
#pragma once

#include <mlops/domain/inspection.hpp>
#include <mlops/support/byte_source.hpp>

#include "format_table.hpp"

namespace mlops::formats {

bool is_gguf(const Head& head);
void inspect_gguf(const ByteSource& source, domain::Inspection& inspection);
// Its tensors run nothing, but its chat template is a program: it is looked through, and never rendered.
void scan_gguf(const ByteSource& source, Scanning& scanning);

// The formats of ggml before GGUF, which no program of today reads.
bool is_old_ggml(const Head& head);
void inspect_old_ggml(const ByteSource& source, domain::Inspection& inspection);

}  // namespace mlops::formats
