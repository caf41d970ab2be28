#include "pickle/window.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "malformed.hpp"

namespace mlops::formats::pickle {

Window::Window(const ByteSource& source, std::size_t piece) : source_{source}, end_{source.size()}, piece_{piece} {}

void Window::seek(std::uint64_t offset) {
  offset = std::min(offset, end_);
  if (offset >= buffer_at_ && offset - buffer_at_ <= buffer_.size()) {
    at_ = static_cast<std::size_t>(offset - buffer_at_);
    return;
  }
  buffer_.clear();
  buffer_at_ = offset;
  at_ = 0;
}

void Window::skip(std::uint64_t bytes) {
  if (bytes > left()) throw Malformed{fmt::format("it ends {} bytes too early", bytes - left())};
  seek(offset() + bytes);
}

void Window::refill(std::size_t bytes) {
  const std::uint64_t here = offset();
  if (bytes > left()) throw Malformed{"it ends in the middle of an instruction"};
  buffer_ = read_bytes(source_, here, static_cast<std::size_t>(std::min<std::uint64_t>(piece_, left())));
  buffer_at_ = here;
  at_ = 0;
  if (buffer_.size() < bytes) throw Malformed{"it ends in the middle of an instruction"};
}

std::string_view Window::line() {
  std::size_t end = buffer_.find('\n', at_);
  if (end == std::string::npos && left() > buffer_.size() - at_) {
    refill(1);
    end = buffer_.find('\n', at_);
  }
  if (end == std::string::npos) throw Malformed{"a line does not end"};
  const std::string_view found = std::string_view{buffer_}.substr(at_, end - at_);
  at_ = end + 1;
  return found;
}

std::optional<std::string_view> Window::short_line(std::size_t most) {
  if (buffer_.size() - at_ <= most && left() > buffer_.size() - at_) refill(1);
  const std::string_view rest = std::string_view{buffer_}.substr(at_, most + 1);
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  at_ += end + 1;
  return rest.substr(0, end);
}

std::uint64_t Window::skip_line() {
  const std::uint64_t start = offset();
  for (;;) {
    const std::size_t end = buffer_.find('\n', at_);
    if (end != std::string::npos) {
      at_ = end + 1;
      return offset() - start - 1;
    }
    at_ = buffer_.size();
    refill(1);
  }
}

}  // namespace mlops::formats::pickle
