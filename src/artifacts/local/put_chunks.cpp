#include "put_chunks.hpp"

#include "chunker.hpp"
#include "little_endian.hpp"

namespace mlops::artifacts {

namespace {

// A file up to this is one chunk: its digest is that of the file, and nothing is hashed twice.
constexpr std::size_t one_chunk = max_chunk;

bool add_piece(ChunkWriter& writer, const ChunkWriter::Piece& piece) { return writer.add({&piece, 1}) > 0; }

}  // namespace

Chunks cut_chunks(std::span<const std::byte> bytes, bool at_end) {
  Chunks chunks;
  while (bytes.size() >= max_chunk || (at_end && !bytes.empty())) {
    const auto chunk = bytes.first(first_chunk(bytes));
    chunks.push_back(chunk);
    bytes = bytes.subspan(chunk.size());
  }
  return chunks;
}

AddedChunks add_chunks(ChunkWriter& writer, const Chunks& chunks) {
  AddedChunks added;
  std::vector<ChunkWriter::Piece> pieces;
  for (const auto& chunk : chunks) {
    const Digest digest = sha256(chunk);
    added.chunks.push_back({digest, static_cast<std::uint32_t>(chunk.size())});
    pieces.push_back({digest, chunk});
  }
  added.any_new = writer.add(pieces) > 0;
  return added;
}

RecipeBuilder recipe_builder(ChunkWriter& writer) {
  return RecipeBuilder{[&writer](std::span<const std::byte> list) {
    const ChunkWriter::Piece piece{sha256(list), list};
    add_piece(writer, piece);
    return piece.digest;
  }};
}

bool add_recipe(ChunkWriter& writer, const Digest& file, const Recipe& recipe) {
  const std::string bytes = encode_recipe(recipe);
  return add_piece(writer, {file, as_bytes(bytes), RecordKind::file});
}

StoredObject put_memory(ChunkWriter& writer, std::span<const std::byte> bytes) {
  StoredObject stored{.digest = sha256(bytes), .size = bytes.size()};
  if (bytes.size() <= one_chunk) {
    stored.was_new = add_piece(writer, {stored.digest, bytes});
    return stored;
  }
  const AddedChunks added = add_chunks(writer, cut_chunks(bytes, true));
  RecipeBuilder recipe = recipe_builder(writer);
  for (const ChunkRef& chunk : added.chunks) recipe.add(chunk);
  const bool is_new_recipe = add_recipe(writer, stored.digest, recipe.finish());
  stored.was_new = added.any_new || is_new_recipe;
  return stored;
}

}  // namespace mlops::artifacts
