#include "group.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/core.h>

#include "btree1.hpp"
#include "btree2.hpp"
#include "fractal_heap.hpp"
#include "heaps.hpp"
#include "malformed.hpp"

namespace mlops::formats::hdf5 {

namespace {

constexpr std::size_t most_links = 1'000'000;

class LinkReader {
 public:
  explicit LinkReader(const File& file) : file_{file} {}

  void read_symbol_table(std::string_view body) {
    Fields fields = file_.fields(body, "a symbol table");
    const std::uint64_t tree = fields.address();
    const LocalHeap heap{file_, fields.address()};
    visit_children(file_, tree, BTree1Type::group, file_.widths().length,
                   [&](std::string_view, std::uint64_t node) { read_symbols(node, heap); });
  }

  void read_link(std::string_view body) {
    constexpr std::uint8_t soft = 1;
    constexpr std::uint8_t external = 64;
    Fields fields = file_.fields(body, "a link");
    fields.expect_version(1);
    const std::uint8_t flags = fields.byte();
    const std::uint8_t kind = (flags & 0x08) != 0 ? fields.byte() : std::uint8_t{0};
    Link link;
    if ((flags & 0x04) != 0) link.order = fields.u64();
    if ((flags & 0x10) != 0) fields.skip(1);
    link.name = fields.take(fields.number(std::size_t{1} << (flags & 0x03)));
    if (kind == 0) {
      link.address = fields.address();
    } else {
      const std::string_view value = fields.take(fields.u16());
      link.kind = kind == soft ? LinkKind::soft : kind == external ? LinkKind::external : LinkKind::other;
      link.target = kind == external ? external_target(value) : std::string{value};
    }
    keep(std::move(link));
  }

  void read_dense(std::string_view body) {
    constexpr std::size_t hash_size = 4;
    Fields fields = file_.fields(body, "the information on links");
    fields.expect_version(0);
    const std::uint8_t flags = fields.byte();
    if ((flags & 0x01) != 0) fields.skip(8);
    const std::uint64_t heap_address = fields.address();
    const std::uint64_t index = fields.address();
    if (heap_address == undefined) return;
    const FractalHeap heap{file_, heap_address};
    visit_records(file_, index, BTree2Type::link_name, [&](std::string_view record) {
      if (record.size() <= hash_size) throw Malformed{"the record of a link is too short"};
      read_link(heap.read(record.substr(hash_size)));
      return true;
    });
  }

  std::vector<Link> sorted() {
    const bool has_order = std::ranges::all_of(links_, [](const Link& link) { return link.order.has_value(); });
    if (has_order) {
      std::ranges::stable_sort(links_, {}, &Link::order);
    } else {
      std::ranges::stable_sort(links_, {}, &Link::name);
    }
    return std::move(links_);
  }

 private:
  void read_symbols(std::uint64_t address, const LocalHeap& heap) {
    constexpr std::string_view name = "a node of symbols";
    constexpr std::uint64_t header_size = 8;
    const std::string header = file_.read(address, header_size, name);
    Fields start = file_.fields(header, name);
    start.expect("SNOD");
    start.expect_version(1);
    start.skip(1);
    const std::uint16_t count = start.u16();
    const std::uint64_t entry_size = 2 * std::uint64_t{file_.widths().address} + 4 + 4 + 16;
    const std::string body = file_.read(address + header_size, count * entry_size, name);
    Fields fields = file_.fields(body, name);
    for (std::uint16_t i = 0; i < count; ++i) read_symbol(fields, heap);
  }

  void read_symbol(Fields& fields, const LocalHeap& heap) {
    constexpr std::uint32_t soft = 2;
    Link link;
    link.name = heap.text(fields.address());
    link.address = fields.address();
    const std::uint32_t cached = fields.u32();
    fields.skip(4);
    const std::uint32_t value = fields.u32();
    fields.skip(12);
    if (cached == soft) {
      link.kind = LinkKind::soft;
      link.target = heap.text(value);
    }
    keep(std::move(link));
  }

  std::string external_target(std::string_view value) const {
    Fields fields = file_.fields(value, "an external link");
    fields.skip(1);
    const std::string_view other = fields.text();
    return fmt::format("{}:{}", other, fields.text());
  }

  void keep(Link link) {
    if (links_.size() == most_links) throw Unscannable{"a group has too many links"};
    file_.spend(link.name.size() + link.target.size());
    links_.push_back(std::move(link));
  }

  const File& file_;
  std::vector<Link> links_;
};

}  // namespace

bool is_group(const ObjectHeader& header) {
  return header.find(MessageType::symbol_table) != nullptr || header.find(MessageType::link_info) != nullptr ||
         header.find(MessageType::link) != nullptr;
}

std::vector<Link> read_links(const File& file, const ObjectHeader& header) {
  LinkReader reader{file};
  for (const Message& message : header.messages) {
    if (message.type == MessageType::symbol_table) reader.read_symbol_table(message.body);
    if (message.type == MessageType::link_info) reader.read_dense(message.body);
    if (message.type == MessageType::link) reader.read_link(message.body);
  }
  return reader.sorted();
}

}  // namespace mlops::formats::hdf5
