#include "archive/unpacked_source.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <string_view>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "archive/checkpoints.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t window_size = 4u << 20;
constexpr std::size_t piece_size = 128u << 10;
constexpr std::uint64_t best_ratio = 256;  // of what is meant to be read
constexpr std::size_t input_size = 64u << 10;

bool is_skippable_frame(std::string_view bytes) {
  return bytes.size() >= 4 && (static_cast<unsigned char>(bytes[0]) & 0xf0) == 0x50 &&
         bytes.substr(1, 3) == "\x2a\x4d\x18"sv;
}

// Whether these bytes, after the end of a stream, begin another one that belongs to the same content.
bool continues(Packing packing, std::string_view bytes) {
  switch (packing) {
    case Packing::gzip:
      return bytes.starts_with("\x1f\x8b"sv);
    case Packing::bzip2:
      return bytes.starts_with("BZh"sv);
    case Packing::xz:
      return bytes.starts_with("\xfd\x37zXZ\0"sv);
    case Packing::lz4:
      return bytes.starts_with("\x04\x22\x4d\x18"sv) || is_skippable_frame(bytes);
    case Packing::zstd:
      return bytes.starts_with("\x28\xb5\x2f\xfd"sv) || is_skippable_frame(bytes);
    default:
      return false;
  }
}

// xz pads its streams, and tapes pad gzip, with zeros.
bool may_be_padded(Packing packing) { return packing == Packing::gzip || packing == Packing::xz; }

}  // namespace

std::uint64_t most_unpacked(std::uint64_t packed_size) {
  constexpr std::uint64_t least = std::uint64_t{1} << 30;
  constexpr std::uint64_t most = std::uint64_t{64} << 30;
  return std::clamp(std::min(packed_size, most) * best_ratio, least, most);
}

class UnpackedSource::Stream {
 public:
  Stream(const ByteSource& packed, Packing packing, Charge charge, std::optional<std::uint64_t> size)
      : packed_{packed}, packing_{packing}, charge_{std::move(charge)}, decoder_{make_decoder(packing, size)} {}

  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into);

  std::optional<Ending> ending(std::uint64_t most) {
    while (!ending_ && window_end() < most && advance()) {
    }
    return ending_;
  }

  [[nodiscard]] std::uint64_t packed_used() const { return input_at_ + input_used_; }

 private:
  [[nodiscard]] std::uint64_t window_end() const { return window_at_ + window_.size(); }
  bool advance();  // by a piece, which may be empty; false at the end
  void go_towards(std::uint64_t offset);
  void resume(std::uint64_t packed, std::uint64_t unpacked, std::uint64_t streams);
  bool next_stream();
  void end(std::string problem);
  void keep(std::string_view piece);
  void spend(std::uint64_t work);
  std::string_view input();  // what is packed and not yet used; empty at its end

  const ByteSource& packed_;
  Packing packing_;
  Charge charge_;
  std::unique_ptr<Decoder> decoder_;

  std::string input_;
  std::size_t input_used_ = 0;
  std::uint64_t input_at_ = 0;
  std::string piece_ = std::string(piece_size, '\0');
  std::string window_;
  std::uint64_t window_at_ = 0;

  Checkpoints checkpoints_;
  std::uint64_t work_ = 0;
  std::uint64_t streams_ = 0;
  bool ended_ = false;
  std::optional<Ending> ending_;
};

std::size_t UnpackedSource::Stream::read_at(std::uint64_t offset, std::span<std::byte> into) {
  if (ending_ && offset >= ending_->unpacked) return 0;
  go_towards(offset);
  std::size_t done = 0;
  while (done < into.size()) {
    const std::uint64_t at = offset + done;
    if (at < window_end()) {
      const auto begin = static_cast<std::size_t>(at - window_at_);
      const std::size_t count = std::min(into.size() - done, window_.size() - begin);
      std::memcpy(into.data() + done, window_.data() + begin, count);
      done += count;
    } else if (!advance()) {
      break;
    }
  }
  return done;
}

bool UnpackedSource::Stream::advance() {
  if (ended_) return false;
  const std::string_view packed = input();
  const auto step = decoder_->step(std::as_bytes(std::span{packed}), std::as_writable_bytes(std::span{piece_}));
  input_used_ += step.read;
  keep(std::string_view{piece_}.substr(0, step.written));
  if (step.state == Decoder::State::end) {
    ++streams_;
    if (!next_stream()) end("");
  } else if (step.state == Decoder::State::broken || (step.read + step.written == 0 && !packed.empty())) {
    end(fmt::format("the {} stream is broken at byte {}", name_of(packing_), packed_used()));
  } else if (step.read + step.written == 0) {
    end(fmt::format("the {} stream ends too early, at byte {}", name_of(packing_), packed_used()));
  }
  if (!ended_ && checkpoints_.wants(window_end())) {
    checkpoints_.add({window_end(), packed_used(), streams_, decoder_->copy()});
  }
  spend(step.read + step.written);
  return true;
}

