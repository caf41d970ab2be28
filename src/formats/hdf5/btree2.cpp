#include "btree2.hpp"

#include <array>

#include <fmt/core.h>

#include "malformed.hpp"

namespace mlops::formats::hdf5 {

namespace {

constexpr std::string_view tree_name = "a B-tree";
constexpr std::string_view node_name = "a node of a B-tree";
constexpr std::uint64_t node_overhead = 4 + 1 + 1 + 4;
constexpr std::uint16_t deepest = 16;

struct Level {
  std::size_t count_width = 0;  // of the records in a child at this level
  std::size_t total_width = 0;  // and of those below it
};

class WalkOfTree {
 public:
  WalkOfTree(const File& file, BTree2Type type, const std::function<bool(std::string_view)>& visit)
      : file_{file}, type_{type}, visit_{visit} {}

  void run(std::uint64_t address) {
    const auto [address_width, length_width] = file_.widths();
    const std::string bytes =
        file_.read_checked(address, 16 + std::uint64_t{address_width} + 2 + length_width + 4, tree_name);
    Fields fields = file_.fields(bytes, tree_name);
    fields.expect("BTHD");
    fields.expect_version(0);
    if (fields.byte() != static_cast<std::uint8_t>(type_)) throw Malformed{"a B-tree is of the wrong type"};
    node_size_ = fields.u32();
    record_size_ = fields.u16();
    const std::uint16_t depth = fields.u16();
    fields.skip(2);
    const std::uint64_t root = fields.address();
    const std::uint16_t count = fields.u16();
    left_ = fields.length();
    if (record_size_ == 0 || node_size_ < node_overhead + record_size_) throw Malformed{"a B-tree has no room"};
    if (depth >= deepest) throw Unscannable{"a B-tree is too deep"};
    measure(depth);
    if (count > 0) visit_node(root, count, depth);
  }

 private:
  // The widths of counts follow from how many records fit into a node of each level.
  void measure(std::uint16_t depth) {
    std::uint64_t most = (node_size_ - node_overhead) / record_size_;
    std::uint64_t total = most;
    const std::size_t count_width = bytes_for(most);
    levels_[0] = {count_width, 0};
    for (std::size_t i = 1; i <= depth; ++i) {
      const std::uint64_t pointer = file_.widths().address + count_width + levels_[i - 1].total_width;
      if (node_size_ < node_overhead + pointer) throw Malformed{"a B-tree has no room"};
      most = (node_size_ - node_overhead - pointer) / (record_size_ + pointer);
      if (total > undefined / (most + 2)) throw Unscannable{"a B-tree is too large"};
      total = (most + 1) * total + most;
      levels_[i] = {count_width, bytes_for(total)};
    }
  }

  bool visit_node(std::uint64_t address, std::uint64_t count, std::size_t depth) {
    const bool is_leaf = depth == 0;
    const Level below = is_leaf ? Level{} : levels_[depth - 1];
    const std::uint64_t pointer = file_.widths().address + below.count_width + below.total_width;
    const std::uint64_t used = 6 + count * record_size_ + (is_leaf ? 0 : (count + 1) * pointer);
    if (used + 4 > node_size_) throw Malformed{fmt::format("{} has {} records, more than fit in", node_name, count)};
    const std::string bytes = file_.read_checked(address, used + 4, node_name);
    Fields fields = file_.fields(bytes, node_name);
    fields.expect(is_leaf ? "BTLF" : "BTIN");
    fields.expect_version(0);
    if (fields.byte() != static_cast<std::uint8_t>(type_)) throw Malformed{"a B-tree is of the wrong type"};
    const std::string_view records = fields.take(count * record_size_);
    for (std::uint64_t i = 0; i <= count; ++i) {
      if (!is_leaf) {
        const std::uint64_t child = fields.address();
        const std::uint64_t child_count = fields.number(below.count_width);
        fields.skip(below.total_width);
        if (!visit_node(child, child_count, depth - 1)) return false;
      }
      if (i < count && !visit_record(records.substr(static_cast<std::size_t>(i) * record_size_, record_size_))) {
        return false;
      }
    }
    return true;
  }

  bool visit_record(std::string_view record) {
    if (left_ == 0) throw Malformed{"a B-tree has more records than it says"};
    --left_;
    return visit_(record);
  }

  const File& file_;
  BTree2Type type_;
  const std::function<bool(std::string_view)>& visit_;
  std::uint32_t node_size_ = 0;
  std::uint16_t record_size_ = 0;
  std::uint64_t left_ = 0;
  std::array<Level, deepest> levels_{};
};

}  // namespace

void visit_records(const File& file, std::uint64_t address, BTree2Type type,
                   const std::function<bool(std::string_view record)>& visit) {
  WalkOfTree{file, type, visit}.run(address);
}

}  // namespace mlops::formats::hdf5
