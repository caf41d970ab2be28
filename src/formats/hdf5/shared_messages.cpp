#include "shared_messages.hpp"

#include "fractal_heap.hpp"
#include "malformed.hpp"

namespace mlops::formats::hdf5 {

namespace {

constexpr std::string_view table_name = "the table of shared messages";

struct TablePlace {
  std::uint64_t address = undefined;
  std::uint8_t indexes = 0;
};

TablePlace find_table(const File& file) {
  if (file.superblock().extension == undefined) throw Malformed{"a message is shared, but nothing holds shared ones"};
  const ObjectHeader extension = read_object_header(file, file.superblock().extension);
  const Message* message = extension.find(MessageType::shared_table);
  if (message == nullptr) throw Malformed{"a message is shared, but nothing holds shared ones"};
  Fields fields = file.fields(message->body, table_name);
  fields.expect_version(0);
  const std::uint64_t address = fields.address();
  return {address, fields.byte()};
}

}  // namespace

std::string read_from_shared_table(const File& file, MessageType type, std::string_view heap_id) {
  const auto number = static_cast<std::uint16_t>(type);
  const TablePlace place = find_table(file);
  const std::uint64_t index_size = 1 + 1 + 2 + 4 + 2 + 2 + 2 + 2 * std::uint64_t{file.widths().address};
  const std::string table = file.read_checked(place.address, 4 + place.indexes * index_size + 4, table_name);
  Fields fields = file.fields(table, table_name);
  fields.expect("SMTB");
  for (std::uint8_t i = 0; i < place.indexes; ++i) {
    fields.skip(1 + 1);
    const std::uint16_t types = fields.u16();
    fields.skip(4 + 2 + 2 + 2);
    fields.address();
    const std::uint64_t heap = fields.address();
    if (number < 16 && (types >> number & 1) != 0) return FractalHeap{file, heap}.read(heap_id);
  }
  throw Malformed{"a message is shared, but no heap holds its type"};
}

}  // namespace mlops::formats::hdf5
