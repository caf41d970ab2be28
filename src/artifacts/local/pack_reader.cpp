#include "pack_reader.hpp"

#include <algorithm>

#include <mlops/support/error.hpp>

#include "in_quotes.hpp"
#include "little_endian.hpp"

namespace mlops::artifacts {

namespace {

constexpr std::size_t most_open_packs = 64;
constexpr std::string_view how_to_heal =
    "`mlops artifacts repair --from` heals it from another copy; so does registering the same files again";
// Read at once from a pack.
constexpr std::size_t longest_run = 1u << 20;

std::uint64_t end_of(const Record& record) {
  return std::uint64_t{record.offset} + record_header_size + record.stored_size;
}

// From its header on; shorter when the pack ends before.
std::string read_stored(const PackFile& pack, const Record& record) {
  std::string stored(record_header_size + record.stored_size, '\0');
  stored.resize(pack.read_at(record.offset, std::as_writable_bytes(std::span{stored})));
  return stored;
}

}  // namespace

// Chunks that lie one after the other in one pack.
struct PackReader::Run {
  Digest pack;
  std::vector<Record> records;
  [[nodiscard]] bool goes_on_with(const Place& place) const {
    return !records.empty() && place.pack == pack && place.record.offset == end_of(records.back()) &&
           end_of(place.record) - records.front().offset <= longest_run;
  }
};

std::size_t LoadedChunks::size() const {
  std::size_t size = 0;
  for (const auto& piece : pieces_) size += piece.size();
  return size;
}

void LoadedChunks::clear() {
  pieces_.clear();
  used_ = 0;
}

std::span<std::byte> LoadedChunks::buffer(std::size_t size) {
  if (used_ == buffers_.size()) buffers_.emplace_back();
  Buffer& buffer = buffers_[used_++];
  if (buffer.capacity < size) {
    buffer.bytes = std::make_unique_for_overwrite<std::byte[]>(size);
    buffer.capacity = size;
  }
  return {buffer.bytes.get(), size};
}

void LoadedChunks::add(std::string_view bytes) {
  const std::span<std::byte> copy = buffer(bytes.size());
  std::ranges::copy(as_bytes(bytes), copy.begin());
  pieces_.emplace_back(copy);
}

std::shared_ptr<const PackFile> PackReader::open(const Digest& pack) {
  const std::scoped_lock lock{mutex_};
  if (const auto known = open_packs_.find(pack); known != open_packs_.end()) return known->second;
  auto file = PackFile::open(layout_.pack(pack));
  if (!file) return nullptr;
  if (open_packs_.size() >= most_open_packs) open_packs_.erase(open_packs_.begin());
  return open_packs_[pack] = std::make_shared<const PackFile>(std::move(*file));
}

void PackReader::close_packs() {
  const std::scoped_lock lock{mutex_};
  open_packs_.clear();
}

std::optional<std::string> PackReader::read_copy(const Place& place) {
  const auto pack = open(place.pack);
  if (!pack) return std::nullopt;
  auto bytes = decode_record(place.record, as_bytes(read_stored(*pack, place.record)));
  if (!bytes) note(place, *pack);
  return bytes;
}

void PackReader::note(const Place& place, const PackFile& pack) {
  found_.add_record(place.pack, place.record.offset, pack.state());
}

std::optional<std::string> PackReader::any_copy(const Digest& digest, RecordKind kind) {
  for (const bool again : {false, true}) {
    // A collection may have moved it to another pack since we looked, or a register put a sound pack in the place of a
    // damaged one; or the index, which is only a copy of what the packs' own tables say, is damaged.
    if (again) {
      index_.load(CheckSegments::yes);
      close_packs();
    }
    for (const Place& place : index_.find_all(digest, kind)) {
      if (auto bytes = read_copy(place)) return bytes;
    }
  }
  return std::nullopt;
}

std::string PackReader::chunk(const ChunkRef& chunk) {
  auto bytes = any_copy(chunk.digest, RecordKind::chunk);
  if (bytes && bytes->size() == chunk.size) return std::move(*bytes);
  const auto place = index_.find(chunk.digest, RecordKind::chunk);
  if (!place) {
    throw Error{ErrorKind::integrity,
                "chunk `" + chunk.digest.text() + "` is missing from the store",
                {std::string{how_to_heal}}};
  }
  throw Error{ErrorKind::integrity,
              "chunk `" + chunk.digest.text() + "` is damaged: byte " + std::to_string(place->record.offset) + " of " +
                  in_quotes(layout_.pack(place->pack)),
              {std::string{how_to_heal}}};
}

std::optional<Recipe> PackReader::recipe(const Digest& file) {
  const auto place = index_.find(file, RecordKind::file);
  if (!place) return std::nullopt;
  for (const Place& copy : index_.find_all(file, RecordKind::file)) {
    const auto bytes = read_copy(copy);
    auto recipe = bytes ? decode_recipe(as_bytes(*bytes)) : std::nullopt;
    if (recipe) return recipe;
  }
  const auto bytes = any_copy(file, RecordKind::file);
  if (auto recipe = bytes ? decode_recipe(as_bytes(*bytes)) : std::nullopt) return recipe;
  throw Error{ErrorKind::integrity,
              "the recipe of object `" + file.text() + "` is damaged: byte " + std::to_string(place->record.offset) +
                  " of " + in_quotes(layout_.pack(place->pack)),
              {std::string{how_to_heal}}};
}

bool PackReader::lasts(const Digest& object) {
  if (index_.find_lasting(object, RecordKind::chunk)) return true;
  if (!index_.find_lasting(object, RecordKind::file)) return false;
  try {
    const auto recipe = this->recipe(object);
    bool all_last = recipe.has_value();
    const auto visit = [&](const ChunkRef& chunk) {
      all_last = all_last && index_.find_lasting(chunk.digest, RecordKind::chunk).has_value();
    };
    const auto load = [this](const ChunkRef& chunk) { return this->chunk(chunk); };
    return recipe && for_each_chunk(*recipe, load, visit, visit) && all_last;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::integrity) return false;
    throw;
  }
}

