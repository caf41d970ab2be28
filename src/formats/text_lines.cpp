#include "text_lines.hpp"

#include <algorithm>

namespace mlops::formats {

namespace {

constexpr std::size_t piece = 256u << 10;

void drop_carriage_return(std::string& line) {
  if (line.ends_with('\r')) line.pop_back();
}

}  // namespace

bool TextLines::load() {
  buffer_ = read_bytes(source_, buffer_end_, piece);
  buffer_end_ += buffer_.size();
  at_ = 0;
  return !buffer_.empty();
}

std::string TextLines::key(std::size_t most) {
  std::string key;
  while (key.size() < most && !at_end()) {
    const char c = buffer_[at_];
    if (c == '\n') break;
    ++at_;
    if (c == '=') return key;
    key += c;
  }
  drop_carriage_return(key);
  return key;
}

template <typename Part>
void TextLines::each_part(Part part) {
  while (!at_end()) {
    const std::string_view left = std::string_view{buffer_}.substr(at_);
    const std::size_t end = left.find('\n');
    part(left.substr(0, end));
    at_ += std::min(end, left.size());
    if (end == std::string_view::npos) continue;
    ++at_;
    return;
  }
}

std::string TextLines::rest(std::size_t most) {
  std::string line;
  each_part([&](std::string_view part) { line += part.substr(0, most - line.size()); });
  drop_carriage_return(line);
  return line;
}

std::uint64_t TextLines::count_words() {
  std::uint64_t words = 0;
  bool in_word = false;
  each_part([&](std::string_view part) {
    for (const char c : part) {
      const bool is_letter = c != ' ' && c != '\r' && c != '\t';
      words += static_cast<std::uint64_t>(is_letter && !in_word);
      in_word = is_letter;
    }
  });
  return words;
}

}  // namespace mlops::formats
