#include "stages/lines.hpp"

#include <optional>

namespace mlops::app {

namespace {

std::optional<std::string_view> between(std::string_view line, std::string_view begin, std::string_view end) {
  if (line.size() < begin.size() + end.size() || !line.starts_with(begin) || !line.ends_with(end)) return std::nullopt;
  return line.substr(begin.size(), line.size() - begin.size() - end.size());
}

// Whose lines begin after this one: "" for none of a stage's; nullopt when it is no heading.
std::optional<std::string_view> heading(std::string_view line, bool has_marks) {
  const auto remark = has_marks ? between(line, "0 x ", "") : between(line, "[mlops: ", "]");
  if (!remark) return std::nullopt;
  if (*remark == "env.setup") return std::string_view{};
  return between(*remark, "stage ", "");
}

}  // namespace

std::string lines_of_stage(std::string_view log, bool has_marks, std::string_view stage, bool is_over) {
  std::string lines;
  bool is_inside = false;
  while (!log.empty()) {
    const auto end = log.find('\n');
    if (end == std::string_view::npos && !is_over) break;
    const std::string_view line = log.substr(0, end);
    const std::size_t taken = end == std::string_view::npos ? line.size() : end + 1;
    const auto next = heading(line, has_marks);
    if (next) is_inside = *next == stage;
    if (is_inside && !next) lines += log.substr(0, taken);
    log.remove_prefix(taken);
  }
  return lines;
}

}  // namespace mlops::app