bool PackReader::is_copy(const Place& place, std::span<const std::byte> bytes) {
  const auto pack = open(place.pack);
  if (!pack) return false;
  const std::string stored = read_stored(*pack, place.record);
  bool is_same = false;
  if (place.record.encoding == Encoding::raw) {
    is_same = has_header(place.record, as_bytes(stored)) &&
              std::ranges::equal(as_bytes(stored).subspan(record_header_size), bytes);
  } else {
    const auto decoded = decode_record(place.record, as_bytes(stored));
    is_same = decoded && std::ranges::equal(as_bytes(*decoded), bytes);
  }
  if (!is_same) note(place, *pack);
  return is_same;
}

bool PackReader::has_copy(const Digest& digest, RecordKind kind, std::span<const std::byte> bytes) {
  return std::ranges::any_of(index_.find_all(digest, kind),
                             [&](const Place& place) { return index_.lasts(place) && is_copy(place, bytes); });
}

void PackReader::find_damage(const Digest& object, const Recipe& recipe) {
  bool is_found = false;
  const auto load = [&](const ChunkRef& chunk) {
    try {
      return this->chunk(chunk);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::integrity) throw;
      is_found = true;
      return std::string{};
    }
  };
  for_each_chunk(recipe, load, [](const ChunkRef&) {}, [&load](const ChunkRef& chunk) { load(chunk); });
  if (is_found) return;
  for (const Place& place : index_.find_all(object, RecordKind::file)) {
    if (const auto pack = open(place.pack)) note(place, *pack);
  }
}

void PackReader::load_run(const Run& run, std::span<const ChunkRef> chunks, CheckChunks check, LoadedChunks& loaded) {
  const auto pack = open(run.pack);
  const std::uint64_t start = run.records.front().offset;
  const auto buffer = loaded.buffer(end_of(run.records.back()) - start);
  const std::span<const std::byte> got = buffer.first(pack ? pack->read_at(start, buffer) : 0);
  for (std::size_t i = 0; i < run.records.size(); ++i) {
    const Record& record = run.records[i];
    const std::size_t from = record.offset - start;
    const std::size_t size = record_header_size + record.stored_size;
    const auto stored = from + size <= got.size() ? got.subspan(from, size) : std::span<const std::byte>{};
    const bool is_plain = record.encoding == Encoding::raw && record.size == chunks[i].size && !stored.empty();
    if (is_plain && (check == CheckChunks::no ? has_header(record, stored) : is_chunk(record, stored))) {
      loaded.add(stored.subspan(record_header_size));
      continue;
    }
    auto bytes = stored.empty() ? std::nullopt : decode_record(record, stored);
    if (!bytes || bytes->size() != chunks[i].size) bytes = chunk(chunks[i]);
    loaded.add(std::string_view{*bytes});
  }
}

void PackReader::load(std::span<const ChunkRef> chunks, CheckChunks check, LoadedChunks& loaded) {
  Run run;
  const auto load_what_is_there = [&](std::size_t end) {
    if (!run.records.empty())
      load_run(run, chunks.subspan(end - run.records.size(), run.records.size()), check, loaded);
    run = {};
  };
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const auto place = index_.find(chunks[i].digest, RecordKind::chunk);
    if (place && run.goes_on_with(*place)) {
      run.records.push_back(place->record);
      continue;
    }
    load_what_is_there(i);
    if (place) {
      run = {place->pack, {place->record}};
    } else {
      loaded.add(std::string_view{chunk(chunks[i])});
    }
  }
  load_what_is_there(chunks.size());
}

}  // namespace mlops::artifacts
