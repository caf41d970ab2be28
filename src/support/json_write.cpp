#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/json.hpp>

#include "utf8.hpp"

namespace mlops {

namespace {

// Orders UTF-8 as its UTF-16 would be ordered: there, what lies beyond U+FFFF is written with surrogates, which sort
// before U+E000 to U+FFFF. The lead bytes of those (0xEE, 0xEF) are therefore ranked above all others.
int utf16_rank(char c) {
  const int byte = static_cast<unsigned char>(c);
  return byte == 0xEE || byte == 0xEF ? byte + 0x10 : byte;
}

bool utf16_less(std::string_view a, std::string_view b) {
  return std::ranges::lexicographical_compare(a, b, {}, utf16_rank, utf16_rank);
}

// The shortest decimal digits that read back as `value` (positive), and where the point stands: 0.digits × 10^point.
struct Decimal {
  std::string digits;
  int point = 0;
};

Decimal shortest_decimal(double value) {
  std::array<char, 32> buffer{};
  const auto written =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
  const std::string_view text{buffer.data(), static_cast<std::size_t>(written.ptr - buffer.data())};
  const std::size_t mark = text.find('e');
  Decimal decimal;
  for (const char c : text.substr(0, mark)) {
    if (c != '.') decimal.digits += c;
  }
  const bool plus = text[mark + 1] == '+';
  std::from_chars(text.data() + mark + (plus ? 2 : 1), text.data() + text.size(), decimal.point);
  ++decimal.point;
  return decimal;
}

// An integer of which a double holds only a neighbour would silently change where others read the canonical text.
double exact_double(std::int64_t value) {
  const auto nearest = static_cast<double>(value);
  constexpr double beyond = 9223372036854775808.0;
  if (nearest < beyond && static_cast<std::int64_t>(nearest) == value) return nearest;
  throw Error{ErrorKind::usage,
              fmt::format("integer {} can't be written in canonical JSON, where numbers are doubles", value),
              {"write it as a string, in quotes"}};
}

enum class Style { pretty, line, canonical };

}  // namespace

class JsonWriter {
 public:
  explicit JsonWriter(Style style) : style_{style} {}

  void write(const Json& value) {
    std::visit([this](const auto& held) { write_value(held); }, value.value_);
  }

  std::string take() { return std::move(text_); }

 private:
  void write_value(std::monostate) { text_ += "null"; }
  void write_value(bool value) { text_ += value ? "true" : "false"; }
  void write_value(double value) { text_ += number_text(value); }
  void write_value(std::int64_t value) {
    text_ += style_ == Style::canonical ? number_text(exact_double(value)) : fmt::format_int{value}.str();
  }

  void write_value(const std::string& value) {
    text_ += '"';
    for (std::string_view rest = value; !rest.empty();) {
      const CodePoint point = first_code_point(rest);
      write_code_point(point, rest);
      rest.remove_prefix(std::max<std::size_t>(point.length, 1));
    }
    text_ += '"';
  }

  void write_value(const Json::Array& items) {
    write_all('[', items, ']', [this](const Json& item) { write(item); });
  }

  void write_value(const Json::Object& members) {
    const auto write_member = [this](const Json::Member& member) {
      write_value(member.first);
      text_ += style_ == Style::canonical ? ":" : ": ";
      write(member.second);
    };
    if (style_ != Style::canonical) return write_all('{', members, '}', write_member);
    std::vector<const Json::Member*> sorted;
    sorted.reserve(members.size());
    for (const Json::Member& member : members) sorted.push_back(&member);
    std::ranges::sort(sorted, utf16_less, [](const Json::Member* member) { return std::string_view{member->first}; });
    write_all('{', sorted, '}', [&write_member](const Json::Member* member) { write_member(*member); });
  }

  void write_all(char open, const auto& elements, char close, const auto& write_element) {
    text_ += open;
    ++depth_;
    bool first = true;
    for (const auto& element : elements) {
      if (!first) text_ += style_ == Style::line ? ", " : ",";
      first = false;
      break_line();
      write_element(element);
    }
    --depth_;
    if (!first) break_line();
    text_ += close;
  }

  void break_line() {
    if (style_ != Style::pretty) return;
    text_ += '\n';
    text_.append(2 * depth_, ' ');
  }

  void write_code_point(CodePoint point, std::string_view bytes) {
    if (point.length == 0) return write_invalid_byte();
    switch (point.value) {
      case '"':
        text_ += "\\\"";
        return;
      case '\\':
        text_ += "\\\\";
        return;
      case '\b':
        text_ += "\\b";
        return;
      case '\f':
        text_ += "\\f";
        return;
      case '\n':
        text_ += "\\n";
        return;
      case '\r':
        text_ += "\\r";
        return;
      case '\t':
        text_ += "\\t";
        return;
      default:
        break;
    }
    // People's JSON ends up on terminals, which obey DEL and the C1 controls too.
    const bool terminal_control = style_ != Style::canonical && point.value >= 0x7F && point.value < 0xA0;
    if (point.value < 0x20 || terminal_control) {
      fmt::format_to(std::back_inserter(text_), "\\u{:04x}", point.value);
    } else {
      text_ += bytes.substr(0, point.length);
    }
  }

  // What can't be said in JSON is shown as U+FFFD to people, and never signed or hashed.
  void write_invalid_byte() {
    if (style_ == Style::canonical) {
      throw Error{ErrorKind::failed, "text that is not UTF-8 can't be written in canonical JSON"};
    }
    text_ += "\xEF\xBF\xBD";
  }

  Style style_;
  std::size_t depth_ = 0;
  std::string text_;
};

namespace {

std::string written(const Json& value, Style style) {
  JsonWriter writer{style};
  writer.write(value);
  return writer.take();
}

}  // namespace

std::string to_text(const Json& value) { return written(value, Style::pretty); }

std::string to_line(const Json& value) { return written(value, Style::line); }

std::string canonical(const Json& value) { return written(value, Style::canonical); }

std::string number_text(double value) {
  if (!std::isfinite(value)) {
    throw Error{ErrorKind::failed, fmt::format("{} can't be written in JSON", std::isnan(value) ? "NaN" : "infinity")};
  }
  if (value == 0.0) return "0";
  if (value < 0.0) return "-" + number_text(-value);

  const Decimal decimal = shortest_decimal(value);
  const std::string& digits = decimal.digits;
  const auto count = static_cast<int>(digits.size());
  const int point = decimal.point;
  // The cases of ECMAScript's Number::toString, in its order.
  if (count <= point && point <= 21) return digits + std::string(static_cast<std::size_t>(point - count), '0');
  if (0 < point && point <= 21) {
    const auto whole = static_cast<std::size_t>(point);
    return digits.substr(0, whole) + "." + digits.substr(whole);
  }
  if (-6 < point && point <= 0) return "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  const std::string fraction = count == 1 ? "" : "." + digits.substr(1);
  return fmt::format("{}{}e{:+}", digits[0], fraction, point - 1);
}

}  // namespace mlops
