// The log of a run: its lines in the order they came, each with its time and stream.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace mlops::runners {

// In the file, one record a line: "<milliseconds since the start> <mark> <text>". The mark is `o` or `e` for a line of
// stdout or stderr, `O` or `E` for a piece of one that goes on in the next record of that stream or ended without a
// line feed, and `x` for a remark of ours.
struct LogLine {
  enum class Origin { out, err, remark };
  std::int64_t milliseconds = 0;
  Origin origin = Origin::out;
  bool complete = true;  // it ends with a line feed, which is not part of the text
  std::string_view text;
};

// Visits every whole record of `log`; records of another shape are visited as remarks.
void for_each_log_line(std::string_view log, const std::function<void(const LogLine&)>& visit);

// What the command printed, both streams in the order they came.
std::string plain_log(std::string_view log);

}  // namespace mlops::runners
