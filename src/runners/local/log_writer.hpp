// Writes the log of a run while it runs.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mlops/support/files.hpp>

namespace mlops::runners {

// Where each of these values stands in a text, "[NAME]" takes its place.
class Redaction {
 public:
  explicit Redaction(std::vector<std::pair<std::string, std::string>> secrets);
  [[nodiscard]] bool empty() const { return secrets_.empty(); }
  [[nodiscard]] std::string apply(std::string_view text) const;

 private:
  std::vector<std::pair<std::string, std::string>> secrets_;  // name and value; longer values first
};

// A log that can't be written must not end hours of training: the first failure is kept. Of a flood, the beginning and
// the end are kept, and a remark between them tells how much is not.
class LogWriter {
 public:
  using Echo = std::function<void(std::string_view bytes, bool is_stderr)>;

  // Records are appended to what is there already.
  LogWriter(std::filesystem::path path, Redaction redaction, Echo echo);

  void append(std::string_view bytes, bool is_stderr);
  void remark(std::string_view text);
  // Writes what is left of lines without an end, and puts the end of a flood in its place.
  void close();
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  void emit(std::string_view text, bool is_stderr, bool complete);
  void write_record(char mark, std::string_view text);
  void write(std::string_view record);
  void begin_tail();
  void join_tail();
  [[nodiscard]] std::filesystem::path tail_path(int number) const;

  std::filesystem::path path_;
  Redaction redaction_;
  Echo echo_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  FileDescriptor file_;
  std::uint64_t size_ = 0;                 // of the file that is written now
  bool in_tail_ = false;                   // beyond the beginning of a flood
  std::uint64_t left_out_ = 0;             // bytes of records that were dropped
  std::array<std::string, 2> unfinished_;  // what came of a line so far, of stdout and stderr
  std::string failure_;
};

}  // namespace mlops::runners
