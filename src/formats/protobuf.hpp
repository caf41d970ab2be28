// Protocol buffers' wire format, field by field, without a schema: what a message holds is for its reader to know.
// Source: protobuf.dev/programming-guides/encoding.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "byte_reader.hpp"

namespace mlops::formats {

// A field's key on the wire: its number and how its value is written. A reader switches over these.
constexpr std::uint32_t varint_field(std::uint32_t number) { return number << 3; }
constexpr std::uint32_t fixed64_field(std::uint32_t number) { return number << 3 | 1; }
constexpr std::uint32_t bytes_field(std::uint32_t number) { return number << 3 | 2; }  // also texts, messages, packed
constexpr std::uint32_t fixed32_field(std::uint32_t number) { return number << 3 | 5; }

struct ProtoField {
  std::uint32_t key = 0;
  std::uint64_t value = 0;  // of a varint or a fixed one: its bits
  std::uint64_t begin = 0;  // of bytes: where they are in the source, and how many
  std::uint64_t size = 0;

  [[nodiscard]] std::uint32_t number() const { return key >> 3; }
  [[nodiscard]] bool is_bytes() const { return (key & 7) == 2; }
  [[nodiscard]] std::int64_t integer() const { return static_cast<std::int64_t>(value); }
};

// A message in a source: its fields one after the other. Bytes are passed over, not read, until somebody asks for them.
// Everything throws Malformed when a field is not as the wire format demands.
class ProtoMessage {
 public:
  // Protobuf's own readers go no deeper by default.
  static constexpr int deepest = 100;

  // All of what `reader` reads; it must outlive this, and may serve many messages.
  explicit ProtoMessage(ByteReader& reader);

  // Of bytes that reach beyond the end of the message, as much as there is; the next call throws Malformed for them. So
  // what a file holds that was cut off can still be told.
  std::optional<ProtoField> next();
  // The next plain varint: of a packed list, which is opened as a message is.
  std::optional<std::uint64_t> next_varint();

  [[nodiscard]] ProtoMessage inside(const ProtoField& bytes) const;
  // The first `most` bytes as UTF-8: what is no UTF-8 is escaped, and no character is cut in two.
  [[nodiscard]] std::string text(const ProtoField& bytes, std::size_t most) const;
  // All bytes; Malformed when there are more than `most`.
  [[nodiscard]] std::string all(const ProtoField& bytes, std::size_t most) const;

  [[nodiscard]] std::uint64_t size() const { return end_ - begin_; }

 private:
  ProtoMessage(ByteReader& reader, std::uint64_t begin, std::uint64_t end, int depth);
  std::uint64_t read_varint();

  struct Cut {
    std::uint64_t place;
    std::uint64_t declared;
    std::uint64_t left;
  };

  ByteReader* reader_;
  std::optional<Cut> cut_;
  std::uint64_t begin_;
  std::uint64_t at_;
  std::uint64_t end_;
  int depth_ = 0;
};

// Tells `each` of every number of a repeated field, which may stand alone or be packed.
template <typename Each>
void for_each_varint(const ProtoMessage& message, const ProtoField& field, Each each) {
  if (!field.is_bytes()) return each(field.value);
  ProtoMessage packed = message.inside(field);
  while (const auto value = packed.next_varint()) each(*value);
}

}  // namespace mlops::formats
