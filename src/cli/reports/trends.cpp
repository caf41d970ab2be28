#include "reports/trends.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "reports/escape.hpp"

namespace mlops::cli {

namespace {

constexpr std::size_t most_sparks = 20;

struct Span {
  double low = 0;
  double high = 0;
  [[nodiscard]] double share(double value) const { return high > low ? (value - low) / (high - low) : 0; }
};

// Figures of drift and of missing cells begin at nothing: the distance from it matters.
Span span_of(const Trend& trend, std::optional<double> limit) {
  Span span{.low = 0, .high = limit.value_or(0)};
  for (const auto& [at, value] : trend) {
    span.low = std::min(span.low, value);
    span.high = std::max(span.high, value);
  }
  return span;
}

}  // namespace

Trend trend_of(const std::vector<domain::Batch>& history, const std::string& figure) {
  Trend trend;
  for (const domain::Batch& batch : history) {
    const auto found = batch.figures.find(figure);
    if (found != batch.figures.end() && std::isfinite(found->second)) trend.emplace_back(batch.at, found->second);
  }
  return trend;
}

std::string spark_of(const Trend& trend, const TextLook& look) {
  constexpr std::array<std::string_view, 8> blocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  constexpr std::array<std::string_view, 8> letters = {"_", ".", ":", "-", "=", "+", "*", "#"};
  if (trend.size() < 2) return "";
  const Span span = span_of(trend, std::nullopt);
  std::string text;
  for (std::size_t i = trend.size() - std::min(most_sparks, trend.size()); i < trend.size(); ++i) {
    const auto level = static_cast<std::size_t>(std::lround(std::clamp(span.share(trend[i].second), 0.0, 1.0) * 7));
    text += look.utf8 ? blocks.at(level) : letters.at(level);
  }
  return text;
}

std::string svg_trend(std::string_view title, const Trend& trend, std::optional<double> limit) {
  if (trend.empty()) return "";
  constexpr double left = 56;
  constexpr double right = 400;
  constexpr double top = 10;
  constexpr double bottom = 90;
  const Span span = span_of(trend, limit);
  const auto first = static_cast<double>(trend.front().first.milliseconds);
  const Span time{.low = first, .high = static_cast<double>(trend.back().first.milliseconds)};
  const auto x_of = [&](Timestamp at) {
    return left + time.share(static_cast<double>(at.milliseconds)) * (right - left);
  };
  const auto y_of = [&](double value) { return bottom - span.share(value) * (bottom - top); };
  std::string pieces =
      fmt::format("<line class=\"axis\" x1=\"{0}\" y1=\"{1}\" x2=\"{2}\" y2=\"{1}\"/>\n", left, bottom, right);
  for (const double value : {span.low, span.high}) {
    pieces += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{:.3g}</text>\n", left - 6,
                          y_of(value) + 4, value);
  }
  if (limit) {
    pieces += fmt::format("<line class=\"limit\" x1=\"{0}\" y1=\"{2:.1f}\" x2=\"{1}\" y2=\"{2:.1f}\"/>\n", left, right,
                          y_of(*limit));
  }
  std::string points;
  for (const auto& [at, value] : trend) {
    points += fmt::format("{}{:.1f},{:.1f}", points.empty() ? "" : " ", x_of(at), y_of(value));
    pieces += fmt::format("<circle class=\"now\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\"><title>{} {}</title></circle>\n",
                          x_of(at), y_of(value), rfc3339(at), figure_text(value));
  }
  if (trend.size() > 1) pieces += fmt::format("<polyline class=\"curve\" points=\"{}\"/>\n", points);
  return fmt::format(
      "<figure>\n<svg class=\"plot\" viewBox=\"0 0 420 104\" width=\"420\" height=\"104\" role=\"img\" "
      "aria-label=\"{0}\">\n{1}</svg>\n<figcaption>{2}: {3} at {4}{5}</figcaption>\n</figure>\n",
      xml_attribute(printable(title)), pieces, xml_text(printable(title)), figure_text(trend.back().second),
      rfc3339(trend.back().first), limit ? fmt::format(", limit {}", figure_text(*limit)) : "");
}

}  // namespace mlops::cli
