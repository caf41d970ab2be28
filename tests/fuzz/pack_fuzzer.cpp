// A whole pack: header, records, table and trailer, with its own checksum and with one that fits.
#include "fuzzing.hpp"

#include "local/pack_format.hpp"

using namespace mlops;
using namespace mlops::fuzzing;
using namespace mlops::artifacts;

namespace {

void read_record(std::span<const std::byte> pack, const Record& place) {
  require(std::uint64_t{place.offset} + record_header_size + place.stored_size <= pack.size());
  require(place.size <= max_record_size);
  const auto header = decode_record_header(pack.subspan(place.offset), place.offset);
  if (!header) return;
  require(encode_record_header(*header) == text_of(pack.subspan(place.offset, record_header_size)));
}

void read_table(std::span<const std::byte> pack, const PackTrailer& trailer) {
  require(trailer.table_offset + trailer.records * table_entry_size + pack_trailer_size == pack.size());
  const auto bytes = pack.subspan(trailer.table_offset, trailer.records * table_entry_size);
  const auto table = decode_table(bytes, trailer);
  if (!table) return;
  require(table->size() == trailer.records);
  for (const Record& place : *table) read_record(pack, place);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto pack = bytes_of(data, size);
  (void)is_pack_header(pack.first(std::min(size, pack_header_size)));
  (void)decode_record_header(pack, 0);
  if (size < pack_trailer_size) return 0;
  auto trailer = decode_trailer(pack.last(pack_trailer_size), size);
  if (!trailer) return 0;
  read_table(pack, *trailer);
  const auto table = pack.subspan(trailer->table_offset, trailer->records * table_entry_size);
  trailer->table = sha256(text_of(table));
  read_table(pack, *trailer);
  return 0;
}
