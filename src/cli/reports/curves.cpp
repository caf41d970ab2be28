#include "reports/curves.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "reports/escape.hpp"
#include "reports/html_style.hpp"
#include "reports/plot_axis.hpp"

namespace mlops::cli {

namespace {

constexpr std::size_t curve_cells = 50;
constexpr std::size_t most_points = 400;  // of a curve in a drawing
constexpr std::size_t most_lines = 24;

struct Frame {
  std::int64_t first = 0;
  std::int64_t last = 0;
  double low = 0;
  double high = 0;
};

Frame frame_of(const Curves& curves) {
  Frame frame{curves.lines.front().second.begin()->first, curves.lines.front().second.begin()->first,
              curves.lines.front().second.begin()->second, curves.lines.front().second.begin()->second};
  for (const auto& [name, curve] : curves.lines) {
    frame.first = std::min(frame.first, curve.begin()->first);
    frame.last = std::max(frame.last, curve.rbegin()->first);
    for (const auto& [step, value] : curve) {
      frame.low = std::min(frame.low, value);
      frame.high = std::max(frame.high, value);
    }
  }
  return frame;
}

double share_of(double value, double low, double high) { return high > low ? (value - low) / (high - low) : 0.5; }

// One character for each part of the steps: the last value there, and a blank before the first and after the end.
std::string spark_line(const domain::Curve& curve, const Frame& frame, const TextLook& look) {
  constexpr std::array<std::string_view, 8> blocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  constexpr std::array<std::string_view, 8> letters = {"_", ".", ":", "-", "=", "+", "*", "#"};
  const auto steps = static_cast<double>(frame.last - frame.first) + 1;
  const std::size_t width = std::min(curve_cells, static_cast<std::size_t>(steps));
  std::string text;
  for (std::size_t cell = 0; cell < width; ++cell) {
    const double end =
        static_cast<double>(frame.first) + steps * static_cast<double>(cell + 1) / static_cast<double>(width);
    const auto beyond = curve.lower_bound(static_cast<std::int64_t>(std::ceil(end)));
    const double begin = end - steps / static_cast<double>(width);
    if (beyond == curve.begin() || static_cast<double>(curve.rbegin()->first) < std::floor(begin)) {
      text += ' ';
      continue;
    }
    const double share = share_of(std::prev(beyond)->second, frame.low, frame.high);
    const auto level = static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * 7));
    text += look.utf8 ? blocks.at(level) : letters.at(level);
  }
  return text;
}

std::string colour_of(std::size_t line) {
  // Far apart for those who see colours, and told apart by their labels for those who don't.
  constexpr std::array<std::string_view, 8> colours = {"#2f6fb7", "#c2570c", "#1a7f37", "#8250df",
                                                       "#bf3989", "#9a6700", "#0f7b8a", "#6e7781"};
  return std::string{colours.at(line % colours.size())};
}

// Every so many points, the last one always.
std::vector<std::pair<std::int64_t, double>> thinned_curve(const domain::Curve& curve) {
  const std::size_t stride = (curve.size() + most_points - 1) / most_points;
  std::vector<std::pair<std::int64_t, double>> points;
  std::size_t i = 0;
  for (const auto& point : curve) {
    if (i++ % stride == 0) points.emplace_back(point);
  }
  if (points.back().first != curve.rbegin()->first) points.emplace_back(*curve.rbegin());
  return points;
}

std::string svg_text(double x, double y, std::string_view anchor, std::string_view text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor, xml_text(text));
}

