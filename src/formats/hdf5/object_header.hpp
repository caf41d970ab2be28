// Object headers: the messages that say what an object is. Specification, IV.A.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "file.hpp"

namespace mlops::formats::hdf5 {

enum class MessageType : std::uint16_t {
  nil = 0x00,
  dataspace = 0x01,
  link_info = 0x02,
  datatype = 0x03,
  link = 0x06,
  external_files = 0x07,
  layout = 0x08,
  filters = 0x0b,
  attribute = 0x0c,
  shared_table = 0x0f,
  continuation = 0x10,
  symbol_table = 0x11,
  driver_info = 0x14,
  attribute_info = 0x15,
};

struct Message {
  MessageType type = MessageType::nil;
  bool is_shared = false;  // the body only says where the message is
  std::string body;
};

struct ObjectHeader {
  std::vector<Message> messages;  // without nil and continuation
  [[nodiscard]] const Message* find(MessageType type) const;
};

ObjectHeader read_object_header(const File& file, std::uint64_t address);

// The body of a message, from where it is if it is shared.
std::string body_of(const File& file, const Message& message);
// What stands in place of a shared message: a reference to an object header or to the file's table of shared messages.
std::string read_shared(const File& file, MessageType type, std::string_view reference);

}  // namespace mlops::formats::hdf5
