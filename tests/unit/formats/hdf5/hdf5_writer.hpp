// Writes HDF5 files of the oldest kind, field by field, so that tests can write them wrong.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlops::formats {

constexpr std::uint64_t nowhere = ~std::uint64_t{0};

inline std::string little(std::uint64_t value, std::size_t width) {
  std::string bytes;
  for (std::size_t i = 0; i < width; ++i) bytes += i < 8 ? static_cast<char>(value >> (8 * i) & 0xff) : '\0';
  return bytes;
}

inline std::string padded(std::string_view bytes) {
  std::string result{bytes};
  result.resize((result.size() + 7) / 8 * 8);
  return result;
}

// Messages of object headers.
inline std::string message(std::uint16_t type, std::string_view body, std::uint8_t flags = 0) {
  const std::string whole = padded(body);
  return little(type, 2) + little(whole.size(), 2) + little(flags, 1) + little(0, 3) + whole;
}

inline std::string dataspace(const std::vector<std::uint64_t>& shape) {
  std::string body = little(1, 1) + little(shape.size(), 1) + little(0, 6);
  for (const std::uint64_t size : shape) body += little(size, 8);
  return body;
}

// Class and version, three bytes of flags, size.
inline std::string datatype(std::uint8_t type, std::uint32_t flags, std::uint32_t size, std::string_view properties) {
  return little(0x10u | type, 1) + little(flags, 3) + little(size, 4) + std::string{properties};
}
// Of `size` bytes, with bits for the exponent and the mantissa.
inline std::string real(std::uint32_t size, std::uint8_t exponent, std::uint8_t mantissa) {
  return datatype(1, 0x20, size,
                  little(0, 2) + little(8u * size, 2) + little(mantissa, 1) + little(exponent, 1) + little(0, 1) +
                      little(mantissa, 1) + little(0, 4));
}
inline std::string float32() { return real(4, 8, 23); }
inline std::string fixed_text(std::size_t size) { return datatype(3, 0, static_cast<std::uint32_t>(size), ""); }

inline std::string attribute(std::string_view name, std::string_view type, std::string_view space,
                             std::string_view data) {
  const std::string full_name = std::string{name} + '\0';
  return message(0x0c, little(1, 2) + little(full_name.size(), 2) + little(type.size(), 2) + little(space.size(), 2) +
                           padded(full_name) + padded(type) + padded(space) + std::string{data});
}
inline std::string text_attribute(std::string_view name, std::string_view text) {
  return attribute(name, fixed_text(text.size()), dataspace({}), text);
}

inline std::string contiguous(std::uint64_t address, std::uint64_t size) {
  return message(0x08, little(3, 1) + little(1, 1) + little(address, 8) + little(size, 8));
}
inline std::string tensor(std::string_view type, const std::vector<std::uint64_t>& shape, std::string_view layout) {
  return message(0x01, dataspace(shape)) + message(0x03, type) + std::string{layout};
}
// A link of the newer kind: 0 hard, 1 soft, 64 external.
inline std::string link(std::string_view name, std::uint8_t kind, std::string_view value) {
  const std::string body = kind == 0 ? std::string{value} : little(value.size(), 2) + std::string{value};
  return message(0x06,
                 little(1, 1) + little(0x08, 1) + little(kind, 1) + little(name.size(), 1) + std::string{name} + body);
}
inline std::string hard_link(std::string_view name, std::uint64_t address) { return link(name, 0, little(address, 8)); }

class Hdf5Writer {
 public:
  // At the next multiple of 8; the address.
  std::uint64_t put(std::string_view bytes) {
    bytes_.resize((bytes_.size() + 7) / 8 * 8);
    const std::uint64_t address = bytes_.size();
    bytes_ += bytes;
    return address;
  }
  [[nodiscard]] std::uint64_t next() const { return (bytes_.size() + 7) / 8 * 8; }

  std::uint64_t object(std::string_view messages) {
    return put(little(1, 2) + little(0, 2) + little(1, 4) + little(messages.size(), 4) + little(0, 4) +
               std::string{messages});
  }

  // An old group: local heap, B-tree of one node, and one node of symbols.
  std::uint64_t group(const std::vector<std::pair<std::string, std::uint64_t>>& links, std::string_view messages = "") {
    return object(symbol_table(links) + std::string{messages});
  }

  std::string symbol_table(const std::vector<std::pair<std::string, std::uint64_t>>& links) {
    std::string names(8, '\0');
    std::string symbols = "SNOD" + little(1, 1) + little(0, 1) + little(links.size(), 2);
    for (const auto& [name, address] : links) {
      symbols += little(names.size(), 8) + little(address, 8) + little(0, 8) + little(0, 16);
      names += padded(name + '\0');
    }
    const std::uint64_t data = put(names);
    const std::uint64_t heap =
        put("HEAP" + little(0, 4) + little(names.size(), 8) + little(nowhere, 8) + little(data, 8));
    const std::uint64_t node = put(symbols);
    const std::uint64_t tree = put(tree_node(0, 0, {node}));
    return message(0x11, little(tree, 8) + little(heap, 8));
  }

  // Keys are zeros: nobody looks at them.
  static std::string tree_node(std::uint8_t type, std::uint8_t level, const std::vector<std::uint64_t>& children) {
    std::string node = "TREE" + little(type, 1) + little(level, 1) + little(children.size(), 2) + little(nowhere, 8) +
                       little(nowhere, 8);
    for (const std::uint64_t child : children) node += little(0, 8) + little(child, 8);
    return node + little(0, 8);
  }

  // The whole file.
  [[nodiscard]] std::string file(std::uint64_t root) const {
    std::string start = "\x89HDF\r\n\x1a\n" + little(0, 5) + little(8, 1) + little(8, 1) + little(0, 1) + little(4, 2) +
                        little(16, 2) + little(0, 4) + little(0, 8) + little(nowhere, 8) + little(bytes_.size(), 8) +
                        little(nowhere, 8) + little(0, 8) + little(root, 8);
    std::string whole = bytes_;
    return whole.replace(0, start.size(), start);
  }

 private:
  std::string bytes_ = std::string(96, '\0');
};

// A file with one group that holds one object with these messages.
inline std::string file_with(std::string_view messages) {
  Hdf5Writer writer;
  const std::uint64_t object = writer.object(messages);
  return writer.file(writer.group({{"x", object}}));
}

// A file whose root has these messages beside an empty group's.
inline std::string file_with_root(std::string_view messages) {
  Hdf5Writer writer;
  return writer.file(writer.group({}, messages));
}

}  // namespace mlops::formats
