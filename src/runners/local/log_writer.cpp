#include "local/log_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <span>

#include <fcntl.h>

#include <fmt/format.h>

#include <mlops/runners/runner.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::runners {

namespace {

// A flood takes at most the first, and twice the second.
constexpr std::uint64_t largest_beginning = 32u << 20;
constexpr std::uint64_t largest_tail_part = 16u << 20;
constexpr std::size_t longest_piece = 4096;
// Shorter values stand in too many texts by chance.
constexpr std::size_t shortest_secret = 4;

FileDescriptor open_log(const std::filesystem::path& path, int flags) {
  FileDescriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | flags, 0600)};
  if (!file.valid()) throw system_error("can't create the log", path.string(), errno);
  return file;
}

// Of a device, nothing.
std::uint64_t size_so_far(const std::filesystem::path& path) {
  std::error_code no_file;
  const auto size = std::filesystem::file_size(path, no_file);
  return no_file ? 0 : size;
}

}  // namespace

Redaction::Redaction(std::vector<std::pair<std::string, std::string>> secrets) : secrets_{std::move(secrets)} {
  std::erase_if(secrets_, [](const auto& secret) { return secret.second.size() < shortest_secret; });
  std::ranges::sort(secrets_, [](const auto& a, const auto& b) { return a.second.size() > b.second.size(); });
}

std::string Redaction::apply(std::string_view text) const {
  std::string result{text};
  for (const auto& [name, value] : secrets_) {
    const std::string shown = fmt::format("[{}]", name);
    for (auto at = result.find(value); at != std::string::npos; at = result.find(value, at + shown.size()))
      result.replace(at, value.size(), shown);
  }
  return result;
}

std::string redacted(std::string_view text, const std::vector<std::pair<std::string, std::string>>& secrets) {
  return Redaction{secrets}.apply(text);
}

LogWriter::LogWriter(std::filesystem::path path, Redaction redaction, Echo echo)
    : path_{std::move(path)},
      redaction_{std::move(redaction)},
      echo_{std::move(echo)},
      file_{open_log(path_, O_APPEND)},
      size_{size_so_far(path_)} {}

void LogWriter::append(std::string_view bytes, bool is_stderr) {
  if (echo_ && redaction_.empty()) echo_(bytes, is_stderr);
  std::string& unfinished = unfinished_[is_stderr ? 1 : 0];
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    if (end == std::string_view::npos) {
      unfinished += bytes;
      break;
    }
    unfinished += bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    emit(unfinished, is_stderr, true);
    unfinished.clear();
  }
  // A secret must not be cut in two: with secrets, a piece is let go only when a whole line's worth is there.
  const std::size_t limit = redaction_.empty() ? longest_piece : longest_piece * 64;
  if (unfinished.size() < limit) return;
  emit(unfinished, is_stderr, false);
  unfinished.clear();
}

void LogWriter::remark(std::string_view text) { write_record('x', text); }

void LogWriter::close() {
  for (const bool is_stderr : {false, true}) {
    std::string& unfinished = unfinished_[is_stderr ? 1 : 0];
    if (!unfinished.empty()) emit(unfinished, is_stderr, false);
    unfinished.clear();
  }
  if (in_tail_) join_tail();
}

void LogWriter::emit(std::string_view text, bool is_stderr, bool complete) {
  const char mark = is_stderr ? (complete ? 'e' : 'E') : (complete ? 'o' : 'O');
  if (redaction_.empty()) return write_record(mark, text);
  const std::string redacted = redaction_.apply(text);
  if (echo_) echo_(complete ? redacted + '\n' : redacted, is_stderr);
  write_record(mark, redacted);
}

void LogWriter::write_record(char mark, std::string_view text) {
  const auto since = std::chrono::steady_clock::now() - start_;
  write(fmt::format("{} {} {}\n", std::chrono::duration_cast<std::chrono::milliseconds>(since).count(), mark, text));
}

void LogWriter::write(std::string_view record) {
  if (!failure_.empty()) return;
  try {
    const std::uint64_t limit = in_tail_ ? largest_tail_part : largest_beginning;
    if (size_ + record.size() > limit) begin_tail();
    write_all(file_.get(), std::as_bytes(std::span{record}), path_);
    size_ += record.size();
  } catch (const Error& error) {
    failure_ = error.message();
  }
}

// The end of the log goes to a new file; the part before the last one is let go.
void LogWriter::begin_tail() {
  std::error_code absent;
  if (in_tail_) {
    const auto dropped = std::filesystem::file_size(tail_path(0), absent);
    if (!absent) left_out_ += dropped;
    std::filesystem::rename(tail_path(1), tail_path(0));
  }
  file_ = open_log(tail_path(1), O_TRUNC);
  size_ = 0;
  in_tail_ = true;
}

void LogWriter::join_tail() {
  if (!failure_.empty()) return;
  try {
    in_tail_ = false;
    size_ = 0;
    file_ = open_log(path_, O_APPEND);
    if (left_out_ > 0) remark(fmt::format("{} are left out here", bytes_text(left_out_)));
    for (const int number : {0, 1}) {
      if (!std::filesystem::exists(tail_path(number))) continue;
      const std::string part = read_file(tail_path(number));
      write_all(file_.get(), std::as_bytes(std::span{part}), path_);
      std::filesystem::remove(tail_path(number));
    }
  } catch (const Error& error) {
    failure_ = error.message();
  }
}

std::filesystem::path LogWriter::tail_path(int number) const {
  return fmt::format("{}.tail{}", path_.string(), number);
}

}  // namespace mlops::runners
