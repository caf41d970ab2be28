// safetensors: a length, a JSON header that places every tensor, and the tensors' bytes.
// Source: "Format" in the README of huggingface/safetensors, and the checks of its reader.
#pragma once

#include <mlops/domain/inspection.hpp>
#include <mlops/formats/file_set.hpp>
#include <mlops/support/byte_source.hpp>

#include "flaws.hpp"
#include "format_table.hpp"

namespace mlops::formats {

// Longer headers are refused by the format's own readers.
constexpr std::uint64_t longest_safetensors_header = 100'000'000;

bool is_safetensors(const Head& head);

// Reads the header, and nothing of the tensors. What is wrong comes back instead of being thrown.
Flaws read_safetensors(const ByteSource& source, domain::Inspection& inspection);

void inspect_safetensors(const ByteSource& source, domain::Inspection& inspection);
void scan_safetensors(const ByteSource& source, Scanning& scanning);

// A model in several files, by its index (`model.safetensors.index.json`, found in `set` at `index_path`): fills in the
// tensors of all shards, and as problems what the index and the shards disagree about. May throw Malformed.
void inspect_safetensors_shards(const FileSet& set, std::string_view index_path, domain::Inspection& inspection);

}  // namespace mlops::formats
