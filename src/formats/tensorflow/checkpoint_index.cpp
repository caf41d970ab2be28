#include "tensorflow/checkpoint_index.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <mlops/domain/inspection.hpp>

#include "malformed.hpp"

namespace mlops::formats::tensorflow {

namespace {

constexpr std::uint64_t table_magic = 0xdb4775248b80fb57;
constexpr std::uint64_t footer_size = 48;
constexpr std::uint64_t largest_block = 64u << 20;
constexpr std::size_t longest_key = 4096;

struct Block {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

// A cursor over the varints and bytes of one block.
class BlockReader {
 public:
  explicit BlockReader(std::string_view bytes) : bytes_{bytes} {}

  [[nodiscard]] bool at_end() const { return at_ == bytes_.size(); }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (at_end()) throw Malformed{"a block of the index ends in the middle of an entry"};
      const auto byte = static_cast<unsigned char>(bytes_[at_++]);
      value |= std::uint64_t{byte & 0x7Fu} << shift;
      if ((byte & 0x80u) == 0) return value;
    }
    throw Malformed{"a number in the index is longer than ten bytes"};
  }

  std::string_view take(std::uint64_t size) {
    if (size > bytes_.size() - at_) throw Malformed{"a block of the index ends in the middle of an entry"};
    const std::string_view taken = bytes_.substr(at_, static_cast<std::size_t>(size));
    at_ += static_cast<std::size_t>(size);
    return taken;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

Block read_handle(BlockReader& reader) {
  const std::uint64_t offset = reader.varint();
  return {offset, reader.varint()};
}

// The entries of a block, without the list of restart points at its end.
std::string read_block(const ByteSource& source, const Block& block) {
  constexpr std::uint64_t trailer = 5;  // how it is compressed, and a checksum
  const std::uint64_t whole = source.size();
  if (block.offset > whole || block.size > whole - block.offset || whole - block.offset - block.size < trailer)
    throw Malformed{fmt::format("a block of the index at byte {} reaches beyond its end", block.offset)};
  if (block.size > largest_block) throw Malformed{fmt::format("a block of the index has {} bytes", block.size)};
  std::string bytes = read_bytes(source, block.offset, static_cast<std::size_t>(block.size + 1));
  if (bytes.size() <= block.size) throw Malformed{"the index ends too early"};
  if (bytes.back() != '\0') throw Unscannable{"the index of the checkpoint is compressed"};
  bytes.pop_back();
  if (bytes.size() < sizeof(std::uint32_t)) throw Malformed{"a block of the index is too short"};
  return bytes;
}

std::uint32_t little32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i)
    value |= std::uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return value;
}

std::string_view entries_of(std::string_view block) {
  const std::uint64_t restarts = little32(block.substr(block.size() - sizeof(std::uint32_t)));
  const std::uint64_t tail = (restarts + 1) * sizeof(std::uint32_t);
  if (tail > block.size()) throw Malformed{"a block of the index has more restart points than room"};
  return block.substr(0, block.size() - static_cast<std::size_t>(tail));
}

// Tells `each` of every key and value; keys share their beginnings with those before.
template <typename Each>
void for_each_entry(const ByteSource& source, const Block& block, Each each) {
  const std::string bytes = read_block(source, block);
  BlockReader reader{entries_of(bytes)};
  std::string key;
  while (!reader.at_end()) {
    const std::uint64_t shared = reader.varint();
    const std::uint64_t rest = reader.varint();
    const std::uint64_t size = reader.varint();
    if (shared > key.size()) throw Malformed{"a name in the index shares more than there is"};
    if (rest > longest_key || shared + rest > longest_key) throw Malformed{"a name in the index is too long"};
    key.resize(static_cast<std::size_t>(shared));
    key += reader.take(rest);
    each(std::string_view{key}, reader.take(size));
  }
}

CheckpointEntry read_entry(ProtoMessage message) {
  CheckpointEntry entry;
  while (const auto field = message.next()) {
    switch (field->key) {
      case varint_field(1):
        entry.dtype = dtype_name(field->value);
        break;
      case bytes_field(2):
        entry.shape = read_shape(message.inside(*field));
        break;
      case varint_field(3):
        entry.shard = field->value;
        break;
      case varint_field(4):
        entry.offset = field->value;
        break;
      case varint_field(5):
        entry.size = field->value;
        break;
      case bytes_field(7):
        entry.is_sliced = true;
        break;
      default:
        break;
    }
  }
  return entry;
}

void take_entry(std::string_view key, std::string_view value, CheckpointIndex& index) {
  const MemorySource source{value};
  ByteReader reader{source};
  ProtoMessage message{reader};
  if (key.empty()) {
    while (const auto field = message.next()) {
      if (field->key == varint_field(1)) index.shards = field->value;
    }
    return;
  }
  // The name of a slice begins with a byte of zero, and its whole has an entry of its own.
  if (key.front() == '\0') return;
  if (index.entries.size() == domain::Inspection::most_tensors) {
    index.is_cut = true;
    return;
  }
  CheckpointEntry entry = read_entry(message);
  entry.name = key;
  index.entries.push_back(std::move(entry));
}

Block read_footer(const ByteSource& source) {
  const std::string footer = read_bytes(source, source.size() - footer_size, footer_size);
  BlockReader reader{footer};
  (void)read_handle(reader);  // of an index of filters, which is empty
  return read_handle(reader);
}

}  // namespace

bool has_table_magic(const ByteSource& source) {
  if (source.size() < footer_size) return false;
  ByteReader reader{source, source.size() - sizeof table_magic};
  return reader.little<std::uint64_t>() == table_magic;
}

bool begins_with_header(const ByteSource& source) {
  constexpr std::size_t enough = 8192;  // for a name and some numbers
  const std::string handles = read_bytes(source, read_footer(source).offset, enough);
  BlockReader index{handles};
  (void)index.varint();                         // nothing to share a name with
  const std::uint64_t length = index.varint();  // of the last name in the first block
  (void)index.varint();                         // of the handle
  (void)index.take(std::min<std::uint64_t>(length, longest_key));
  const std::string first = read_bytes(source, read_handle(index).offset, enough);
  BlockReader entries{first};
  const bool has_name = entries.varint() != 0 || entries.varint() != 0;
  return !has_name && entries.varint() > 0;
}

void read_checkpoint_index(const ByteSource& source, CheckpointIndex& index) {
  if (!has_table_magic(source)) throw Malformed{"the index does not end as a table does"};
  std::uint64_t end_of_last = 0;
  for_each_entry(source, read_footer(source), [&](std::string_view, std::string_view value) {
    BlockReader reader{value};
    const Block block = read_handle(reader);
    // In the order of the file, so that no block can be read again and again.
    if (block.offset < end_of_last) throw Malformed{"blocks of the index overlap"};
    for_each_entry(source, block, [&](std::string_view key, std::string_view entry) { take_entry(key, entry, index); });
    end_of_last = block.offset + block.size + 1;
  });
}

}  // namespace mlops::formats::tensorflow
