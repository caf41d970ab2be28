#include <mlops/runners/log_lines.hpp>

#include <algorithm>
#include <optional>

#include <mlops/support/text.hpp>

namespace mlops::runners {

namespace {

constexpr std::string_view marks = "oeOEx";

// nullopt when the record has another shape.
std::optional<LogLine> parse_record(std::string_view record) {
  const auto space = record.find(' ');
  if (space == std::string_view::npos || record.size() < space + 3 || record[space + 2] != ' ') return std::nullopt;
  const auto milliseconds = parse_integer(record.substr(0, space));
  const char mark = record[space + 1];
  if (!milliseconds || marks.find(mark) == std::string_view::npos) return std::nullopt;
  LogLine line;
  line.milliseconds = *milliseconds;
  line.complete = mark != 'O' && mark != 'E';
  if (mark == 'e' || mark == 'E') line.origin = LogLine::Origin::err;
  if (mark == 'x') line.origin = LogLine::Origin::remark;
  line.text = record.substr(space + 3);
  return line;
}

}  // namespace

void for_each_log_line(std::string_view log, const std::function<void(const LogLine&)>& visit) {
  while (!log.empty()) {
    const auto end = log.find('\n');
    if (end == std::string_view::npos) return;  // still being written
    const std::string_view record = log.substr(0, end);
    log.remove_prefix(end + 1);
    visit(parse_record(record).value_or(LogLine{.origin = LogLine::Origin::remark, .text = record}));
  }
}

std::string plain_log(std::string_view log) {
  std::string text;
  text.reserve(log.size());
  for_each_log_line(log, [&](const LogLine& line) {
    if (line.origin == LogLine::Origin::remark) text += "[mlops: ";
    text += line.text;
    if (line.origin == LogLine::Origin::remark) text += ']';
    if (line.complete) text += '\n';
  });
  return text;
}

}  // namespace mlops::runners
