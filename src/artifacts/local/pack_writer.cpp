#include "pack_writer.hpp"

#include <algorithm>

#include <fcntl.h>

#include "little_endian.hpp"
#include "pack_index.hpp"
#include "pack_scan.hpp"
#include "write_vectors.hpp"

namespace mlops::artifacts {

namespace {

// The kernel is told to write after so many bytes, so that the fsync at the end finds little left.
constexpr std::uint64_t writeback_step = 8u << 20;

bool is_sound(const std::filesystem::path& path, const Digest& name) {
  const auto pack = PackFile::open(path);
  return pack && scan_pack(*pack, name, [](const Record&, std::span<const std::byte>) {}, {}).empty();
}

}  // namespace

PackWriter::PackWriter(const LocalLayout& layout, std::string_view prefix) : file_{layout.temporaries(), prefix, 0600} {
  write(encode_pack_header());
}

void PackWriter::write(std::string_view bytes) {
  write_all(file_.fd(), as_bytes(bytes), file_.path());
  size_ += bytes.size();
}

void PackWriter::append(std::span<const Item> items) {
  std::vector<std::string> headers;
  headers.reserve(items.size());
  std::vector<iovec> vectors;
  vectors.reserve(2 * items.size());
  for (const Item& item : items) {
    Record record = item.record;
    record.offset = static_cast<std::uint32_t>(size_);
    headers.push_back(encode_record_header(record));
    vectors.push_back(vector_of(as_bytes(headers.back())));
    if (!item.stored.empty()) vectors.push_back(vector_of(item.stored));
    size_ += record_header_size + item.stored.size();
    records_.push_back(record);
  }
  write_vectors(file_.fd(), vectors, file_.path());
  start_writeback();
}

void PackWriter::start_writeback() {
  if (size_ - handed_over_ < writeback_step) return;
  // Only for speed: what goes wrong here shows at the fsync.
  ::sync_file_range(file_.fd(), static_cast<off_t>(handed_over_), static_cast<off_t>(size_ - handed_over_),
                    SYNC_FILE_RANGE_WRITE);
  handed_over_ = size_;
}

std::string PackWriter::sorted_table() {
  std::ranges::sort(records_, ByDigest{});
  return encode_table(records_);
}

void PackWriter::confirm_content(const Digest& name) const {
  file_.forget();
  const auto pack = PackFile::open(file_.path());
  const auto damages = pack ? scan_pack(*pack, name, [](const Record&, std::span<const std::byte>) {}, {})
                            : std::vector<PackDamage>{{"it is gone", {}}};
  if (!damages.empty()) throw_lost(file_.path(), damages.front().what);
}

Digest PackWriter::publish(const LocalLayout& layout, bool read_back) {
  std::string table = sorted_table();
  if (read_condemned(layout.condemned()).contains(sha256(table))) {
    // The pack of this name is about to be removed. A chunk that nobody needs gives ours another name.
    const std::string filler = random_hex(16);
    const auto size = static_cast<std::uint32_t>(filler.size());
    const Item item{{.digest = sha256(filler), .stored_size = size, .size = size}, as_bytes(filler)};
    append({&item, 1});
    table = sorted_table();
  }
  const Digest name = sha256(table);
  const PackTrailer trailer{.table = name, .table_offset = size_, .records = records_.size()};
  write(table);
  write(encode_trailer(trailer));
  file_.make_read_only();
  file_.sync();
  confirm_size(file_.fd(), size_, file_.path());
  if (read_back) confirm_content(name);
  // A pack of this name has the same table, so the same content; unless it is damaged, which ours then heals.
  if (!file_.publish(layout.pack(name)) && !is_sound(layout.pack(name), name)) file_.replace(layout.pack(name));
  return name;
}

}  // namespace mlops::artifacts
