#include "chunk_writer.hpp"

#include <algorithm>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "little_endian.hpp"

namespace mlops::artifacts {

namespace {

// Packs that may wait for the disk: more would only fill memory with pages to be written.
constexpr std::size_t most_closed = 2;

}  // namespace

ChunkWriter::ChunkWriter(LocalLayout layout, PackIndex& index, Compression compression, const Lease& lease)
    : layout_{std::move(layout)}, index_{index}, compression_{compression}, lease_{lease} {}

ChunkWriter::~ChunkWriter() {
  if (!publisher_.joinable()) return;
  {
    const std::scoped_lock lock{mutex_};
    is_ending_ = true;
    is_abandoned_ = true;
  }
  changed_.notify_all();
}

bool ChunkWriter::claim(const Piece& piece) {
  Claims& claims = claims_[piece.digest.bytes()[0] % claims_.size()];
  const std::scoped_lock lock{claims.mutex};
  if (claims.digests.contains({piece.digest, piece.kind})) return false;
  if (index_.find_lasting(piece.digest, piece.kind)) return false;
  claims.digests.emplace(piece.digest, piece.kind);
  return true;
}

void ChunkWriter::release(const std::vector<Record>& records) {
  for (const Record& record : records) {
    Claims& claims = claims_[record.digest.bytes()[0] % claims_.size()];
    const std::scoped_lock lock{claims.mutex};
    claims.digests.erase({record.digest, record.kind});
  }
}

PackWriter& ChunkWriter::pack_of(Slot& slot) {
  if (!slot.pack_) {
    make_directories(layout_.temporaries());
    make_directories(layout_.packs());
    slot.pack_ = std::make_unique<PackWriter>(layout_, lease_.id() + "-");
  }
  return *slot.pack_;
}

std::size_t ChunkWriter::add(Slot& slot, std::span<const Piece> pieces) {
  rethrow_failure();
  std::vector<PackWriter::Item> items;
  std::deque<std::string> frames;  // compressed bytes, until they are written
  for (const Piece& piece : pieces) {
    if (!claim(piece)) continue;
    PackWriter::Item item{.record = {.digest = piece.digest,
                                     .stored_size = static_cast<std::uint32_t>(piece.bytes.size()),
                                     .size = static_cast<std::uint32_t>(piece.bytes.size()),
                                     .kind = piece.kind},
                          .stored = piece.bytes};
    if (auto frame = slot.compressor_.compress(piece.bytes)) {
      item.stored = as_bytes(frames.emplace_back(std::move(*frame)));
      item.record.encoding = Encoding::zstd;
      item.record.stored_size = static_cast<std::uint32_t>(item.stored.size());
    }
    items.push_back(item);
  }
  if (items.empty()) return 0;
  pack_of(slot).append(items);
  if (slot.pack_->is_full()) close(slot);
  return items.size();
}

bool ChunkWriter::has(const Digest& object) const {
  return index_.find_lasting(object, RecordKind::chunk) || index_.find_lasting(object, RecordKind::file);
}

void ChunkWriter::move(Slot& slot, const Record& record, std::span<const std::byte> stored) {
  rethrow_failure();
  const PackWriter::Item item{record, stored};
  pack_of(slot).append({&item, 1});
  if (slot.pack_->is_full()) close(slot);
}

void ChunkWriter::close(Slot& slot) {
  if (!slot.pack_) return;
  {
    std::unique_lock lock{mutex_};
    if (!publisher_.joinable()) publisher_ = std::jthread{[this] { publish_packs(); }};
    changed_.wait(lock, [this] { return closed_.size() < most_closed || failure_; });
    closed_.push_back(std::move(slot.pack_));
  }
  changed_.notify_all();
}

void ChunkWriter::publish_packs() {
  while (true) {
    std::unique_ptr<PackWriter> pack;
    {
      std::unique_lock lock{mutex_};
      changed_.wait(lock, [this] { return !closed_.empty() || is_ending_; });
      if (closed_.empty() || is_abandoned_ || failure_) return;
      pack = std::move(closed_.front());
      closed_.pop_front();
    }
    changed_.notify_all();
    try {
      const Digest name = pack->publish(layout_);
      index_.add(name, pack->records());
      release(pack->records());
      index_.compact();
      index_.forget();
    } catch (...) {
      const std::scoped_lock lock{mutex_};
      failure_ = std::current_exception();
    }
    changed_.notify_all();
  }
}

void ChunkWriter::rethrow_failure() {
  const std::scoped_lock lock{mutex_};
  if (failure_) std::rethrow_exception(failure_);
}

void ChunkWriter::finish() {
  if (publisher_.joinable()) {
    {
      const std::scoped_lock lock{mutex_};
      is_ending_ = true;
    }
    changed_.notify_all();
    publisher_.join();
  }
  rethrow_failure();
  // Also for packs that another command has just published and not come to the fsync of: we rely on them.
  std::error_code ignored;
  if (std::filesystem::exists(layout_.packs(), ignored)) fsync_directory(layout_.packs());
}

}  // namespace mlops::artifacts