void UnpackedSource::Stream::go_towards(std::uint64_t offset) {
  if (offset >= window_at_ && offset <= window_end()) return;
  const Checkpoint* checkpoint = checkpoints_.before(offset);
  if (checkpoint != nullptr && (offset < window_at_ || checkpoint->unpacked > window_end())) {
    decoder_ = checkpoint->decoder->copy();
    resume(checkpoint->packed, checkpoint->unpacked, checkpoint->streams);
  } else if (offset < window_at_) {
    decoder_->restart();
    resume(0, 0, 0);
  }
}

void UnpackedSource::Stream::resume(std::uint64_t packed, std::uint64_t unpacked, std::uint64_t streams) {
  input_.clear();
  input_used_ = 0;
  input_at_ = packed;
  window_.clear();
  window_at_ = unpacked;
  streams_ = streams;
  ended_ = false;
}

bool UnpackedSource::Stream::next_stream() {
  std::uint64_t at = packed_used();
  std::array<std::byte, 6> begin{};
  std::size_t got = packed_.read_at(at, begin);
  if (may_be_padded(packing_) && got > 0 && begin[0] == std::byte{0}) {
    at = end_of_zeros(packed_, at);
    got = packed_.read_at(at, begin);
    spend(at - packed_used());
  }
  if (!continues(packing_, {reinterpret_cast<const char*>(begin.data()), got})) return false;
  decoder_->restart();
  if (at - input_at_ <= input_.size()) {
    input_used_ = static_cast<std::size_t>(at - input_at_);
  } else {
    input_.clear();
    input_used_ = 0;
    input_at_ = at;
  }
  return true;
}

void UnpackedSource::Stream::end(std::string problem) {
  ended_ = true;
  if (!ending_) ending_ = Ending{std::move(problem), window_end(), packed_used(), streams_};
}

void UnpackedSource::Stream::keep(std::string_view piece) {
  if (window_.size() + piece.size() > 2 * window_size) {
    const std::size_t surplus = window_.size() - window_size;
    window_.erase(0, surplus);
    window_at_ += surplus;
  }
  window_ += piece;
}

void UnpackedSource::Stream::spend(std::uint64_t work) {
  work_ += work;
  if (charge_) charge_(work);
  if (work_ <= most_unpacked(0)) return;
  const std::uint64_t packed = packed_.size();
  if (work_ <= most_unpacked(packed)) return;
  throw Unscannable{fmt::format("looking into {} takes more than {} of unpacking", bytes_text(packed),
                                bytes_text(most_unpacked(packed)))};
}

std::string_view UnpackedSource::Stream::input() {
  if (input_used_ == input_.size()) {
    input_at_ += input_.size();
    input_.resize(input_size);
    input_.resize(packed_.read_at(input_at_, std::as_writable_bytes(std::span{input_})));
    input_used_ = 0;
  }
  return std::string_view{input_}.substr(input_used_);
}

UnpackedSource::UnpackedSource(const ByteSource& packed, Packing packing, Charge charge,
                               std::optional<std::uint64_t> size)
    : stream_{std::make_unique<Stream>(packed, packing, std::move(charge), size)} {}

UnpackedSource::~UnpackedSource() = default;

std::uint64_t UnpackedSource::size() const {
  return stream_->ending(std::numeric_limits<std::uint64_t>::max())->unpacked;
}

std::size_t UnpackedSource::read_at(std::uint64_t offset, std::span<std::byte> into) const {
  return stream_->read_at(offset, into);
}

std::optional<UnpackedSource::Ending> UnpackedSource::ending(std::uint64_t most) const { return stream_->ending(most); }

std::optional<UnpackedSource::Ending> UnpackedSource::ending() const {
  const auto ending = stream_->ending(most_to_the_end);
  if (!ending && stream_->packed_used() < most_to_the_end / best_ratio) {
    throw Unscannable{fmt::format("it unpacks to more than {}, from the first {}", bytes_text(most_to_the_end),
                                  bytes_text(stream_->packed_used()))};
  }
  return ending;
}

std::uint64_t end_of_zeros(const ByteSource& source, std::uint64_t offset) {
  std::array<std::byte, 4096> piece;
  while (const std::size_t got = source.read_at(offset, piece)) {
    const auto bytes = std::span{piece}.first(got);
    const auto at = std::ranges::find_if(bytes, [](std::byte byte) { return byte != std::byte{0}; });
    offset += static_cast<std::uint64_t>(at - bytes.begin());
    if (at != bytes.end()) break;
  }
  return offset;
}

}  // namespace mlops::formats
