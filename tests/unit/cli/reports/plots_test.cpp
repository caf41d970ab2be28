#include <catch2/catch.hpp>

#include "reports/svg_plots.hpp"
#include "reports/text_plots.hpp"

namespace mlops::cli {
namespace {

TextLook ascii_look() { return {.style = Style{}, .columns = 0, .utf8 = false}; }

std::size_t count_in(std::string_view text, std::string_view word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

TEST_CASE("an interval shows where the point, its ends and the limit stand to each other") {
  const IntervalPlot plot{.is_difference = true, .point = 0, .low = -1, .high = 1, .line = 2, .unit = ""};
  CHECK(text_plot(plot, ascii_look(), "  ") ==
        "  difference 0 [-1, 1], limit 2\n"
        "  ...[==========o===========]..........|...\n");
  CHECK(text_plot(plot, {}, "") ==
        "difference 0 [-1, 1], limit 2\n"
        "···┣━━━━━━━━━━●━━━━━━━━━━━┫··········│···\n");
  const std::string svg = svg_figure(plot, domain::CheckResult::inconclusive);
  CHECK(count_in(svg, "class=\"interval\"") == 1);
  CHECK(count_in(svg, "class=\"end\"") == 2);
  CHECK(count_in(svg, "class=\"limit\"") == 1);
  CHECK(svg.find("class=\"plot inconclusive\"") != std::string::npos);
}

TEST_CASE("an end that is not known goes on to the edge") {
  const IntervalPlot plot{.is_difference = false, .point = 5, .low = 4, .high = std::nullopt, .line = {}, .unit = ""};
  const std::string text = text_plot(plot, ascii_look(), "");
  CHECK(text.starts_with("found 5 [4, inf]\n...[==="));
  CHECK(text.ends_with("o===\n"));
  CHECK(count_in(svg_figure(plot, domain::CheckResult::passed), "class=\"end\"") == 1);
}

TEST_CASE("bars of a histogram are as high as their shares, and an empty bin can be told from a small one") {
  const HistogramPlot plot{.edges = {0, 1, 2, 3}, .shares = {0.5, 0, 0.001}, .reference = {0.25, 0.25, 0.5}};
  CHECK(text_plot(plot, {}, "") ==
        "share of rows in each of 3 bins from 0 to 3, now and in the reference\n"
        "now        █·▁\n"
        "reference  ▄▄█\n");
  const std::string svg = svg_figure(plot, domain::CheckResult::failed);
  CHECK(count_in(svg, "<rect class=\"now\"") == 3);
  CHECK(count_in(svg, "<rect class=\"reference\"") == 3);
}

TEST_CASE("names of groups can't leave the drawing") {
  const GroupsPlot plot{.groups = {{"</text><script>\x1b[2J", 1.0, 0.5, 1.5, 10.0}, {"none", {}, {}, {}, {}}},
                        .correction = "Holm",
                        .left_out = 0};
  const std::string svg = svg_figure(plot, domain::CheckResult::failed);
  CHECK(svg.find("<script") == std::string::npos);
  CHECK(svg.find('\x1b') == std::string::npos);
  CHECK(text_plot(plot, {}, "").find('\x1b') == std::string::npos);
  CHECK(svg.find("none") != std::string::npos);
}

TEST_CASE("figures too far apart for a drawing are still told in words") {
  const IntervalPlot plot{.is_difference = false, .point = 0, .low = -1.7e308, .high = 1.7e308, .line = {}, .unit = ""};
  CHECK(svg_figure(plot, domain::CheckResult::failed) == "");
  CHECK(text_plot(plot, {}, "") == "found 0 [-1.7e+308, 1.7e+308]\n");
}

TEST_CASE("curves and reliability are drawn from 0 to 1 both ways") {
  const RocPlot roc{.points = {{0, 0}, {0, 0.5}, {1, 1}}};
  const std::string text = text_plot(roc, ascii_look(), "");
  CHECK(text.find("\n_") != std::string::npos);
  CHECK(text.ends_with("@\n"));
  CHECK(count_in(svg_figure(roc, domain::CheckResult::passed), "<polyline") == 1);
  const ReliabilityPlot reliability{.bins = {{0, 1, 5}, {1, 0, 0}}};
  CHECK(text_plot(reliability, {}, "") ==
        "reliability: what was observed where so much was predicted\n"
        "predicted  ·█\n"
        "observed   █·\n");
  CHECK(count_in(svg_figure(reliability, domain::CheckResult::passed), "<circle") == 2);
}

}  // namespace
}  // namespace mlops::cli
