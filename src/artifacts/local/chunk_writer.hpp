// Stores chunks that the store does not have yet, from several threads, in packs that are closed, made durable and
// published while others are being filled.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
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
#include "pack_reader.hpp"
#include "pack_writer.hpp"

namespace mlops::artifacts {

// Safe to use from several threads, but for finish().
class ChunkWriter {
 public:
  struct Options {
    Compression compression = Compression::none;
    bool read_back = false;         // packs are read from the disk and checked before they get their names
    PackReader* compare = nullptr;  // reads what the store has, and what is damaged is stored again; nullptr: trusts it
  };
  ChunkWriter(LocalLayout layout, PackIndex& index, const Options& options, const Lease& lease);
  // Without finish(): what was published stays as garbage, the rest goes.
  ~ChunkWriter();
  ChunkWriter(const ChunkWriter&) = delete;
  ChunkWriter& operator=(const ChunkWriter&) = delete;

  struct Piece {
    Digest digest;
    std::span<const std::byte> bytes;
    RecordKind kind = RecordKind::chunk;
  };

  // Stores those that are new; returns how many. The bytes are only used until it returns.
  std::size_t add(std::span<const Piece> pieces);
  // A record that is stored in another pack already, byte for byte: for those who move it.
  void move(const Record& record, std::span<const std::byte> stored);
  // When it returns, everything added is durable. Once, at the end.
  void finish();

 private:
  // What is in a pack that is not published yet.
  struct Claims {
    std::mutex mutex;
    std::set<std::pair<Digest, RecordKind>> digests;
  };
  // A pack that is being filled, by one thread at a time.
  struct OpenPack {
    explicit OpenPack(Compression compression) : compressor{compression} {}
    std::unique_ptr<PackWriter> pack;  // null: to be begun
    ChunkCompressor compressor;
  };
  class Turn;

  [[nodiscard]] bool claim(const Piece& piece);
  void release(const std::vector<Record>& records);
  [[nodiscard]] bool may_open() const;
  void in_turn(const std::function<void(OpenPack&)>& work);
  void append(OpenPack& open, std::span<const PackWriter::Item> items);
  void close(std::unique_ptr<PackWriter> pack);
  void publish_packs();
  void fail(std::exception_ptr failure);  // for good
  void rethrow_failure();

  LocalLayout layout_;
  PackIndex& index_;
  const Options options_;
  const Lease& lease_;
  std::array<Claims, 64> claims_;

  std::mutex free_mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<OpenPack>> free_;  // not in a thread's hands just now
  std::size_t opened_ = 0;                       // free or not
  std::atomic<std::uint64_t> appended_ = 0;      // bytes, to all of them

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<PackWriter>> closed_;
  bool is_ending_ = false;
  bool is_abandoned_ = false;
  std::exception_ptr failure_;
  std::jthread publisher_;  // started with the first full pack
};

}  // namespace mlops::artifacts
