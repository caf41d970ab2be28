#include "table/npy_rows.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <utility>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "checked.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

constexpr std::uint64_t npy_chunk_size = 256u << 10;
constexpr std::uint64_t most_npy_columns = 65'536;
constexpr std::size_t longest_figure = 32;  // "-2.2250738585072014e-308" has 24

constexpr auto readable = std::to_array<std::string_view>({"bool", "int8", "int16", "int32", "int64", "uint8", "uint16",
                                                           "uint32", "uint64", "float16", "float32", "float64"});

template <typename T>
T element_at(const char* bytes, bool is_big_endian) {
  std::array<char, sizeof(T)> copy{};
  std::memcpy(copy.data(), bytes, sizeof(T));
  if (is_big_endian != (std::endian::native == std::endian::big)) std::ranges::reverse(copy);
  return std::bit_cast<T>(copy);
}

// IEEE 754 binary16.
double half_value(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 0x1F;
  const int fraction = bits & 0x3FF;
  double value = 0;
  if (exponent == 0x1F) {
    value = fraction == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  } else {
    value = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, exponent - 25);
  }
  return (bits & 0x8000) != 0 ? -value : value;
}

template <typename T>
std::string_view put(char* into, T value) {
  return {into, static_cast<std::size_t>(fmt::format_to_n(into, longest_figure, "{}", value).size)};
}

class NpyParser final : public RowParser {
 public:
  explicit NpyParser(NpyTable table)
      : table_{std::move(table)}, buffer_{table_.columns.size(), RowBuffer::Rows::filled} {}

  ChunkFacts parse(Chunk& chunk, const RowVisitor& visitor) override {
    const std::size_t size = table_.header.item_size;
    const std::size_t width = table_.columns.size();
    const std::size_t rows = chunk.bytes.size() / (size * width);
    texts_.resize(rows * width * longest_figure);
    buffer_.begin(chunk);
    std::size_t cell = 0;
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t column = 0; column < width; ++column, ++cell) {
        const std::size_t place = table_.header.is_fortran_order ? column * rows + row : cell;
        buffer_.set(column, cell_of(chunk.bytes.data() + place * size, texts_.data() + cell * longest_figure));
      }
      buffer_.end_row(table_.columns, visitor);
    }
    buffer_.flush(table_.columns, visitor);
    return {.rows = rows};
  }

  [[nodiscard]] const Columns& columns() const override { return table_.columns; }

 private:
  [[nodiscard]] Cell cell_of(const char* bytes, char* into) const {
    const std::string_view dtype = table_.header.dtype;
    const std::size_t size = table_.header.item_size;
    const bool big = table_.header.is_big_endian;
    if (dtype == "bool") return {*bytes != 0 ? "true" : "false", CellKind::plain};
    if (dtype.starts_with('i')) return {put(into, signed_at(bytes, size, big)), CellKind::plain};
    if (dtype.starts_with('u')) return {put(into, unsigned_at(bytes, size, big)), CellKind::plain};
    const double value = real_at(bytes, size, big);
    return {put(into, value), std::isnan(value) ? CellKind::missing : CellKind::plain};
  }

  static std::int64_t signed_at(const char* bytes, std::size_t size, bool big) {
    if (size == 1) return element_at<std::int8_t>(bytes, big);
    if (size == 2) return element_at<std::int16_t>(bytes, big);
    if (size == 4) return element_at<std::int32_t>(bytes, big);
    return element_at<std::int64_t>(bytes, big);
  }
  static std::uint64_t unsigned_at(const char* bytes, std::size_t size, bool big) {
    if (size == 1) return element_at<std::uint8_t>(bytes, big);
    if (size == 2) return element_at<std::uint16_t>(bytes, big);
    if (size == 4) return element_at<std::uint32_t>(bytes, big);
    return element_at<std::uint64_t>(bytes, big);
  }
  static double real_at(const char* bytes, std::size_t size, bool big) {
    if (size == 2) return half_value(element_at<std::uint16_t>(bytes, big));
    if (size == 4) return element_at<float>(bytes, big);
    return element_at<double>(bytes, big);
  }

  NpyTable table_;
  RowBuffer buffer_;
  std::string texts_;
};

class NpyChunks final : public ChunkSource {
 public:
  NpyChunks(const ByteSource& source, const NpyTable& table)
      : source_{source},
        header_{table.header},
        width_{table.columns.size()},
        rows_{table.rows},
        rows_at_once_{std::max<std::uint64_t>(1, npy_chunk_size / (width_ * header_.item_size))} {}

  std::optional<Chunk> next() override {
    const std::uint64_t rows = std::min(rows_at_once_, rows_ - row_);
    if (rows == 0) return std::nullopt;
    const std::uint64_t size = header_.item_size;
    Chunk chunk{.number = number_++, .offset = header_.data_begin + row_ * width_ * size, .bytes = {}};
    if (header_.is_fortran_order) {
      for (std::uint64_t column = 0; column < width_; ++column) {
        chunk.bytes += read_bytes(source_, header_.data_begin + (column * rows_ + row_) * size, rows * size);
      }
    } else {
      chunk.bytes = read_bytes(source_, chunk.offset, rows * width_ * size);
    }
    row_ += rows;
    return chunk;
  }

 private:
  const ByteSource& source_;
  NpyHeader header_;
  std::uint64_t width_;
  std::uint64_t rows_;
  std::uint64_t rows_at_once_;
  std::uint64_t row_ = 0;
  std::size_t number_ = 0;
};

}  // namespace

NpyTable read_npy_table(const ByteSource& source, const std::string& name) {
  const auto fail = [&](std::string_view why) {
    return Error{ErrorKind::usage, fmt::format("{}: {}", printable(name), why)};
  };
  NpyTable table;
  try {
    table.header = read_npy_header(source);
  } catch (const Malformed& error) {
    throw fail(error.what());
  } catch (const Unscannable& error) {
    throw fail(error.what());
  }
  const auto& shape = table.header.shape;
  if (std::ranges::find(readable, table.header.dtype) == readable.end() || shape.empty() || shape.size() > 2) {
    throw fail(fmt::format(
        "an array of {} with {} axes is no table: it takes booleans, integers or floats, and one or two axes",
        table.header.dtype, shape.size()));
  }
  const std::uint64_t width = shape.size() == 2 ? shape[1] : 1;
  if (width == 0 || width > most_npy_columns) throw fail(fmt::format("{} columns", width));
  const auto count = element_count(shape);
  const auto size = count ? checked_product(*count, table.header.item_size) : std::nullopt;
  if (!size || *size > source.size() - table.header.data_begin) throw fail("the file ends before the array does");
  table.rows = shape.front();
  for (std::uint64_t i = 0; i < width; ++i) table.columns.push_back(fmt::format("{}", i));
  return table;
}

std::unique_ptr<ChunkSource> make_npy_chunks(const ByteSource& source, const NpyTable& table) {
  return std::make_unique<NpyChunks>(source, table);
}

std::unique_ptr<RowParser> make_npy_parser(NpyTable table) { return std::make_unique<NpyParser>(std::move(table)); }

}  // namespace mlops::formats
