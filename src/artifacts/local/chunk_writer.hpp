// Stores chunks that the store does not have yet, from several threads, in packs that are closed, made durable and
// published while others are being filled.
#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include <mlops/artifacts/artifacts.hpp>

#include "compression.hpp"
#include "layout.hpp"
#include "lease.hpp"
#include "pack_index.hpp"
#include "pack_writer.hpp"

namespace mlops::artifacts {

class ChunkWriter {
 public:
  ChunkWriter(LocalLayout layout, PackIndex& index, Compression compression, const Lease& lease);
  // Without finish(): what was published stays as garbage, the rest goes.
  ~ChunkWriter();
  ChunkWriter(const ChunkWriter&) = delete;
  ChunkWriter& operator=(const ChunkWriter&) = delete;

  struct Piece {
    Digest digest;
    std::span<const std::byte> bytes;
    RecordKind kind = RecordKind::chunk;
  };

  // The pack that one thread fills.
  class Slot {
   public:
    explicit Slot(Compression compression) : compressor_{compression} {}

   private:
    friend class ChunkWriter;
    std::unique_ptr<PackWriter> pack_;
    ChunkCompressor compressor_;
  };
  [[nodiscard]] Slot slot() const { return Slot{compression_}; }

  // Stores those that are new; returns how many. The bytes are only used until it returns.
  std::size_t add(Slot& slot, std::span<const Piece> pieces);
  // Whether this object, a chunk or a file of chunks, is in a pack that lasts.
  [[nodiscard]] bool has(const Digest& object) const;
  // Records that are stored in another pack already, byte for byte: for a collection that moves them.
  void move(Slot& slot, const Record& record, std::span<const std::byte> stored);
  // Closes the slot's pack.
  void close(Slot& slot);
  // When it returns, everything added is durable. All slots are closed.
  void finish();

 private:
  // What is in a pack that is not published yet.
  struct Claims {
    std::mutex mutex;
    std::set<std::pair<Digest, RecordKind>> digests;
  };
  [[nodiscard]] bool claim(const Piece& piece);
  void release(const std::vector<Record>& records);
  PackWriter& pack_of(Slot& slot);
  void publish_packs();
  void rethrow_failure();

  LocalLayout layout_;
  PackIndex& index_;
  Compression compression_;
  const Lease& lease_;
  std::array<Claims, 64> claims_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<PackWriter>> closed_;
  bool is_ending_ = false;
  bool is_abandoned_ = false;
  std::exception_ptr failure_;
  std::jthread publisher_;  // started with the first full pack
};

}  // namespace mlops::artifacts
