#include "reports/text_plots.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "reports/plot_axis.hpp"
#include "table.hpp"

namespace mlops::cli {

namespace {

constexpr std::size_t bar_cells = 41;
constexpr std::size_t spark_cells = 60;

struct Signs {
  std::string_view ground, interval, low, high, point, line;
};
constexpr Signs unicode_signs = {"·", "━", "┣", "┫", "●", "│"};
constexpr Signs ascii_signs = {".", "=", "[", "]", "o", "|"};

const Signs& signs_of(const TextLook& look) { return look.utf8 ? unicode_signs : ascii_signs; }

std::size_t cell_of(const Axis& axis, double value) {
  return static_cast<std::size_t>(std::lround(axis.place(value) * static_cast<double>(bar_cells - 1)));
}

// What stands on one bar; a part that is absent is not drawn.
struct Marks {
  std::optional<double> point, low, high, line;
  bool is_open = false;  // an unknown end goes on to the edge
};

std::string bar(const Marks& marks, const Axis& axis, const TextLook& look) {
  const Signs& signs = signs_of(look);
  std::array<std::string_view, bar_cells> cells{};
  cells.fill(signs.ground);
  if ((marks.low && marks.high) || marks.is_open) {
    const std::size_t from = marks.low ? cell_of(axis, *marks.low) : 0;
    const std::size_t to = marks.high ? cell_of(axis, *marks.high) : bar_cells - 1;
    for (std::size_t i = from; i <= to && i < bar_cells; ++i) cells.at(i) = signs.interval;
    if (marks.low) cells.at(from) = signs.low;
    if (marks.high) cells.at(to) = signs.high;
  }
  if (marks.line) cells.at(cell_of(axis, *marks.line)) = signs.line;
  if (marks.point) cells.at(cell_of(axis, *marks.point)) = signs.point;
  return fmt::format("{}", fmt::join(cells, ""));
}

std::vector<double> values_in(const Marks& marks) {
  std::vector<double> values;
  for (const auto& value : {marks.point, marks.low, marks.high, marks.line}) {
    if (value) values.push_back(*value);
  }
  return values;
}

// One character per value, from nothing at 0 to full at `most`.
std::string spark(const std::vector<double>& values, double most, const TextLook& look) {
  constexpr std::array<std::string_view, 9> blocks = {"·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  constexpr std::array<std::string_view, 9> letters = {"_", ".", ":", "-", "=", "+", "*", "#", "@"};
  std::string text;
  for (const double value : values) {
    const double share = most > 0 ? std::clamp(value / most, 0.0, 1.0) : 0;
    const auto level = share > 0 ? std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(share * 8))) : 0;
    text += look.utf8 ? blocks.at(level) : letters.at(level);
  }
  return text;
}

std::string lines(const IntervalPlot& plot, const TextLook& look, std::string_view indent) {
  const Marks marks{plot.point, plot.low, plot.high, plot.line, true};
  const auto axis = axis_around(values_in(marks));
  return axis ? fmt::format("{}{}\n", indent, bar(marks, *axis, look)) : std::string{};
}

std::string lines(const HistogramPlot& full, const TextLook& look, std::string_view indent) {
  const HistogramPlot plot = coarser(full, spark_cells);
  double most = std::ranges::max(plot.shares);
  if (plot.reference.empty()) return fmt::format("{}{}\n", indent, spark(plot.shares, most, look));
  most = std::max(most, std::ranges::max(plot.reference));
  return fmt::format("{0}now        {1}\n{0}reference  {2}\n", indent, spark(plot.shares, most, look),
                     spark(plot.reference, most, look));
}

std::string lines(const ReliabilityPlot& plot, const TextLook& look, std::string_view indent) {
  std::vector<double> predicted;
  std::vector<double> observed;
  for (const auto& bin : plot.bins) {
    if (predicted.size() == spark_cells) break;
    predicted.push_back(bin.predicted);
    observed.push_back(bin.observed);
  }
  return fmt::format("{0}predicted  {1}\n{0}observed   {2}\n", indent, spark(predicted, 1, look),
                     spark(observed, 1, look));
}

// The height of the curve at x, on the straight line between its neighbours.
double height_at(const std::vector<std::pair<double, double>>& points, double x) {
  const auto right = std::ranges::lower_bound(points, x, {}, &std::pair<double, double>::first);
  if (right == points.end()) return points.back().second;
  if (right == points.begin()) return right->second;
  const auto left = std::prev(right);
  const double gap = right->first - left->first;
  return gap > 0 ? left->second + (right->second - left->second) * (x - left->first) / gap : right->second;
}

std::string lines(const RocPlot& plot, const TextLook& look, std::string_view indent) {
  std::vector<double> heights;
  for (std::size_t i = 0; i < bar_cells; ++i) {
    heights.push_back(height_at(plot.points, static_cast<double>(i) / static_cast<double>(bar_cells - 1)));
  }
  return fmt::format("{}{}\n", indent, spark(heights, 1, look));
}

std::string lines(const GroupsPlot& plot, const TextLook& look, std::string_view indent) {
  constexpr std::size_t longest_name = 30;
  std::vector<double> values;
  for (const auto& group : plot.groups) {
    for (const double value : values_in({group.value, group.low, group.high, {}})) values.push_back(value);
  }
  const auto axis = axis_around(values);
  Table table{{"GROUP", "ROWS", "VALUE", "INTERVAL", " "}};
  for (const auto& group : plot.groups) {
    const bool has_ends = group.low && group.high;
    table.add({{truncate_to_width(printable(group.name), longest_name)},
               {group.count ? figure_text(*group.count) : ""},
               {group.value ? figure_text(*group.value) : "none"},
               {has_ends ? fmt::format("[{}, {}]", figure_text(*group.low), figure_text(*group.high)) : ""},
               {axis ? bar({group.value, group.low, group.high, {}}, *axis, look) : ""}});
  }
  return table.text(Style{}, look.columns, indent);
}

}  // namespace

std::string text_plot(const Plot& plot, const TextLook& look, std::string_view indent) {
  std::string caption = caption_of(plot);
  if (!look.utf8) {
    for (std::size_t at = caption.find("∞"); at != std::string::npos; at = caption.find("∞")) {
      caption.replace(at, std::string_view{"∞"}.size(), "inf");
    }
  }
  return fmt::format("{}{}\n{}", indent, caption,
                     std::visit([&](const auto& one) { return lines(one, look, indent); }, plot));
}

std::string evidence_plots(const std::vector<domain::Evidence>& evidence, const TextLook& look) {
  std::string text;
  for (const auto& item : evidence) {
    const std::vector<Plot> plots = plots_of(item.figures);
    if (plots.empty()) continue;
    text += fmt::format("  {}\n", printable(item.check));
    for (const Plot& plot : plots) text += text_plot(plot, look, "    ");
  }
  return text;
}

}  // namespace mlops::cli
