#include "plain.hpp"

#include <algorithm>
#include <string_view>

#include "json/json_stream.hpp"
#include "malformed.hpp"
#include "utf8_check.hpp"

namespace mlops::formats {

bool is_png(const Head& head) { return head.starts_with("\x89PNG\r\n\x1a\n"); }
bool is_jpeg(const Head& head) { return head.starts_with("\xFF\xD8\xFF"); }
bool is_gif(const Head& head) { return head.starts_with("GIF87a") || head.starts_with("GIF89a"); }
bool is_webp(const Head& head) {
  return head.starts_with("RIFF") && std::string_view{head.bytes}.substr(0, 12).ends_with("WEBP");
}
bool is_pdf(const Head& head) { return head.starts_with("%PDF-"); }
bool is_parquet(const Head& head) { return head.starts_with("PAR1"); }
bool is_arrow(const Head& head) { return head.starts_with("ARROW1"); }
bool is_sqlite(const Head& head) { return head.starts_with(std::string_view{"SQLite format 3\0", 16}); }

bool is_json(const Head& head) {
  const MemorySource bytes{head.bytes};
  JsonStream in{bytes};
  try {
    const Token first = in.next();
    if (first != Token::begin_object && first != Token::begin_array) return false;
    while (in.next() != Token::end) {
    }
    return true;
  } catch (const Malformed&) {
    // Where only the first bytes are at hand, their end is no fault of the document.
    return in.offset() >= head.bytes.size() && head.source.size() > head.bytes.size();
  }
}

bool is_text(const Head& head) {
  const auto is_control = [](char c) {
    return (static_cast<unsigned char>(c) < ' ' && (c < '\t' || c > '\r')) || c == '\x7F';
  };
  if (std::ranges::any_of(head.bytes, is_control)) return false;
  Utf8Check utf8;
  return utf8.feed(head.bytes) && (utf8.complete() || head.source.size() > head.bytes.size());
}

}  // namespace mlops::formats
