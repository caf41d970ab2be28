#include "pickle/constants.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "pickle/opcodes.hpp"

namespace mlops::formats::pickle {

namespace {

constexpr std::uint64_t longest_line = 64u << 20;

template <typename T>
T little_at(std::string_view bytes, std::size_t at) {
  T value{};
  if (at + sizeof value <= bytes.size()) std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

std::uint64_t line_size(const ByteSource& source, std::uint64_t begin) {
  constexpr std::size_t piece = 4096;
  for (std::uint64_t at = begin; at - begin < longest_line; at += piece) {
    const std::string bytes = read_bytes(source, at, piece);
    const std::size_t end = bytes.find('\n');
    if (end != std::string::npos) return at - begin + end;
    if (bytes.size() < piece) return at - begin + bytes.size();
  }
  return longest_line;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xc0 | code >> 6);
    return put(0x80 | (code & 0x3f));
  }
  if (code < 0x10000) {
    put(0xe0 | code >> 12);
  } else {
    put(0xf0 | (code >> 18 & 7));
    put(0x80 | (code >> 12 & 0x3f));
  }
  put(0x80 | (code >> 6 & 0x3f));
  put(0x80 | (code & 0x3f));
}

// `digits` hexadecimal digits at the start of `text`.
std::optional<std::uint32_t> hexadecimal(std::string_view text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.begin() + digits, value, 16);
  if (error != std::errc{} || end != text.begin() + digits) return std::nullopt;
  return value;
}

std::string decode_escaped(std::string_view raw, std::size_t most) {
  std::string out;
  for (std::size_t at = 0; at < raw.size() && out.size() < most;) {
    const std::string_view rest = raw.substr(at);
    const std::size_t digits = rest.starts_with("\\u") ? 4 : rest.starts_with("\\U") ? 8 : 0;
    const auto code = digits > 0 ? hexadecimal(rest.substr(2), digits) : std::nullopt;
    append_utf8(out, code ? *code : static_cast<unsigned char>(rest[0]));
    at += code ? 2 + digits : 1;
  }
  return out;
}

// What stands after a backslash: how many characters it takes, and the byte it means.
struct Escape {
  std::size_t size = 0;
  char byte = 0;
};

Escape escape_at(std::string_view text) {
  if (text.empty()) return {};
  if (text[0] == 'x') {
    const auto code = hexadecimal(text.substr(1), 2);
    return code ? Escape{3, static_cast<char>(*code)} : Escape{};
  }
  if (text[0] >= '0' && text[0] <= '7') {
    unsigned value = 0;
    std::size_t size = 0;
    for (; size < 3 && size < text.size() && text[size] >= '0' && text[size] <= '7'; ++size)
      value = value * 8 + static_cast<unsigned>(text[size] - '0');
    return {size, static_cast<char>(value)};
  }
  constexpr std::string_view names = "abfnrtv\\'\"";
  constexpr std::string_view means = "\a\b\f\n\r\t\v\\'\"";
  const std::size_t which = names.find(text[0]);
  return which == std::string_view::npos ? Escape{} : Escape{1, means[which]};
}

std::string decode_quoted(std::string_view raw, std::size_t most) {
  if (!raw.empty() && (raw.front() == '\'' || raw.front() == '"')) {
    const char quote = raw.front();
    raw.remove_prefix(1);
    if (raw.ends_with(quote)) raw.remove_suffix(1);
  }
  std::string out;
  for (std::size_t at = 0; at < raw.size() && out.size() < most; ++at) {
    const Escape escape = raw[at] == '\\' ? escape_at(raw.substr(at + 1)) : Escape{};
    out += escape.size > 0 ? escape.byte : raw[at];
    at += escape.size;
  }
  return out;
}

}  // namespace

std::optional<Blob> blob_at(const ByteSource& source, std::uint64_t offset) {
  const std::string head = read_bytes(source, offset, 9);
  if (head.empty()) return std::nullopt;
  switch (Op{static_cast<unsigned char>(head[0])}) {
    case Op::string:
      return Blob{offset + 1, line_size(source, offset + 1), Coding::quoted};
    case Op::unicode:
      return Blob{offset + 1, line_size(source, offset + 1), Coding::escaped};
    case Op::short_binstring:
    case Op::short_binbytes:
    case Op::short_binunicode:
      return Blob{offset + 2, little_at<std::uint8_t>(head, 1), Coding::plain};
    case Op::binstring:
    case Op::binbytes:
    case Op::binunicode:
      return Blob{offset + 5, little_at<std::uint32_t>(head, 1), Coding::plain};
    case Op::binunicode8:
    case Op::binbytes8:
    case Op::bytearray8:
      return Blob{offset + 9, little_at<std::uint64_t>(head, 1), Coding::plain};
    default:
      return std::nullopt;
  }
}

std::string decode(std::string_view raw, Coding coding, std::size_t most) {
  if (coding == Coding::quoted) return decode_quoted(raw, most);
  if (coding == Coding::escaped) return decode_escaped(raw, most);
  return std::string{raw.substr(0, most)};
}

std::string decode(const ByteSource& source, const Blob& blob, std::size_t most) {
  // No coding makes more than one byte of ten.
  const std::uint64_t needed = blob.coding == Coding::plain ? most : std::uint64_t{most} * 10 + 2;
  return decode(read_bytes(source, blob.begin, static_cast<std::size_t>(std::min(blob.size, needed))), blob.coding,
                most);
}

std::optional<std::string> latin1_bytes(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      bytes += text[at];
    } else if ((byte == 0xc2 || byte == 0xc3) && at + 1 < text.size()) {
      ++at;
      bytes += static_cast<char>((byte & 3u) << 6 | (static_cast<unsigned char>(text[at]) & 0x3fu));
    } else {
      return std::nullopt;
    }
  }
  return bytes;
}

}  // namespace mlops::formats::pickle
