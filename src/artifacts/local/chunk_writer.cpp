#include "chunk_writer.hpp"

#include <algorithm>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "little_endian.hpp"

namespace mlops::artifacts {

namespace {

// Packs that may wait for the disk: more would only fill memory with pages to be written.
constexpr std::size_t most_closed = 2;
// Up to this, one pack does.
constexpr std::uint64_t little = 4u << 20;

}  // namespace

ChunkWriter::ChunkWriter(LocalLayout layout, PackIndex& index, const Options& options, const Lease& lease)
    : layout_{std::move(layout)}, index_{index}, options_{options}, lease_{lease} {}

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
  {
    const std::scoped_lock lock{claims.mutex};
    if (claims.digests.contains({piece.digest, piece.kind})) return false;
    if (options_.compare == nullptr && index_.find_lasting(piece.digest, piece.kind)) return false;
    claims.digests.emplace(piece.digest, piece.kind);
  }
  if (options_.compare == nullptr || !options_.compare->has_copy(piece.digest, piece.kind, piece.bytes)) return true;
  const std::scoped_lock lock{claims.mutex};
  claims.digests.erase({piece.digest, piece.kind});
  return false;
}

void ChunkWriter::release(const std::vector<Record>& records) {
  for (const Record& record : records) {
    Claims& claims = claims_[record.digest.bytes()[0] % claims_.size()];
    const std::scoped_lock lock{claims.mutex};
    claims.digests.erase({record.digest, record.kind});
  }
}

// An open pack in one thread's hands. What is little goes into one pack, and threads wait for it; with more each gets
// its own.
class ChunkWriter::Turn {
 public:
  explicit Turn(ChunkWriter& writer) : writer_{writer} {
    std::unique_lock lock{writer_.free_mutex_};
    writer_.freed_.wait(lock, [&] { return !writer_.free_.empty() || writer_.may_open(); });
    if (writer_.free_.empty()) {
      open_ = std::make_unique<OpenPack>(writer_.options_.compression);
      ++writer_.opened_;
    } else {
      open_ = std::move(writer_.free_.back());
      writer_.free_.pop_back();
    }
  }
  ~Turn() {
    {
      const std::scoped_lock lock{writer_.free_mutex_};
      writer_.free_.push_back(std::move(open_));
    }
    writer_.freed_.notify_all();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  OpenPack& operator*() const { return *open_; }

 private:
  ChunkWriter& writer_;
  std::unique_ptr<OpenPack> open_;
};

std::size_t ChunkWriter::add(std::span<const Piece> pieces) {
  rethrow_failure();
  std::vector<const Piece*> fresh;
  for (const Piece& piece : pieces) {
    if (claim(piece)) fresh.push_back(&piece);
  }
  if (fresh.empty()) return 0;
  in_turn([&](OpenPack& open) {
    std::vector<PackWriter::Item> items;
    std::deque<std::string> frames;  // compressed bytes, until they are written
    for (const Piece* piece : fresh) {
      PackWriter::Item item{.record = {.digest = piece->digest,
                                       .stored_size = static_cast<std::uint32_t>(piece->bytes.size()),
                                       .size = static_cast<std::uint32_t>(piece->bytes.size()),
                                       .kind = piece->kind},
                            .stored = piece->bytes};
      if (auto frame = open.compressor.compress(piece->bytes)) {
        item.stored = as_bytes(frames.emplace_back(std::move(*frame)));
        item.record.encoding = Encoding::zstd;
        item.record.stored_size = static_cast<std::uint32_t>(item.stored.size());
      }
      items.push_back(item);
    }
    append(open, items);
  });
  return fresh.size();
}

void ChunkWriter::move(const Record& record, std::span<const std::byte> stored) {
  rethrow_failure();
  const PackWriter::Item item{record, stored};
  in_turn([&](OpenPack& open) { append(open, {&item, 1}); });
}

bool ChunkWriter::may_open() const { return opened_ == 0 || appended_ >= little; }

void ChunkWriter::in_turn(const std::function<void(OpenPack&)>& work) {
  const Turn turn{*this};
  try {
    work(*turn);
  } catch (...) {
    // What was claimed is not stored, and what others put in the same pack may not be.
    fail(std::current_exception());
    throw;
  }
}

void ChunkWriter::append(OpenPack& open, std::span<const PackWriter::Item> items) {
  if (!open.pack) {
    make_directories(layout_.temporaries());
    make_directories(layout_.packs());
    open.pack = std::make_unique<PackWriter>(layout_, lease_.id() + "-");
  }
  open.pack->append(items);
  for (const PackWriter::Item& item : items) appended_ += item.stored.size();
  if (open.pack->is_full()) close(std::move(open.pack));
}

void ChunkWriter::close(std::unique_ptr<PackWriter> pack) {
  {
    std::unique_lock lock{mutex_};
    if (!publisher_.joinable()) publisher_ = std::jthread{[this] { publish_packs(); }};
    changed_.wait(lock, [this] { return closed_.size() < most_closed || failure_; });
    closed_.push_back(std::move(pack));
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
      const Digest name = pack->publish(layout_, options_.read_back);
      index_.add(name, pack->records());
      release(pack->records());
      index_.compact();
    } catch (...) {
      fail(std::current_exception());
    }
    changed_.notify_all();
  }
}

void ChunkWriter::fail(std::exception_ptr failure) {
  {
    const std::scoped_lock lock{mutex_};
    if (!failure_) failure_ = std::move(failure);
  }
  changed_.notify_all();
}

void ChunkWriter::rethrow_failure() {
  const std::scoped_lock lock{mutex_};
  if (failure_) std::rethrow_exception(failure_);
}

void ChunkWriter::finish() {
  rethrow_failure();
  for (const auto& open : free_) {
    if (open->pack) close(std::move(open->pack));
  }
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
