#include "reports/svg_plots.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "reports/escape.hpp"
#include "reports/plot_axis.hpp"

namespace mlops::cli {

namespace {

constexpr double plot_width = 400;   // of which a phone shows most, so that labels stay legible
constexpr double square_side = 240;  // of a square plot
constexpr double margin_x = 24;      // left and right of an axis

// Coordinates need no more than a tenth of a pixel, and "-0.0" is none.
std::string px(double value) { return fmt::format("{:.1f}", std::abs(value) < 0.05 ? 0 : value); }

// How a piece looks where the page's style sheet is not followed, as by some makers of PDF. The sheet overrules it.
std::string_view attributes_of(std::string_view kind) {
  if (kind == "interval") return R"(fill="currentColor" fill-opacity="0.3")";
  if (kind == "point") return R"(fill="currentColor")";
  if (kind == "now") return R"(fill="#2f6fb7")";
  if (kind == "reference") return R"(fill="#a9b4c0")";
  if (kind == "curve") return R"(fill="none" stroke="#2f6fb7")";
  if (kind == "zero" || kind == "limit") return R"(stroke="currentColor" stroke-dasharray="4 3")";
  return R"(stroke="currentColor")";
}

// The pieces of one drawing.
class Drawing {
 public:
  void line(std::string_view kind, double x1, double y1, double x2, double y2) {
    add(R"(<line class="{}" {} x1="{}" y1="{}" x2="{}" y2="{}"/>)", kind, attributes_of(kind), px(x1), px(y1), px(x2),
        px(y2));
  }
  void box(std::string_view kind, double x, double y, double wide, double high) {
    add(R"(<rect class="{}" {} x="{}" y="{}" width="{}" height="{}"/>)", kind, attributes_of(kind), px(x), px(y),
        px(std::max(wide, 0.0)), px(std::max(high, 0.0)));
  }
  void dot(std::string_view kind, double x, double y, double radius) {
    add(R"(<circle class="{}" {} cx="{}" cy="{}" r="{}"/>)", kind, attributes_of(kind), px(x), px(y), px(radius));
  }
  void label(double x, double y, std::string_view anchor, std::string_view text) {
    add(R"(<text x="{}" y="{}" text-anchor="{}">{}</text>)", px(x), px(y), anchor, xml_text(text));
  }
  void curve(std::string_view kind, const std::vector<std::pair<double, double>>& points) {
    std::string list;
    for (const auto& [x, y] : points) list += fmt::format("{}{},{}", list.empty() ? "" : " ", px(x), px(y));
    add(R"(<polyline class="{}" {} points="{}"/>)", kind, attributes_of(kind), list);
  }
  [[nodiscard]] std::string svg(domain::CheckResult result, double wide, double high, std::string_view title) const {
    return fmt::format(
        "<svg class=\"plot {}\" viewBox=\"0 0 {:.0f} {:.0f}\" width=\"{:.0f}\" height=\"{:.0f}\" role=\"img\" "
        "aria-label=\"{}\">\n{}</svg>\n",
        name_of(result), wide, high, wide, high, xml_attribute(title), pieces_);
  }

