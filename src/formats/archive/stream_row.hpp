// The rows of the format table that compressed streams have: what they hold is what the file is.
#pragma once

#include <mlops/domain/inspection.hpp>

#include "archive/decoder.hpp"
#include "format_table.hpp"

namespace mlops::formats {

// Whether the content is a stream of this packing; where a magic number says too little, its beginning is unpacked.
template <Packing packing>
bool is_stream(const Head& head);

void inspect_stream(const ByteSource& source, Packing packing, domain::Inspection& inspection);
void scan_stream(const ByteSource& source, Packing packing, Scanning& scanning);

template <Packing packing>
constexpr FormatRow stream_row(std::string_view name) {
  return {name, is_stream<packing>,
          [](const ByteSource& source, domain::Inspection& inspection) { inspect_stream(source, packing, inspection); },
          [](const ByteSource& source, Scanning& scanning) { scan_stream(source, packing, scanning); }, false};
}

// Whether a row of this name is an archive or a stream, inside of which there is anything, itself included.
bool holds_others(std::string_view format);

}  // namespace mlops::formats
