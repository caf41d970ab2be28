#include "attribute.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "btree2.hpp"
#include "fractal_heap.hpp"
#include "malformed.hpp"
#include "shared_messages.hpp"

namespace mlops::formats::hdf5 {

namespace {

constexpr std::string_view name = "an attribute";
constexpr std::size_t most_attributes = 100'000;

class AttributeReader {
 public:
  explicit AttributeReader(const File& file) : file_{file} {}

  // Goes on with the next one when `read_one` can't.
  template <typename F>
  void try_to(F read_one) {
    try {
      read_one();
    } catch (const Malformed&) {
      note_error();
    } catch (const Unscannable&) {
      if (file_.is_spent()) throw;
      note_error();
    }
  }

  void read(std::string_view body) {
    Fields fields = file_.fields(body, name);
    const std::uint8_t version = fields.byte();
    if (version < 1 || version > 3) throw Unscannable{fmt::format("an attribute is of version {}", version)};
    const std::uint8_t flags = fields.byte();
    const std::uint16_t name_size = fields.u16();
    const std::uint16_t type_size = fields.u16();
    const std::uint16_t space_size = fields.u16();
    if (version == 3) fields.skip(1);
    const auto take = [&](std::uint16_t size) {
      const std::string_view part = fields.take(size);
      if (version == 1) fields.skip(std::min<std::size_t>(fields.left(), (8 - size % 8) % 8));
      return part;
    };
    Attribute attribute;
    const std::string_view padded_name = take(name_size);
    attribute.name = padded_name.substr(0, padded_name.find('\0'));
    const std::string_view type = take(type_size);
    const std::string_view space = take(space_size);
    attribute.value.type = read_type(type, version > 1 && (flags & 0x01) != 0);
    attribute.value.space = read_space(space, version > 1 && (flags & 0x02) != 0);
    const std::uint64_t size = product(attribute.value.space.elements, attribute.value.type.size, "bytes");
    if (size > fields.left()) {
      throw Malformed{fmt::format("attribute `{}` lacks {} bytes", attribute.name, size - fields.left())};
    }
    attribute.value.data = fields.take(size);
    if (attributes_.size() == most_attributes) throw Unscannable{"an object has too many attributes"};
    attributes_.push_back(std::move(attribute));
  }

  void read_dense(std::string_view body) {
    constexpr std::size_t id_size = 8;
    constexpr std::uint8_t shared = 0x02;
    Fields fields = file_.fields(body, "the information on attributes");
    fields.expect_version(0);
    if ((fields.byte() & 0x01) != 0) fields.skip(2);
    const std::uint64_t heap_address = fields.address();
    const std::uint64_t index = fields.address();
    if (heap_address == undefined) return;
    const FractalHeap heap{file_, heap_address};
    visit_records(file_, index, BTree2Type::attribute_name, [&](std::string_view record) {
      if (record.size() <= id_size) throw Malformed{"the record of an attribute is too short"};
      const bool is_shared = (static_cast<unsigned char>(record[id_size]) & shared) != 0;
      const std::string_view id = record.substr(0, id_size);
      try_to([&] { read(is_shared ? read_from_shared_table(file_, MessageType::attribute, id) : heap.read(id)); });
      return true;
    });
  }

  Attributes sorted() {
    std::ranges::stable_sort(attributes_, {}, &Attribute::name);
    return {std::move(attributes_), error_};
  }

 private:
  void note_error() {
    if (!error_) error_ = std::current_exception();
  }

  Datatype read_type(std::string_view bytes, bool is_shared) const {
    const std::string found = is_shared ? read_shared(file_, MessageType::datatype, bytes) : std::string{bytes};
    Fields fields = file_.fields(found, "the type of an attribute");
    return parse_datatype(fields);
  }

  Dataspace read_space(std::string_view bytes, bool is_shared) const {
    const std::string found = is_shared ? read_shared(file_, MessageType::dataspace, bytes) : std::string{bytes};
    return parse_dataspace(file_.fields(found, "the shape of an attribute"));
  }

  const File& file_;
  std::vector<Attribute> attributes_;
  std::exception_ptr error_;
};

}  // namespace

Attributes read_attributes(const File& file, const ObjectHeader& header) {
  AttributeReader reader{file};
  for (const Message& message : header.messages) {
    if (message.type == MessageType::attribute) reader.try_to([&] { reader.read(body_of(file, message)); });
    if (message.type == MessageType::attribute_info) reader.try_to([&] { reader.read_dense(message.body); });
  }
  return reader.sorted();
}

const Attribute* find_attribute(const std::vector<Attribute>& attributes, std::string_view name_sought) {
  const auto found = std::ranges::find(attributes, name_sought, &Attribute::name);
  return found == attributes.end() ? nullptr : &*found;
}

}  // namespace mlops::formats::hdf5