std::string svg_curves(const Curves& curves) {
  constexpr double left = 64;
  constexpr double right = 560;
  constexpr double top = 12;
  constexpr double bottom = 220;
  constexpr double legend = 572;
  const Frame frame = frame_of(curves);
  const auto x_of = [&](std::int64_t step) {
    return left +
           share_of(static_cast<double>(step), static_cast<double>(frame.first), static_cast<double>(frame.last)) *
               (right - left);
  };
  const auto y_of = [&](double value) { return bottom - share_of(value, frame.low, frame.high) * (bottom - top); };
  std::string pieces = fmt::format(
      "<line class=\"axis\" stroke=\"currentColor\" x1=\"{0}\" y1=\"{1}\" x2=\"{2}\" y2=\"{1}\"/>\n"
      "<line class=\"axis\" stroke=\"currentColor\" x1=\"{0}\" y1=\"{3}\" x2=\"{0}\" y2=\"{1}\"/>\n",
      left, bottom, right, top);
  for (const double value : {frame.low, frame.high})
    pieces += svg_text(left - 6, y_of(value) + 4, "end", figure_text(value));
  pieces += svg_text(left, bottom + 18, "start", fmt::format("step {}", frame.first));
  pieces += svg_text(right, bottom + 18, "end", std::to_string(frame.last));
  const std::size_t drawn = std::min(curves.lines.size(), most_lines);
  for (std::size_t i = 0; i < drawn; ++i) {
    const auto& [name, curve] = curves.lines[i];
    std::string points;
    for (const auto& [step, value] : thinned_curve(curve))
      points += fmt::format("{:.1f},{:.1f} ", x_of(step), y_of(value));
    const std::string dashes = i < 8 ? "" : " stroke-dasharray=\"5 3\"";
    if (curve.size() == 1) {
      pieces += fmt::format("<circle fill=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\"/>\n", colour_of(i),
                            x_of(curve.begin()->first), y_of(curve.begin()->second));
    } else {
      points.pop_back();
      pieces += fmt::format("<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"2\"{} points=\"{}\"/>\n",
                            colour_of(i), dashes, points);
    }
    const double y = top + 10 + static_cast<double>(i) * 16;
    pieces += fmt::format("<line stroke=\"{}\" stroke-width=\"2\"{} x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>\n",
                          colour_of(i), dashes, legend, y - 4, legend + 18, y - 4);
    pieces += svg_text(legend + 24, y, "start", name);
  }
  const double height = std::max(bottom + 28, top + 16 * static_cast<double>(drawn) + 20);
  const std::string left_out =
      curves.lines.size() > drawn ? fmt::format(", {} runs left out", curves.lines.size() - drawn) : "";
  return fmt::format(
      "<figure>\n<svg class=\"plot\" viewBox=\"0 0 680 {0:.0f}\" width=\"680\" height=\"{0:.0f}\" role=\"img\" "
      "aria-label=\"{1}\">\n{2}</svg>\n<figcaption>{3} over steps {4} to {5}{6}</figcaption>\n</figure>\n",
      height, xml_attribute(curves.metric), pieces, xml_text(printable(curves.metric)), frame.first, frame.last,
      left_out);
}

std::string table_cell(std::string_view text) {
  constexpr std::size_t longest_cell = 400;
  return fmt::format("<td>{}</td>", xml_text(shortened(text, longest_cell)));
}

std::string table_of(const app::CompareRunsOutcome& outcome) {
  std::string head = "<th>run</th><th>status</th>";
  for (const std::string& name : outcome.params) head += fmt::format("<th>{}</th>", xml_text(printable(name)));
  for (const std::string& name : outcome.metrics) head += fmt::format("<th>{}</th>", xml_text(printable(name)));
  std::string rows;
  for (const domain::Run& run : outcome.runs) {
    rows += "<tr>" + table_cell(std::to_string(run.number)) + table_cell(domain::name_of(run.status));
    for (const std::string& name : outcome.params) {
      const auto found = run.params.find(name);
      rows += table_cell(found == run.params.end()   ? ""
                         : found->second.is_string() ? printable(found->second.as_string())
                                                     : to_line(found->second));
    }
    for (const std::string& name : outcome.metrics) {
      const auto found = run.metrics.find(name);
      rows += table_cell(found == run.metrics.end() ? std::string{} : figure_text(found->second));
    }
    rows += "</tr>\n";
  }
  return fmt::format(
      "<div class=\"scroll\">\n<table>\n<thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody>\n</table>\n</div>\n", head,
      rows);
}

}  // namespace

std::vector<Curves> curves_of(const app::CompareRunsOutcome& outcome) {
  std::map<std::string, Curves> by_metric;
  for (const domain::Run& run : outcome.runs) {
    const auto series = outcome.series.find(run.number);
    if (series == outcome.series.end()) continue;
    for (const auto& [metric, curve] : series->second) {
      if (curve.empty()) continue;
      Curves& curves = by_metric[metric];
      curves.metric = metric;
      curves.lines.emplace_back(fmt::format("run {}", run.number), curve);
    }
  }
  std::vector<Curves> all;
  for (auto& [metric, curves] : by_metric) all.push_back(std::move(curves));
  return all;
}

std::string text_curves(const Curves& curves, const TextLook& look, std::string_view indent) {
  const Frame frame = frame_of(curves);
  std::string text =
      fmt::format("{}{}, steps {} to {}\n", indent, look.style.bold(printable(curves.metric)), frame.first, frame.last);
  std::size_t widest = 0;
  for (const auto& [name, curve] : curves.lines) widest = std::max(widest, name.size());
  for (const auto& [name, curve] : curves.lines) {
    text += fmt::format("{}  {:<{}}  {}  {} to {}\n", indent, name, widest, spark_line(curve, frame, look),
                        figure_text(curve.begin()->second), figure_text(curve.rbegin()->second));
  }
  return text;
}

std::string html_runs(const app::CompareRunsOutcome& outcome) {
  std::string figures;
  for (const Curves& curves : curves_of(outcome)) figures += svg_curves(curves);
  const std::string title = fmt::format("{} runs compared", outcome.runs.size());
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n<header>\n<h1>{0}</h1>\n</header>\n"
      "<main>\n<section>\n{2}</section>\n<section>\n{3}</section>\n</main>\n</body>\n</html>\n",
      title, html_style, table_of(outcome), figures);
}

}  // namespace mlops::cli
