// The counts of a batch as bytes: a version byte, then numbers as LEB128 (seven bits a byte, lowest first) in the order
// of docs/formats.md. Most bins hold few rows or none, so a bin takes two bytes or less.
#include <bit>
#include <cmath>
#include <utility>
#include <variant>

#include <fmt/core.h>

#include <mlops/support/error.hpp>

#include "batch_counts.hpp"

namespace mlops::app {

namespace {

constexpr std::uint8_t packing_version = 1;
constexpr unsigned bits_per_byte = 7;
constexpr std::uint8_t continues = 0x80;
constexpr std::size_t longest_text = 1u << 20;

[[noreturn]] void fail_packing(std::string_view why) {
  throw Error{ErrorKind::integrity, fmt::format("the counts of a batch are not readable: {}", why)};
}

class Packer {
 public:
  void byte(std::uint8_t value) { bytes_.push_back(value); }
  void number(std::uint64_t value) {
    for (; value >= continues; value >>= bits_per_byte) byte(static_cast<std::uint8_t>(value | continues));
    byte(static_cast<std::uint8_t>(value));
  }
  void real(double value) {
    auto bits = std::bit_cast<std::uint64_t>(value);
    for (std::size_t i = 0; i < sizeof bits; ++i, bits >>= 8) byte(static_cast<std::uint8_t>(bits));
  }
  void extreme(const std::optional<double>& value) {
    byte(value ? 1 : 0);
    if (value) real(*value);
  }
  void texts(const std::vector<std::string>& all) {
    number(all.size());
    for (const std::string& text : all) {
      number(text.size());
      bytes_.insert(bytes_.end(), text.begin(), text.end());
    }
  }
  // A zero is followed by how many bins in a row are empty.
  void counts(std::span<const std::uint64_t> counts) {
    for (std::size_t bin = 0; bin < counts.size();) {
      if (counts[bin] > 0) {
        number(counts[bin++]);
        continue;
      }
      const std::size_t begin = bin;
      while (bin < counts.size() && counts[bin] == 0) ++bin;
      number(0);
      number(bin - begin);
    }
  }
  [[nodiscard]] std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  std::vector<std::uint8_t> bytes_;
};

class Unpacker {
 public:
  explicit Unpacker(std::span<const std::uint8_t> bytes) : bytes_{bytes} {}

  std::uint8_t byte() {
    if (at_ == bytes_.size()) fail_packing("they end too early");
    return bytes_[at_++];
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += bits_per_byte) {
      const std::uint8_t part = byte();
      value |= static_cast<std::uint64_t>(part & ~continues) << shift;
      if ((part & continues) == 0) return value;
    }
    fail_packing("a number is too large");
  }
  std::optional<double> extreme() {
    if (byte() == 0) return std::nullopt;
    std::uint64_t bits = 0;
    for (unsigned i = 0; i < sizeof bits; ++i) bits |= std::uint64_t{byte()} << (8 * i);
    const auto value = std::bit_cast<double>(bits);
    if (std::isnan(value)) fail_packing("an extreme is not a number");
    return value;
  }
  std::vector<std::string> texts() {
    std::vector<std::string> all;
    for (std::uint64_t left = number(); left > 0; --left) {
      const std::uint64_t size = number();
      if (size > longest_text || size > bytes_.size() - at_) fail_packing("a text is too long");
      std::string text;
      for (std::uint64_t i = 0; i < size; ++i) text += static_cast<char>(byte());
      all.push_back(std::move(text));
    }
    return all;
  }
  std::vector<std::uint64_t> counts(std::size_t bins) {
    std::vector<std::uint64_t> counts;
    counts.reserve(bins);
    while (counts.size() < bins) {
      const std::uint64_t count = number();
      const std::uint64_t empty = count == 0 ? number() : 0;
      if (count == 0 && (empty == 0 || empty > bins - counts.size())) fail_packing("the empty bins don't add up");
      if (count > 0) {
        counts.push_back(count);
      } else {
        counts.resize(counts.size() + empty, 0);
      }
    }
    return counts;
  }
  [[nodiscard]] bool is_at_end() const { return at_ == bytes_.size(); }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

ColumnCounts unpacked_column(Unpacker& from, const FrozenColumn& reference) {
  const stats::Bins& bins = reference.counts.bins();
  ColumnCounts column{.counts = stats::Histogram{bins}, .unseen = {}};
  column.is_there = from.byte() != 0;
  if (!column.is_there) return column;
  column.missing = from.number();
  column.unfit = from.number();
  const bool are_numbers = std::holds_alternative<stats::NumberBins>(bins);
  const auto smallest = are_numbers ? from.extreme() : std::nullopt;
  const auto largest = are_numbers ? from.extreme() : std::nullopt;
  column.counts = stats::Histogram{bins, from.counts(stats::size_of(bins)), smallest, largest};
  column.unseen = from.texts();
  return column;
}

}  // namespace

std::vector<std::uint8_t> packed(const BatchCounts& counts) {
  Packer to;
  to.byte(packing_version);
  to.number(counts.rows);
  to.number(counts.columns.size());
  for (const ColumnCounts& column : counts.columns) {
    to.byte(column.is_there ? 1 : 0);
    if (!column.is_there) continue;
    to.number(column.missing);
    to.number(column.unfit);
    if (std::holds_alternative<stats::NumberBins>(column.counts.bins())) {
      to.extreme(column.counts.smallest());
      to.extreme(column.counts.largest());
    }
    to.counts(column.counts.counts());
    to.texts(column.unseen);
  }
  to.texts(counts.others);
  return to.take();
}

BatchCounts unpacked(const FrozenReference& reference, std::span<const std::uint8_t> bytes) {
  Unpacker from{bytes};
  if (from.byte() != packing_version) fail_packing("a newer mlops may have written them");
  BatchCounts counts;
  counts.rows = from.number();
  if (from.number() != reference.columns.size()) fail_packing("they are of other columns");
  try {
    for (const FrozenColumn& column : reference.columns) counts.columns.push_back(unpacked_column(from, column));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::integrity) throw;
    fail_packing(error.message());
  }
  counts.others = from.texts();
  if (!from.is_at_end()) fail_packing("there is more than belongs to them");
  return counts;
}

}  // namespace mlops::app
