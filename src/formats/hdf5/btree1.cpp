#include "btree1.hpp"

#include <fmt/core.h>

#include "malformed.hpp"

namespace mlops::formats::hdf5 {

namespace {

constexpr std::string_view old_node_name = "a node of a B-tree";

class WalkOfNodes {
 public:
  WalkOfNodes(const File& file, BTree1Type type, std::uint64_t key_size,
              const std::function<void(std::string_view, std::uint64_t)>& visit)
      : file_{file}, type_{type}, key_size_{key_size}, visit_{visit} {}

  // A node must stand one level below its parent, so that no circle is walked for ever.
  void run(std::uint64_t address, std::uint8_t level) {
    const std::uint64_t address_width = file_.widths().address;
    const std::uint64_t header_size = 8 + 2 * address_width;
    const std::string header = file_.read(address, header_size, old_node_name);
    Fields fields = file_.fields(header, old_node_name);
    fields.expect("TREE");
    if (fields.byte() != static_cast<std::uint8_t>(type_)) throw Malformed{"a B-tree is of the wrong type"};
    const std::uint8_t own_level = fields.byte();
    if (level != any && own_level != level) throw Malformed{"a B-tree has a node at the wrong level"};
    const std::uint16_t entries = fields.u16();
    const std::string body = file_.read(address + header_size, entries * (key_size_ + address_width), old_node_name);
    Fields pairs = file_.fields(body, old_node_name);
    for (std::uint16_t i = 0; i < entries; ++i) {
      const std::string_view key = pairs.take(key_size_);
      const std::uint64_t child = pairs.address();
      if (own_level == 0) {
        visit_(key, child);
      } else {
        run(child, own_level - 1);
      }
    }
  }

  void start(std::uint64_t address) {
    const std::string header = file_.read(address, 6, old_node_name);
    const auto level = static_cast<unsigned char>(header[5]);
    constexpr unsigned deepest = 32;
    if (level > deepest) throw Unscannable{fmt::format("a B-tree is {} levels deep", level)};
    run(address, any);
  }

 private:
  static constexpr std::uint8_t any = 255;

  const File& file_;
  BTree1Type type_;
  std::uint64_t key_size_;
  const std::function<void(std::string_view, std::uint64_t)>& visit_;
};

}  // namespace

void visit_children(const File& file, std::uint64_t address, BTree1Type type, std::uint64_t key_size,
                    const std::function<void(std::string_view key, std::uint64_t child)>& visit) {
  WalkOfNodes{file, type, key_size, visit}.start(address);
}

}  // namespace mlops::formats::hdf5
