#include "protobuf.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "malformed.hpp"

namespace mlops::formats {

namespace {

constexpr std::uint64_t largest_key = (std::uint64_t{1} << 32) - 1;
constexpr int last_shift_of_varint = 63;

// Without the beginning of a character at the end, which a cut leaves.
void drop_cut_character(std::string& text) {
  std::size_t tail = 0;
  while (tail < 3 && tail < text.size() && (text[text.size() - 1 - tail] & '\xC0') == '\x80') ++tail;
  if (tail < text.size() && (text[text.size() - 1 - tail] & '\x80') != 0) text.resize(text.size() - 1 - tail);
}

}  // namespace

ProtoMessage::ProtoMessage(ByteReader& reader) : ProtoMessage{reader, 0, (reader.seek(0), reader.left()), 0} {}

ProtoMessage::ProtoMessage(ByteReader& reader, std::uint64_t begin, std::uint64_t end, int depth)
    : reader_{&reader}, begin_{begin}, at_{begin}, end_{end}, depth_{depth} {}

std::uint64_t ProtoMessage::read_varint() {
  const std::uint64_t begin = at_;
  std::uint64_t value = 0;
  for (int shift = 0; shift <= last_shift_of_varint; shift += 7) {
    if (at_ == end_) throw Malformed{fmt::format("a number at byte {} goes on beyond the end of its message", begin)};
    const std::uint8_t byte = reader_->byte();
    ++at_;
    value |= std::uint64_t{byte & 0x7Fu} << shift;
    if ((byte & 0x80u) == 0) return value;
  }
  throw Malformed{fmt::format("a number at byte {} is longer than ten bytes", begin)};
}

std::optional<std::uint64_t> ProtoMessage::next_varint() {
  if (at_ == end_) return std::nullopt;
  reader_->seek(at_);
  return read_varint();
}

std::optional<ProtoField> ProtoMessage::next() {
  if (cut_) {
    throw Malformed{fmt::format("the field at byte {} declares {} bytes, {} are left in its message", cut_->place,
                                cut_->declared, cut_->left)};
  }
  if (at_ == end_) return std::nullopt;
  reader_->seek(at_);
  const std::uint64_t place = at_;
  const std::uint64_t key = read_varint();
  if (key > largest_key || key >> 3 == 0) throw Malformed{fmt::format("byte {} begins no field", place)};
  ProtoField field{.key = static_cast<std::uint32_t>(key)};
  const auto fixed = [&](std::uint64_t size) {
    if (size > end_ - at_) throw Malformed{fmt::format("the field at byte {} is cut off", place)};
    at_ += size;
  };
  switch (key & 7) {
    case 0:
      field.value = read_varint();
      return field;
    case 1:
      fixed(sizeof(std::uint64_t));
      field.value = reader_->little<std::uint64_t>();
      return field;
    case 2:
      field.size = read_varint();
      field.begin = at_;
      if (field.size > end_ - at_) {
        cut_ = Cut{place, field.size, end_ - at_};
        field.size = end_ - at_;
      }
      at_ += field.size;
      return field;
    case 5:
      fixed(sizeof(std::uint32_t));
      field.value = reader_->little<std::uint32_t>();
      return field;
    default:
      throw Malformed{fmt::format("the field at byte {} is a group, or of no known kind", place)};
  }
}

ProtoMessage ProtoMessage::inside(const ProtoField& bytes) const {
  if (depth_ == deepest) throw Malformed{fmt::format("messages are nested more than {} levels deep", deepest)};
  return {*reader_, bytes.begin, bytes.begin + bytes.size, depth_ + 1};
}

std::string ProtoMessage::text(const ProtoField& bytes, std::size_t most) const {
  reader_->seek(bytes.begin);
  std::string text = reader_->text(std::min<std::uint64_t>(bytes.size, most), most);
  if (is_valid_utf8(text)) return text;
  if (bytes.size > most) {
    drop_cut_character(text);
    if (is_valid_utf8(text)) return text;
  }
  return printable(text);
}

std::string ProtoMessage::all(const ProtoField& bytes, std::size_t most) const {
  reader_->seek(bytes.begin);
  return reader_->text(bytes.size, most);
}

}  // namespace mlops::formats
