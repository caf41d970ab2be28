#include "dataset.hpp"

#include "layout.hpp"
#include "malformed.hpp"

namespace mlops::formats::hdf5 {

namespace {

constexpr std::uint64_t longest_text_data = 64u << 10;

std::string required(const File& file, const ObjectHeader& header, MessageType type, std::string_view name) {
  const Message* message = header.find(type);
  if (message == nullptr) throw Malformed{"a dataset has no " + std::string{name}};
  return body_of(file, *message);
}

bool is_short_text(const Dataset& dataset) {
  return is_text(dataset.value.type) && dataset.bytes > 0 && dataset.bytes <= longest_text_data &&
         dataset.missing == 0 && dataset.filters.empty() && dataset.other_files.empty();
}

// Where the data are, and those that are read.
void find_data(const File& file, const ObjectHeader& header, Dataset& dataset) {
  if (const Message* filters = header.find(MessageType::filters); filters != nullptr) {
    const std::string body = body_of(file, *filters);
    dataset.filters = parse_filters(file.fields(body, "a filter pipeline"));
  }
  if (const Message* others = header.find(MessageType::external_files); others != nullptr) {
    dataset.other_files = parse_external_files(file, file.fields(others->body, "a list of external files"));
  }
  const std::string place = required(file, header, MessageType::layout, "layout");
  const std::uint64_t elements = dataset.value.space.elements;
  const Layout layout = parse_layout(file.fields(place, "a layout"), elements, dataset.value.type.size);
  if (layout.type == LayoutClass::virtual_data) dataset.virtual_file = first_virtual_source(file, layout);
  if (!dataset.other_files.empty()) return;
  dataset.bytes = stored_size(file, layout, dataset.value.space, !dataset.filters.empty());
  if (layout.type == LayoutClass::contiguous && layout.address != undefined) {
    dataset.missing = file.missing(layout.address, layout.size);
  }
  const std::uint64_t needed = product(elements, dataset.value.type.size, "bytes of a dataset");
  if (!is_short_text(dataset) || dataset.bytes < needed) return;
  if (layout.type == LayoutClass::compact) dataset.value.data = layout.compact;
  if (layout.type == LayoutClass::contiguous) dataset.value.data = file.read(layout.address, layout.size, "a text");
}

}  // namespace

bool is_dataset(const ObjectHeader& header) { return header.find(MessageType::layout) != nullptr; }

DatasetReading read_dataset(const File& file, const ObjectHeader& header) {
  DatasetReading reading;
  Dataset& dataset = reading.dataset;
  const std::string type = required(file, header, MessageType::datatype, "type");
  Fields type_fields = file.fields(type, "the type of a dataset");
  dataset.value.type = parse_datatype(type_fields);
  const std::string space = required(file, header, MessageType::dataspace, "shape");
  dataset.value.space = parse_dataspace(file.fields(space, "the shape of a dataset"));
  try {
    find_data(file, header, dataset);
  } catch (const Malformed&) {
    reading.error = std::current_exception();
  } catch (const Unscannable&) {
    reading.error = std::current_exception();
  }
  return reading;
}

}  // namespace mlops::formats::hdf5
