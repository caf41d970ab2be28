// Cutting text of rows into chunks that end between rows.
#pragma once

#include <memory>
#include <optional>

#include "table/table_rows.hpp"

namespace mlops::formats {

struct TextChunksOptions {
  std::string name;
  std::uint64_t begin = 0;                       // of the first row
  std::optional<char> delimiter = std::nullopt;  // of CSV, in which rows may have line breaks between quotes
  std::size_t chunk_size = 2u << 20;
  std::size_t longest_row = 256u << 20;
};

std::unique_ptr<ChunkSource> make_text_chunks(const ByteSource& source, TextChunksOptions options);

// How much of CSV, from the beginning of a row on, is rows that have ended; 0 when none has.
[[nodiscard]] std::size_t complete_rows(std::string_view text, std::optional<char> delimiter);

}  // namespace mlops::formats
