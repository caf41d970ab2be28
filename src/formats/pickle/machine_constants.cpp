#include <algorithm>
#include <bit>
#include <limits>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "malformed.hpp"
#include "pickle/machine.hpp"

namespace mlops::formats::pickle {

namespace {

constexpr std::size_t shortest_pickle_with_call = 6;
constexpr std::size_t longest_short_line = 1024;

bool is_quoted(std::string_view line) {
  return line.size() >= 2 && line.front() == line.back() && (line.front() == '\'' || line.front() == '"');
}

}  // namespace

// What is worth a second look: the head of a pickle of any protocol, of a zip archive, or of a pickle that was written
// as Latin-1 text, in Base64 or in hexadecimal digits. Cheap, because there may be millions of texts.
bool Machine::may_hold_pickle(const unsigned char* bytes, std::uint64_t size) const {
  const std::string_view head{reinterpret_cast<const char*>(bytes),
                              static_cast<std::size_t>(std::min<std::uint64_t>(size, Window::longest_head))};
  if (head.size() < shortest_pickle_with_call) return false;
  constexpr std::string_view starts = "c(]})ld";
  if (head[0] == '\x80' || head.starts_with("\xc2\x80") || head.starts_with("PK\x03\x04")) return true;
  if (head.starts_with("gA") || head.starts_with("80")) return true;
  return starts.find(head[0]) != std::string_view::npos && head.find('\n') != std::string_view::npos;
}

void Machine::push_text(std::uint64_t size, Kind kind) {
  if (size > in_.left()) {
    throw Malformed{fmt::format("at byte {} the pickle declares {} bytes, {} are left", at_, size, in_.left())};
  }
  const auto head = static_cast<std::size_t>(std::min<std::uint64_t>(size, Window::longest_head));
  const unsigned char* bytes = in_.take(head);
  const bool is_suspect = may_hold_pickle(bytes, size);
  const Value value = kind == Kind::text && size == head ? tree_.text(at_, bytes, head) : Value{kind, 0, at_};
  if (size > head) in_.skip(size - head);
  push(value);
  if (is_suspect) witness_.on_nested(value);
}

void Machine::push_line_text(Coding coding) {
  if (const auto line = in_.short_line(longest_short_line)) {
    if (coding == Coding::quoted && !is_quoted(*line))
      throw Malformed{fmt::format("at byte {} of the pickle a string is not between quotes", at_)};
    const std::string text = decode(*line, coding, longest_short_line);
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    push(tree_.text(at_, bytes, text.size()));
    if (may_hold_pickle(bytes, text.size())) witness_.on_nested(top());
    return;
  }
  const Blob blob{in_.offset(), in_.skip_line(), coding};
  const std::string head = decode(in_.source(), blob, Window::longest_head);
  push({Kind::text, 0, at_});
  if (may_hold_pickle(reinterpret_cast<const unsigned char*>(head.data()), head.size())) witness_.on_nested(top());
}

void Machine::push_decimal_int() {
  const std::string_view line = trim(in_.line());
  if (line == "00" || line == "01") return push({Kind::boolean, 0, line == "01" ? 1u : 0u});
  if (const auto number = parse_integer(line)) return push({Kind::integer, 0, static_cast<std::uint64_t>(*number)});
  if (line.empty() || line.find_first_not_of("+-0123456789") != std::string_view::npos)
    throw Malformed{fmt::format("at byte {} of the pickle there is no number where one must be", at_)};
  push({Kind::big_integer, 0, at_});
}

void Machine::push_decimal_long() {
  std::string_view line = trim(in_.line());
  if (line.ends_with('L')) line.remove_suffix(1);
  if (const auto number = parse_integer(line)) return push({Kind::integer, 0, static_cast<std::uint64_t>(*number)});
  if (line.empty() || line.find_first_not_of("+-0123456789") != std::string_view::npos)
    throw Malformed{fmt::format("at byte {} of the pickle there is no number where one must be", at_)};
  push({Kind::big_integer, 0, at_});
}

void Machine::push_decimal_float() {
  const std::string_view line = trim(in_.line());
  const std::string word = lower_ascii(line);
  const bool is_negative = word.starts_with('-');
  const std::string_view magnitude = std::string_view{word}.substr(is_negative || word.starts_with('+') ? 1 : 0);
  double value = 0;
  if (magnitude == "nan") {
    value = std::numeric_limits<double>::quiet_NaN();
  } else if (magnitude == "inf" || magnitude == "infinity") {
    value = std::numeric_limits<double>::infinity() * (is_negative ? -1 : 1);
  } else if (const auto number = parse_double(line)) {
    value = *number;
  } else {
    throw Malformed{fmt::format("at byte {} of the pickle there is no number where one must be", at_)};
  }
  push({Kind::real, 0, std::bit_cast<std::uint64_t>(value)});
}

// Little-endian two's complement.
void Machine::push_big(std::uint64_t size) {
  if (size > 8) {
    in_.skip(size);
    return push({Kind::big_integer, 0, at_});
  }
  const unsigned char* bytes = in_.take(static_cast<std::size_t>(size));
  const bool is_negative = size > 0 && (bytes[size - 1] & 0x80) != 0;
  std::uint64_t number = is_negative ? ~std::uint64_t{0} : 0;
  for (auto at = static_cast<std::size_t>(size); at-- > 0;) number = number << 8 | bytes[at];
  push({Kind::integer, 0, number});
}

void Machine::push_binfloat() {
  const unsigned char* bytes = in_.take(8);
  std::uint64_t number = 0;
  for (std::size_t at = 0; at < 8; ++at) number = number << 8 | bytes[at];
  push({Kind::real, 0, number});
}

std::uint64_t Machine::decimal_key() {
  const auto key = parse_integer(trim(in_.line()));
  if (!key || *key < 0) throw Malformed{fmt::format("at byte {} of the pickle there is no number of its memo", at_)};
  return static_cast<std::uint64_t>(*key);
}

}  // namespace mlops::formats::pickle
