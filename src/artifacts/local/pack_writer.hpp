// A pack while it is being written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "layout.hpp"
#include "pack_format.hpp"
#include "temporary_file.hpp"

namespace mlops::artifacts {

// Tens of MB: few files for a large store, and little to write again when a pack is mostly dead.
constexpr std::uint64_t full_pack = 64u << 20;

class PackWriter {
 public:
  // `prefix`: how its temporary file begins.
  PackWriter(const LocalLayout& layout, std::string_view prefix);

  struct Item {
    Record record;  // but for the offset, which is given here
    std::span<const std::byte> stored;
  };
  // Each digest and kind once in one pack.
  void append(std::span<const Item> items);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] bool is_full() const { return size_ >= full_pack; }
  [[nodiscard]] const std::vector<Record>& records() const { return records_; }

  // Writes table and trailer, makes all of it durable, and gives the pack its name; the name is durable once the
  // folder is fsynced. With `read_back` all of it is read from the disk and checked before. Returns the name; records()
  // is then the table.
  Digest publish(const LocalLayout& layout, bool read_back = false);

 private:
  void write(std::string_view bytes);
  [[nodiscard]] std::string sorted_table();
  void start_writeback();
  void confirm_content(const Digest& name) const;

  TemporaryFile file_;
  std::vector<Record> records_;
  std::uint64_t size_ = 0;
  std::uint64_t handed_over_ = 0;  // bytes whose writing to disk was begun
};

}  // namespace mlops::artifacts
