#include "object_header.hpp"

#include <algorithm>
#include <span>

#include <fmt/core.h>

#include "malformed.hpp"
#include "shared_messages.hpp"

namespace mlops::formats::hdf5 {

namespace {

constexpr std::string_view header_name = "an object header";
constexpr std::string_view continuation_name = "the continuation of an object header";
constexpr std::string_view new_signature = "OHDR";
constexpr std::string_view continuation_signature = "OCHK";
constexpr std::size_t most_chunks = 10'000;
constexpr std::size_t most_messages = 200'000;

struct Place {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  friend bool operator==(const Place&, const Place&) = default;
};

// Reads the chunks of one header, of which each may name others.
class HeaderReader {
 public:
  explicit HeaderReader(const File& file) : file_{file} {}

  ObjectHeader read(std::uint64_t address) {
    if (file_.read(address, new_signature.size(), header_name) == new_signature) {
      read_new(address);
    } else {
      read_old(address);
    }
    // Reading one may add others.
    std::size_t next = 0;
    while (next < chunks_.size()) {
      const Place place = chunks_[next++];
      read_continuation(place);
    }
    return std::move(header_);
  }

 private:
  void read_old(std::uint64_t address) {
    constexpr std::uint64_t prefix_size = 16;
    const std::string prefix = file_.read(address, prefix_size, header_name);
    Fields fields = file_.fields(prefix, header_name);
    fields.expect_version(1);
    fields.skip(1 + 2 + 4);
    const std::uint32_t size = fields.u32();
    const std::string chunk = file_.read(address + prefix_size, size, header_name);
    read_messages(chunk);
  }

  void read_new(std::uint64_t address) {
    is_new_ = true;
    constexpr std::uint64_t longest_prefix = 34;
    const std::uint64_t there = longest_prefix - file_.missing(address, longest_prefix);
    const std::string start = file_.read(address, there, header_name);
    Fields fields = file_.fields(start, header_name);
    fields.expect(new_signature);
    fields.expect_version(2);
    const std::uint8_t flags = fields.byte();
    has_order_ = (flags & 0x04) != 0;
    if ((flags & 0x20) != 0) fields.skip(16);  // four times
    if ((flags & 0x10) != 0) fields.skip(4);   // when attributes move into a heap
    const std::uint64_t size = fields.number(std::size_t{1} << (flags & 0x03));
    const std::size_t prefix = fields.at();
    if (file_.missing(address + prefix, size) > 0)
      throw Malformed{fmt::format("{} of {} bytes is cut off", header_name, size)};
    const std::string chunk = file_.read_checked(address, prefix + size + 4, header_name);
    read_messages(std::string_view{chunk}.substr(prefix));
  }

  void read_continuation(const Place& place) {
    if (!is_new_) return read_messages(file_.read(place.address, place.size, continuation_name));
    const std::string chunk = file_.read_checked(place.address, place.size, continuation_name);
    if (!chunk.starts_with(continuation_signature)) {
      throw Malformed{fmt::format("{} does not begin with {}", continuation_name, continuation_signature)};
    }
    read_messages(std::string_view{chunk}.substr(continuation_signature.size()));
  }

  void read_messages(std::string_view chunk) {
    Fields fields = file_.fields(chunk, header_name);
    const std::size_t prefix = is_new_ ? (has_order_ ? 6 : 4) : 8;
    while (fields.left() >= prefix) {
      const auto type = static_cast<MessageType>(is_new_ ? fields.byte() : fields.u16());
      const std::uint16_t size = fields.u16();
      const std::uint8_t flags = fields.byte();
      if (!is_new_) fields.skip(3);
      if (has_order_) fields.skip(2);
      const std::string_view body = fields.take(size);
      if (type == MessageType::continuation) {
        note_continuation(body);
      } else if (type != MessageType::nil) {
        keep(Message{type, (flags & 0x02) != 0, std::string{body}});
      }
    }
  }

  void note_continuation(std::string_view body) {
    Fields fields = file_.fields(body, continuation_name);
    const Place place{fields.address(), fields.length()};
    if (std::ranges::find(chunks_, place) != chunks_.end()) throw Malformed{"an object header continues in itself"};
    if (chunks_.size() == most_chunks) throw Unscannable{"an object header has too many continuations"};
    file_.spend(chunks_.size());
    chunks_.push_back(place);
  }

  void keep(Message message) {
    if (header_.messages.size() == most_messages) throw Unscannable{"an object header has too many messages"};
    header_.messages.push_back(std::move(message));
  }

  const File& file_;
  bool is_new_ = false;
  bool has_order_ = false;
  std::vector<Place> chunks_;
  ObjectHeader header_;
};

}  // namespace

const Message* ObjectHeader::find(MessageType type) const {
  const auto found = std::ranges::find(messages, type, &Message::type);
  return found == messages.end() ? nullptr : &*found;
}

ObjectHeader read_object_header(const File& file, std::uint64_t address) { return HeaderReader{file}.read(address); }

std::string body_of(const File& file, const Message& message) {
  return message.is_shared ? read_shared(file, message.type, message.body) : message.body;
}

std::string read_shared(const File& file, MessageType type, std::string_view reference) {
  constexpr std::uint8_t in_table = 1;
  Fields fields = file.fields(reference, "a shared message");
  const std::uint8_t version = fields.byte();
  if (version < 1 || version > 3) throw Unscannable{fmt::format("a shared message is of version {}", version)};
  const std::uint8_t kind = fields.byte();
  if (version == 3 && kind == in_table) return read_from_shared_table(file, type, fields.take(8));
  if (version == 1) fields.skip(6);
  const ObjectHeader header = read_object_header(file, fields.address());
  const Message* message = header.find(type);
  if (message == nullptr) throw Malformed{"a shared message is not where it should be"};
  if (message->is_shared) throw Malformed{"a shared message leads to another one"};
  return message->body;
}

}  // namespace mlops::formats::hdf5
