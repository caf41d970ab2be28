#include "protobuf.hpp"

#include <catch2/catch.hpp>

#include <vector>

#include "malformed.hpp"
#include "unit/formats/proto_writer.hpp"

namespace mlops::formats {
namespace {

using namespace wire;

// The first field of a message.
ProtoField first_field(const std::string& message) {
  const MemorySource source{message};
  ByteReader reader{source};
  return ProtoMessage{reader}.next().value();
}

// Reads all fields, and goes into those that are messages by `number`.
int count_fields(ProtoMessage message, std::uint32_t number) {
  int count = 0;
  while (const auto field = message.next()) {
    ++count;
    if (field->key == bytes_field(number)) count += count_fields(message.inside(*field), number);
  }
  return count;
}

int count_fields(const std::string& message, std::uint32_t number = 0) {
  const MemorySource source{message};
  ByteReader reader{source};
  return count_fields(ProtoMessage{reader}, number);
}

TEST_CASE("fields are read as the encoding guide writes them") {
  // protobuf.dev/programming-guides/encoding: a = 150; b = "testing"; an embedded message; packed 3, 270, 86942
  CHECK(first_field("\x08\x96\x01").key == varint_field(1));
  CHECK(first_field("\x08\x96\x01").value == 150);
  const std::string testing = "\x12\x07testing";
  const MemorySource source{testing};
  ByteReader reader{source};
  ProtoMessage message{reader};
  const ProtoField field = message.next().value();
  CHECK(field.key == bytes_field(2));
  CHECK(message.text(field, 100) == "testing");
  CHECK(message.text(field, 4) == "test");
  CHECK_FALSE(message.next());

  const std::string packed = "\x32\x06\x03\x8E\x02\x9E\xA7\x05";
  const MemorySource packed_source{packed};
  ByteReader packed_reader{packed_source};
  ProtoMessage list{packed_reader};
  std::vector<std::uint64_t> values;
  for_each_varint(list, list.next().value(), [&](std::uint64_t value) { values.push_back(value); });
  CHECK(values == std::vector<std::uint64_t>{3, 270, 86942});
}

TEST_CASE("a negative number takes ten bytes, and no number takes more") {
  const std::string minus_two = "\x08\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01";
  CHECK(first_field(minus_two).integer() == -2);
  CHECK_THROWS_AS(count_fields("\x08\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"), Malformed);
  CHECK_THROWS_AS(count_fields("\x08\xFE"), Malformed);
}

TEST_CASE("groups, fields without a number and unknown kinds are refused") {
  CHECK_THROWS_AS(count_fields("\x0B\x0C"), Malformed);
  CHECK_THROWS_AS(count_fields(std::string{"\x00\x01", 2}), Malformed);
  CHECK_THROWS_AS(count_fields("\x0E\x01"), Malformed);
  CHECK_THROWS_AS(count_fields("\xF8\xFF\xFF\xFF\x7F\x01"), Malformed);
}

TEST_CASE("bytes that reach beyond their message are told as far as they go, and then refused") {
  const std::string cut = bytes_declaring(1, 100, "abc");
  const MemorySource source{cut};
  ByteReader reader{source};
  ProtoMessage message{reader};
  CHECK(message.text(message.next().value(), 10) == "abc");
  CHECK_THROWS_WITH(message.next(), "the field at byte 0 declares 100 bytes, 3 are left in its message");
  // An inner message can't borrow from what follows it in the outer one.
  CHECK_THROWS_AS(count_fields(bytes(1, bytes_declaring(2, 5, "abc")) + bytes(3, "something else"), 1), Malformed);
  CHECK_THROWS_AS(count_fields(bytes_declaring(1, ~std::uint64_t{0}, "abc")), Malformed);
  CHECK_THROWS_AS(count_fields(bytes(1, "\x0D\x01\x02"), 1), Malformed);
  CHECK_THROWS_AS(count_fields(bytes(1, "\x08\x96") + number(1, 1), 1), Malformed);
}

TEST_CASE("messages are nested a hundred levels deep, and no deeper") {
  CHECK(count_fields(nested(1, 100, ""), 1) == 100);
  CHECK_THROWS_WITH(count_fields(nested(1, 10'000, ""), 1), "messages are nested more than 100 levels deep");
}

TEST_CASE("texts are UTF-8, whatever the file holds") {
  const auto text_of = [](const std::string& content, std::size_t most) {
    const std::string whole = bytes(1, content);
    const MemorySource source{whole};
    ByteReader reader{source};
    ProtoMessage message{reader};
    return message.text(message.next().value(), most);
  };
  CHECK(text_of("h\xC3\xA9llo", 2) == "h");
  CHECK(text_of("h\xC3\xA9llo", 3) == "h\xC3\xA9");
  CHECK(text_of("a\xFF"
                "b",
                10) == "a\\xffb");
}

}  // namespace
}  // namespace mlops::formats
