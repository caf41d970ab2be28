// The `figures` of evidence that can be drawn, read from JSON that any check, also a command of the user's, may have
// written: what is not of the shape below is not drawn, and nothing else comes of it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <mlops/support/json.hpp>

namespace mlops::cli {

// {"difference": number, "interval": [low, high], "bound": number, "unit": text}: by how much a figure differs from
// another version's, and the difference that is just allowed, at `line`.
// {"found": number, "interval": [low, high], "wanted": number}: a figure and its bound, at `line`.
// An end that is null is not known, and goes on for ever.
struct IntervalPlot {
  bool is_difference = false;
  double point = 0;
  std::optional<double> low;
  std::optional<double> high;
  std::optional<double> line;
  std::string unit;
};

// {"histogram": {"edges": […], "counts": […], "reference_counts": […]}}: one edge more than counts, ascending. Shares
// of all rows, so that data of different sizes compare.
struct HistogramPlot {
  std::vector<double> edges;
  std::vector<double> shares;
  std::vector<double> reference;  // empty when there is none
};

// {"reliability": [{"predicted", "observed", "count"}…]}, all but the count from 0 to 1.
struct ReliabilityPlot {
  struct Bin {
    double predicted = 0;
    double observed = 0;
    double count = 0;
  };
  std::vector<Bin> bins;  // by predicted
};

// {"roc": [[false positive rate, true positive rate]…]}, both from 0 to 1.
struct RocPlot {
  std::vector<std::pair<double, double>> points;  // ascending
};

// {"groups": [{"name", "value", "low", "high", "count"}…], "correction"}, all but the name may be missing or null.
struct GroupsPlot {
  struct Group {
    std::string name;
    std::optional<double> value;
    std::optional<double> low;
    std::optional<double> high;
    std::optional<double> count;
  };
  std::vector<Group> groups;
  std::string correction;    // "Holm": what a failure among so many stands up to; "" for none
  std::size_t left_out = 0;  // beyond the first 40
};

using Plot = std::variant<IntervalPlot, HistogramPlot, ReliabilityPlot, RocPlot, GroupsPlot>;

// In the order of the list above, then those of a condition's parts: {"parts": [{"figures": …}…]}. Long ones are made
// shorter, so that a page doesn't grow with the data: neighbouring bins are joined, points of a curve left out.
std::vector<Plot> plots_of(const Json& figures);

// One line that says the same in words: "difference -0.015 [-0.019, -0.011], limit -0.01".
std::string caption_of(const Plot& plot);

// Neighbours joined until there are at most `most` bins.
HistogramPlot coarser(HistogramPlot plot, std::size_t most);

}  // namespace mlops::cli
