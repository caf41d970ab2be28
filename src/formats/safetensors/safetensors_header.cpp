#include "safetensors/safetensors_header.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/core.h>

#include "checked.hpp"
#include "facts.hpp"
#include "json/json_stream.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

struct Dtype {
  std::string_view name;
  std::string_view dtype;  // in our words
  std::uint64_t bits;
};

constexpr auto dtypes = std::to_array<Dtype>({
    {"F32", "float32", 32},
    {"BF16", "bfloat16", 16},
    {"F16", "float16", 16},
    {"I64", "int64", 64},
    {"F64", "float64", 64},
    {"I32", "int32", 32},
    {"I16", "int16", 16},
    {"I8", "int8", 8},
    {"U64", "uint64", 64},
    {"U32", "uint32", 32},
    {"U16", "uint16", 16},
    {"U8", "uint8", 8},
    {"BOOL", "bool", 8},
    {"C64", "complex64", 64},
    {"F8_E4M3", "float8_e4m3fn", 8},
    {"F8_E5M2", "float8_e5m2", 8},
    {"F8_E8M0", "float8_e8m0fnu", 8},
    {"F8_E4M3FNUZ", "float8_e4m3fnuz", 8},
    {"F8_E5M2FNUZ", "float8_e5m2fnuz", 8},
    {"F6_E2M3", "float6_e2m3fn", 6},
    {"F6_E3M2", "float6_e3m2fn", 6},
    {"F4", "float4_e2m1fn", 4},
});

// More dimensions than any array library has.
constexpr std::size_t most_dimensions = 64;
constexpr std::size_t most_metadata = 10'000;

const Dtype* find_dtype(std::string_view name) {
  const auto* found = std::ranges::find(dtypes, name, &Dtype::name);
  return found != dtypes.end() ? found : nullptr;
}

template <typename Title>
void read_naturals(DocumentReader& in, Title title, std::string_view what, std::size_t most,
                   std::vector<std::uint64_t>& into) {
  if (in.next() != Token::begin_array) throw Malformed{fmt::format("the {} of {} are no list", what, title())};
  for (Token token = in.next(); token != Token::end_array; token = in.next()) {
    const auto value = token == Token::number ? in.natural() : std::nullopt;
    if (!value) throw Malformed{fmt::format("the {} of {} are no whole numbers", what, title())};
    if (into.size() == most) throw Malformed{fmt::format("the {} of {} are more than {}", what, title(), most)};
    into.push_back(*value);
  }
}

}  // namespace

std::string SafetensorsHeader::Described::title() const { return fmt::format("tensor {}", shown(tensor.name)); }

void SafetensorsHeader::Described::once(bool& seen, std::string_view key) const {
  if (std::exchange(seen, true)) throw Malformed{fmt::format("{} has `{}` twice", title(), key)};
}

void SafetensorsHeader::read(const ByteSource& json) {
  JsonStream in{json};
  if (in.next() != Token::begin_object) throw Malformed{"the header is no object"};
  bool has_metadata = false;
  for (Token token = in.next(); token != Token::end_object; token = in.next()) {
    std::string name{in.text()};
    if (name != "__metadata__") {
      read_tensor(in, std::move(name));
      continue;
    }
    if (std::exchange(has_metadata, true)) throw Malformed{"the header has `__metadata__` twice"};
    read_metadata(in);
  }
  in.next();  // only white space may follow
  inspection_.parameters = elements_;
  places_.check_names("safetensors.duplicate", flaws_);
  places_.check_tiling("safetensors.layout", data_size_, flaws_);
}

void SafetensorsHeader::read_metadata(DocumentReader& in) {
  const Token token = in.next();
  if (token == Token::null) return;
  if (token != Token::begin_object) throw Malformed{"`__metadata__` is no object"};
  each_member(in, [&](const std::string& key) {
    std::string value = read_text(in, fmt::format("{} of `__metadata__`", shown(key)));
    if (metadata_.size() < most_metadata) metadata_.emplace_back(key, std::move(value));
  });
}

void SafetensorsHeader::read_tensor(DocumentReader& in, std::string name) {
  Described read;
  read.tensor.name = std::move(name);
  const auto title = [&] { return read.title(); };
  if (in.next() != Token::begin_object) throw Malformed{fmt::format("{} is no object", read.title())};
  while (in.next() == Token::key) {
    if (in.text() == "dtype") {
      read.once(read.has_dtype, "dtype");
      if (in.next() != Token::text) throw Malformed{fmt::format("the dtype of {} is no text", read.title())};
      read.tensor.dtype = in.text();
    } else if (in.text() == "shape") {
      read.once(read.has_shape, "shape");
      read_naturals(in, title, "shape", most_dimensions, read.tensor.shape);
    } else if (in.text() == "data_offsets") {
      read.once(read.has_offsets, "data_offsets");
      read_naturals(in, title, "data_offsets", 2, read.offsets);
    } else {
      in.skip_value();
    }
  }
  if (!read.has_dtype || !read.has_shape || !read.has_offsets)
    throw Malformed{fmt::format("{} lacks its dtype, shape or data_offsets", read.title())};
  if (read.offsets.size() != 2) throw Malformed{fmt::format("{} needs two data_offsets", read.title())};

  check_tensor(read);
  if (read.offsets[0] <= read.offsets[1]) read.tensor.bytes = read.offsets[1] - read.offsets[0];
  const Dtype* dtype = find_dtype(read.tensor.dtype);
  read.tensor.dtype = dtype != nullptr ? std::string{dtype->dtype} : fact_text(read.tensor.dtype, 64);
  inspection_.add_tensor(std::move(read.tensor));
}

void SafetensorsHeader::check_tensor(const Described& read) {
  const std::uint64_t begin = read.offsets[0];
  const std::uint64_t end = read.offsets[1];
  if (begin > end) return flaws_.add("safetensors.offsets", fmt::format("{} ends before it begins", read.title()));
  if (end > data_size_) {
    flaws_.add("safetensors.offsets",
               fmt::format("{} reaches beyond the data by {} bytes", read.title(), end - data_size_));
  } else {
    places_.add(read.tensor.name, begin, end);
  }
  const Dtype* dtype = find_dtype(read.tensor.dtype);
  if (dtype == nullptr) {
    return flaws_.add("safetensors.dtype",
                      fmt::format("{} is of the unknown dtype {}", read.title(), shown(read.tensor.dtype)));
  }
  const auto elements = element_count(read.tensor.shape);
  const auto bits = elements ? checked_product(*elements, dtype->bits) : std::nullopt;
  if (!bits) return flaws_.add("safetensors.shape", fmt::format("the shape of {} overflows", read.title()));
  elements_ = saturating_sum(elements_, *elements);
  if (*bits % 8 != 0)
    return flaws_.add("safetensors.shape", fmt::format("{} does not fill its last byte", read.title()));
  if (*bits / 8 == end - begin) return;
  flaws_.add("safetensors.shape",
             fmt::format("{} has {} bytes, and a shape that takes {}", read.title(), end - begin, *bits / 8));
}

}  // namespace mlops::formats