 private:
  template <typename... Parts>
  void add(fmt::format_string<Parts...> form, Parts&&... parts) {
    fmt::format_to(std::back_inserter(pieces_), form, std::forward<Parts>(parts)...);
    pieces_ += '\n';
  }
  std::string pieces_;
};

double across(const Axis& axis, double value) { return margin_x + axis.place(value) * (plot_width - 2 * margin_x); }

void draw_axis(Drawing& drawing, const Axis& axis, double y) {
  drawing.line("axis", margin_x, y, plot_width - margin_x, y);
  for (const double tick : ticks_on(axis)) {
    drawing.line("axis", across(axis, tick), y, across(axis, tick), y + 4);
    drawing.label(across(axis, tick), y + 17, "middle", figure_text(tick));
  }
}

// So that a label near an edge stays inside.
std::string_view anchor_at(double x) {
  if (x < plot_width / 4) return "start";
  return x > plot_width * 3 / 4 ? "end" : "middle";
}

std::vector<double> known(std::initializer_list<std::optional<double>> values) {
  std::vector<double> found;
  for (const auto& value : values) {
    if (value) found.push_back(*value);
  }
  return found;
}

std::string drawn(const IntervalPlot& plot, domain::CheckResult result, const std::string& title) {
  constexpr double top = 24;
  constexpr double middle = 44;
  constexpr double bottom = 64;
  constexpr double height = 88;
  const auto zero = plot.is_difference ? std::optional{0.0} : std::nullopt;
  const auto axis = axis_around(known({plot.point, plot.low, plot.high, plot.line, zero}));
  if (!axis) return "";
  Drawing drawing;
  draw_axis(drawing, *axis, bottom);
  if (zero) drawing.line("zero", across(*axis, 0), top, across(*axis, 0), bottom);
  const double from = across(*axis, plot.low.value_or(axis->low));
  const double to = across(*axis, plot.high.value_or(axis->high));
  drawing.box("interval", from, middle - 6, to - from, 12);
  if (plot.low) drawing.line("end", from, middle - 10, from, middle + 10);
  if (plot.high) drawing.line("end", to, middle - 10, to, middle + 10);
  if (plot.line) {
    const double x = across(*axis, *plot.line);
    drawing.line("limit", x, top - 4, x, bottom);
    drawing.label(x, top - 10, anchor_at(x),
                  fmt::format("{} {}", plot.is_difference ? "limit" : "wanted", figure_text(*plot.line)));
  }
  drawing.dot("point", across(*axis, plot.point), middle, 6);
  return drawing.svg(result, plot_width, height, title);
}

std::string drawn(const HistogramPlot& plot, domain::CheckResult result, const std::string& title) {
  constexpr double top = 8;
  constexpr double bottom = 120;
  constexpr double height = 144;
  double tallest = std::ranges::max(plot.shares);
  if (!plot.reference.empty()) tallest = std::max(tallest, std::ranges::max(plot.reference));
  const auto bins = static_cast<double>(plot.shares.size());
  const double step = (plot_width - 2 * margin_x) / bins;
  Drawing drawing;
  const auto bar = [&](std::string_view kind, std::size_t bin, double share, double inset) {
    const double high = share / tallest * (bottom - top);
    drawing.box(kind, margin_x + static_cast<double>(bin) * step + step * inset, bottom - high, step * (1 - 2 * inset),
                high);
  };
  for (std::size_t i = 0; i < plot.reference.size(); ++i) bar("reference", i, plot.reference[i], 0.04);
  for (std::size_t i = 0; i < plot.shares.size(); ++i) {
    bar("now", i, plot.shares[i], plot.reference.empty() ? 0.04 : 0.25);
  }
  drawing.line("axis", margin_x, bottom, plot_width - margin_x, bottom);
  const std::size_t half = plot.shares.size() / 2;
  drawing.label(margin_x, bottom + 17, "start", figure_text(plot.edges.front()));
  if (half > 0) {
    drawing.label(margin_x + static_cast<double>(half) * step, bottom + 17, "middle", figure_text(plot.edges[half]));
  }
  drawing.label(plot_width - margin_x, bottom + 17, "end", figure_text(plot.edges.back()));
  return drawing.svg(result, plot_width, height, title);
}

// A square from 0 to 1 both ways, with its diagonal.
constexpr double square_left = 40;
constexpr double square_top = 24;
double square_x(double share) { return square_left + share * (square_side - square_left - 12); }
double square_y(double share) { return square_top + (1 - share) * (square_side - square_top - 40); }

Drawing square(std::string_view under, std::string_view beside) {
  Drawing drawing;
  drawing.line("axis", square_x(0), square_y(0), square_x(1), square_y(0));
  drawing.line("axis", square_x(0), square_y(0), square_x(0), square_y(1));
  drawing.line("zero", square_x(0), square_y(0), square_x(1), square_y(1));
  for (const double tick : {0.0, 0.5, 1.0}) {
    drawing.label(square_x(tick), square_y(0) + 16, "middle", figure_text(tick));
    drawing.label(square_x(0) - 6, square_y(tick) + 4, "end", figure_text(tick));
  }
  drawing.label(square_x(0.5), square_y(0) + 32, "middle", under);
  drawing.label(square_x(0) - 6, square_top - 10, "start", beside);
  return drawing;
}

std::string drawn(const ReliabilityPlot& plot, domain::CheckResult result, const std::string& title) {
  Drawing drawing = square("predicted", "observed");
  double most = 0;
  std::vector<std::pair<double, double>> points;
  for (const auto& bin : plot.bins) {
    most = std::max(most, bin.count);
    points.emplace_back(square_x(bin.predicted), square_y(bin.observed));
  }
  drawing.curve("curve", points);
  for (const auto& bin : plot.bins) {
    const double weight = most > 0 ? std::sqrt(bin.count / most) : 0.5;
    drawing.dot("now", square_x(bin.predicted), square_y(bin.observed), 2 + 4 * weight);
  }
  return drawing.svg(result, square_side, square_side, title);
}

std::string drawn(const RocPlot& plot, domain::CheckResult result, const std::string& title) {
  Drawing drawing = square("false positive rate", "true positive rate");
  std::vector<std::pair<double, double>> points;
  points.reserve(plot.points.size());
  for (const auto& [x, y] : plot.points) points.emplace_back(square_x(x), square_y(y));
  drawing.curve("curve", points);
  return drawing.svg(result, square_side, square_side, title);
}

std::string drawn(const GroupsPlot& plot, domain::CheckResult result, const std::string& title) {
  constexpr double row = 22;
  constexpr double names = 180;
  constexpr std::size_t longest_label = 26;
  std::vector<double> values;
  for (const auto& group : plot.groups) {
    for (const double value : known({group.value, group.low, group.high})) values.push_back(value);
  }
  const auto axis = axis_around(values);
  if (!axis) return "";
  // The axis stands right of the names.
  const auto place = [&](double value) { return names + axis->place(value) * (plot_width - names - margin_x); };
  Drawing drawing;
  double y = 14;
  for (const auto& group : plot.groups) {
    const std::string rows = group.count ? fmt::format(" ({})", figure_text(*group.count)) : "";
    const std::string name = truncate_to_width(printable(group.name), longest_label - rows.size());
    drawing.label(names - 8, y + 4, "end", name + rows);
    if (group.low && group.high) {
      drawing.line("end", place(*group.low), y, place(*group.high), y);
    }
    if (group.value) drawing.dot("point", place(*group.value), y, 5);
    y += row;
  }
  drawing.line("axis", names, y, plot_width - margin_x, y);
  for (const double tick : ticks_on(*axis)) {
    drawing.line("axis", place(tick), y, place(tick), y + 4);
    drawing.label(place(tick), y + 17, "middle", figure_text(tick));
  }
  return drawing.svg(result, plot_width, y + 24, title);
}

}  // namespace

std::string svg_figure(const Plot& plot, domain::CheckResult result) {
  const std::string caption = caption_of(plot);
  const std::string svg = std::visit([&](const auto& one) { return drawn(one, result, caption); }, plot);
  if (svg.empty()) return "";
  const bool has_reference =
      std::holds_alternative<HistogramPlot>(plot) && !std::get<HistogramPlot>(plot).reference.empty();
  const std::string_view legend =
      has_reference ? " <span class=\"key now\">■ now</span> <span class=\"key reference\">■ reference</span>" : "";
  return fmt::format("<figure>\n{}<figcaption>{}{}</figcaption>\n</figure>\n", svg, xml_text(caption), legend);
}

}  // namespace mlops::cli
