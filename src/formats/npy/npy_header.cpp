#include "npy/npy_header.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "byte_reader.hpp"
#include "checked.hpp"
#include "facts.hpp"
#include "malformed.hpp"
#include "python_literal.hpp"

namespace mlops::formats {

namespace {

constexpr std::uint64_t longest_header = 1u << 20;
constexpr std::size_t most_dimensions = 64;  // NumPy's own
constexpr std::size_t most_fields = 300;

struct Dtype {
  std::string name;
  std::uint64_t size = 0;
  bool has_objects = false;
  bool is_big_endian = false;
  Json::Array fields = {};
};

[[noreturn]] void fail_dtype(std::string_view text) { throw Malformed{fmt::format("unknown dtype {}", shown(text))}; }

std::uint64_t sized(std::optional<std::uint64_t> size) {
  if (!size) throw Malformed{"the size of an element overflows"};
  return *size;
}

// "f4" without its byte order.
Dtype plain_dtype(char kind, std::uint64_t size, std::string_view whole) {
  const auto one_of = [&](std::initializer_list<std::uint64_t> sizes) {
    if (std::ranges::find(sizes, size) == sizes.end()) fail_dtype(whole);
  };
  switch (kind) {
    case 'b':
      one_of({1});
      return {"bool", 1};
    case 'i':
      one_of({1, 2, 4, 8});
      return {fmt::format("int{}", size * 8), size};
    case 'u':
      one_of({1, 2, 4, 8});
      return {fmt::format("uint{}", size * 8), size};
    case 'f':
      one_of({2, 4, 8, 12, 16});
      return {fmt::format("float{}", size * 8), size};
    case 'c':
      one_of({8, 16, 24, 32});
      return {fmt::format("complex{}", size * 8), size};
    case 'S':
    case 'a':
      return {"bytes", size};
    case 'U':
      return {"string", sized(checked_product(size, 4))};
    case 'V':
      return {"void", size};
    case 'O':
      return {"object", 8, true};
    default:
      fail_dtype(whole);
  }
}

Dtype parse_dtype_text(std::string_view whole) {
  std::string_view text = whole;
  bool is_big_endian = false;
  if (!text.empty() && std::string_view{"<>=|"}.find(text[0]) != std::string_view::npos) {
    is_big_endian = text[0] == '>';
    text.remove_prefix(1);
  }
  if (text.empty()) fail_dtype(whole);
  const char kind = text[0];
  std::string_view digits = text.substr(1);
  std::string_view unit;
  if (kind == 'M' || kind == 'm') {
    const std::size_t bracket = std::min(digits.find('['), digits.size());
    unit = digits.substr(bracket);
    digits = digits.substr(0, bracket);
    if (digits != "8") fail_dtype(whole);
    return {fact_text(fmt::format("{}{}", kind == 'M' ? "datetime64" : "timedelta64", unit), 64), 8, false,
            is_big_endian};
  }
  const bool has_digits = !digits.empty() && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  const auto size = has_digits ? parse_integer(digits) : std::nullopt;
  if (!size && kind != 'O' && text != "?") fail_dtype(whole);
  Dtype dtype = text == "?" ? Dtype{"bool", 1} : plain_dtype(kind, static_cast<std::uint64_t>(size.value_or(0)), whole);
  dtype.is_big_endian = is_big_endian;
  return dtype;
}

std::vector<std::uint64_t> parse_shape(const Json& literal) {
  if (!literal.is_array()) throw Malformed{"the shape is no tuple"};
  std::vector<std::uint64_t> shape;
  for (const Json& extent : literal.as_array()) {
    if (!extent.is_integer() || extent.as_integer() < 0) throw Malformed{"the shape has something else than sizes"};
    shape.push_back(static_cast<std::uint64_t>(extent.as_integer()));
  }
  if (shape.size() > most_dimensions)
    throw Malformed{fmt::format("{} dimensions, at most {} are possible", shape.size(), most_dimensions)};
  return shape;
}

Dtype parse_dtype(const Json& literal);

// A field is (name, dtype) or (name, dtype, shape); its name may be (title, name).
Dtype parse_struct(const Json::Array& fields) {
  Dtype whole{"struct"};
  for (const Json& field : fields) {
    if (!field.is_array() || field.as_array().size() < 2 || field.as_array().size() > 3)
      throw Malformed{"a field of the dtype is no tuple of a name and a dtype"};
    const Json::Array& parts = field.as_array();
    const Json& name = parts[0].is_array() && parts[0].as_array().size() == 2 ? parts[0].as_array()[1] : parts[0];
    if (!name.is_string()) throw Malformed{"a field of the dtype has no name"};
    const Dtype dtype = parse_dtype(parts[1]);
    std::optional<std::uint64_t> size = dtype.size;
    if (parts.size() == 3) {
      // A number stands for a tuple of one.
      const Json shape = parts[2].is_array() ? parts[2] : Json::array({parts[2]});
      const auto count = element_count(parse_shape(shape));
      size = count ? checked_product(*count, dtype.size) : std::nullopt;
    }
    whole.size = sized(size ? checked_sum(whole.size, *size) : std::nullopt);
    whole.has_objects = whole.has_objects || dtype.has_objects;
    whole.is_big_endian = whole.is_big_endian || dtype.is_big_endian;
    if (whole.fields.size() < most_fields)
      whole.fields.push_back(Json::object({{"name", fact_text(name.as_string(), 256)}, {"dtype", dtype.name}}));
  }
  return whole;
}

// The literal's depth, and with it this recursion, is bounded by its parser.
Dtype parse_dtype(const Json& literal) {
  if (literal.is_string()) return parse_dtype_text(literal.as_string());
  if (!literal.is_array() || literal.as_array().empty())
    throw Malformed{"the dtype is neither a text nor a list of fields"};
  const Json::Array& items = literal.as_array();
  // ("<f4", (2,)): an array inside each element.
  if (items.size() == 2 && items[0].is_string() && !items[1].is_string()) {
    Dtype dtype = parse_dtype_text(items[0].as_string());
    const Json shape = items[1].is_array() ? items[1] : Json::array({items[1]});
    const auto count = element_count(parse_shape(shape));
    dtype.size = sized(count ? checked_product(*count, dtype.size) : std::nullopt);
    return dtype;
  }
  return parse_struct(items);
}

std::string read_header_text(const ByteSource& source, NpyHeader& header) {
  ByteReader in{source};
  in.skip(std::string_view{"\x93NUMPY"}.size());
  const int major = in.byte();
  const int minor = in.byte();
  header.version = fmt::format("{}.{}", major, minor);
  if (major < 1 || major > 3 || minor != 0)
    throw Unscannable{fmt::format("version {} of the NPY format is not known", header.version)};
  const std::uint64_t size = major == 1 ? in.little<std::uint16_t>() : in.little<std::uint32_t>();
  std::string text = in.text(size, longest_header);
  header.data_begin = in.offset();
  return text;
}

}  // namespace

NpyHeader read_npy_header(const ByteSource& source) {
  NpyHeader header;
  const Json literal = parse_python_literal(read_header_text(source, header));
  const Json* descr = literal.find("descr");
  const Json* order = literal.find("fortran_order");
  const Json* shape = literal.find("shape");
  if (descr == nullptr || order == nullptr || shape == nullptr || literal.as_object().size() != 3)
    throw Malformed{"the header does not have just `descr`, `fortran_order` and `shape`"};
  if (!order->is_bool()) throw Malformed{"`fortran_order` is neither True nor False"};
  header.is_fortran_order = order->as_bool();
  header.shape = parse_shape(*shape);
  Dtype dtype = parse_dtype(*descr);
  header.dtype = std::move(dtype.name);
  header.item_size = dtype.size;
  header.has_objects = dtype.has_objects;
  header.is_big_endian = dtype.is_big_endian;
  header.fields = std::move(dtype.fields);
  return header;
}

}  // namespace mlops::formats
