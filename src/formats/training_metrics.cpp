// Metrics as JSON Lines: what a training says of itself while it runs.
#include <mlops/formats/metrics.hpp>

#include <optional>
#include <utility>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

#include "metrics_parts.hpp"

namespace mlops::formats {

namespace {

constexpr std::string_view step_key = "step";
constexpr std::uint64_t largest_metrics_file = 256u << 20;

// One line and its number, blank ones left out.
class FilledLines {
 public:
  explicit FilledLines(std::string_view text) : rest_{text} {}

  bool next() {
    while (!rest_.empty()) {
      const auto end = rest_.find('\n');
      line_ = trim(rest_.substr(0, end));
      rest_ = end == std::string_view::npos ? std::string_view{} : rest_.substr(end + 1);
      ++number_;
      if (!line_.empty()) return true;
    }
    return false;
  }

  [[nodiscard]] std::string_view line() const { return line_; }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] std::size_t number() const { return number_; }

 private:
  std::string_view line_;
  std::string_view rest_;
  std::size_t number_ = 0;
};

std::optional<Json> parsed(std::string_view line) {
  try {
    return parse_json(line, "a line");
  } catch (const Error&) {
    return std::nullopt;
  }
}

// One object over several lines is no JSON Lines, and one on a line of its own is when it names a step.
bool are_lines(std::string_view text) {
  FilledLines lines{text};
  if (!lines.next()) return false;
  const auto first = parsed(lines.line());
  if (!first || !first->is_object()) return false;
  return first->find(step_key) != nullptr || !trim(lines.rest()).empty();
}

// Takes the step out of the line's metrics; nullopt when it has none.
std::optional<std::int64_t> take_step(domain::Metrics& metrics, std::string_view source) {
  const auto found = metrics.find(std::string{step_key});
  if (found == metrics.end()) return std::nullopt;
  constexpr double largest = 9007199254740991.0;
  const double step = found->second;
  metrics.erase(found);
  if (step >= 0 && step <= largest && step == static_cast<double>(static_cast<std::int64_t>(step)))
    return static_cast<std::int64_t>(step);
  throw Error{ErrorKind::usage, fmt::format("{}: the step {} is no whole number from 0 on", source, figure_text(step))};
}

void refuse_too_many(std::size_t points, std::string_view source) {
  if (points <= domain::most_series_points) return;
  throw Error{ErrorKind::usage,
              fmt::format("{} holds more than {} values", source, domain::most_series_points),
              {"write them for every tenth step, or for every epoch"}};
}

// The lines of one file, put together.
class Gathering {
 public:
  explicit Gathering(std::string_view source) : source_{source} {}

  void take(std::string_view line, std::size_t number) {
    const std::string where = fmt::format("{} (line {})", source_, number);
    domain::Metrics metrics = metrics_in(parse_figures(line, where), where);
    const auto step = take_step(metrics, where);
    refuse_too_many(points_ += metrics.size(), source_);
    for (const auto& [name, value] : metrics) {
      if (step) {
        series_[name].insert_or_assign(*step, value);
      } else {
        last_word_.insert_or_assign(name, value);
      }
    }
  }

  RunMetrics finish(const domain::BestOf& best) && {
    RunMetrics read{.metrics = std::move(last_word_), .series = std::move(series_)};
    for (const auto& [name, curve] : read.series) read.metrics.emplace(name, domain::final_value(curve, name, best));
    return read;
  }

 private:
  std::string_view source_;
  domain::Metrics last_word_;
  domain::Series series_;
  std::size_t points_ = 0;
};

}  // namespace

RunMetrics parse_run_metrics(std::string_view text, std::string_view source, const domain::BestOf& best) {
  if (!are_lines(text)) return {.metrics = parse_metrics(text, source), .series = {}};
  Gathering gathering{source};
  for (FilledLines lines{text}; lines.next();) gathering.take(lines.line(), lines.number());
  return std::move(gathering).finish(best);
}

RunMetrics read_run_metrics(const std::filesystem::path& path, const domain::BestOf& best) {
  return parse_run_metrics(read_file(path, largest_metrics_file), path.string(), best);
}

RunMetrics read_run_metrics_so_far(const std::filesystem::path& path, const domain::BestOf& best) {
  std::string text;
  try {
    text = read_file(path, largest_metrics_file);
  } catch (const Error&) {
    return {};
  }
  const std::string_view whole = std::string_view{text}.substr(0, text.rfind('\n') + 1);
  if (!are_lines(whole)) return {};
  Gathering gathering{"a line"};
  for (FilledLines lines{whole}; lines.next();) {
    try {
      gathering.take(lines.line(), lines.number());
    } catch (const Error&) {
      continue;  // it is told when the training ends by itself
    }
  }
  return std::move(gathering).finish(best);
}

}  // namespace mlops::formats
