#include "store_parts.hpp"

#include <mlops/support/error.hpp>

namespace mlops::artifacts {

std::optional<Anatomy> for_each_record(StoreParts& store, const Digest& object,
                                       const std::function<void(const RecordKey&)>& visit) {
  if (const auto place = store.index.find(object, RecordKind::chunk)) {
    visit({object, RecordKind::chunk, place->record.size});
    return Anatomy{place->record.size, false};
  }
  const auto recipe = store.reader.recipe(object);
  if (!recipe) {
    const auto size = store.whole.size(object);
    return size ? std::optional{Anatomy{*size, true}} : std::nullopt;
  }
  visit({object, RecordKind::file, 0});
  const auto visit_chunk = [&visit](const ChunkRef& chunk) { visit({chunk.digest, RecordKind::chunk, chunk.size}); };
  const bool is_sound = for_each_chunk(
      *recipe, [&store](const ChunkRef& chunk) { return store.reader.chunk(chunk); }, visit_chunk, visit_chunk);
  if (is_sound) return Anatomy{recipe->size, false};
  throw Error{ErrorKind::integrity, "the recipe of object `" + object.text() + "` is damaged: its parts don't add up"};
}

}  // namespace mlops::artifacts
