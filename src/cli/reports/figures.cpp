#include "reports/figures.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

namespace mlops::cli {

namespace {

constexpr std::size_t most_bins = 100;
constexpr std::size_t most_reliability_bins = 100;
constexpr std::size_t most_curve_points = 400;
constexpr std::size_t most_groups = 40;
constexpr std::size_t most_plots = 20;  // of one check
constexpr std::size_t longest_unit = 40;

std::optional<double> number_in(const Json* json) {
  if (json == nullptr || !json->is_number()) return std::nullopt;
  const double value = json->as_double();
  return std::isfinite(value) ? std::optional{value} : std::nullopt;
}

std::optional<double> share_in(const Json* json) {
  const auto value = number_in(json);
  return value && *value >= 0 && *value <= 1 ? value : std::nullopt;
}

// nullopt unless it is a list of finite numbers.
std::optional<std::vector<double>> numbers_in(const Json* json) {
  if (json == nullptr || !json->is_array()) return std::nullopt;
  std::vector<double> numbers;
  numbers.reserve(json->as_array().size());
  for (const Json& item : json->as_array()) {
    const auto number = number_in(&item);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

std::optional<IntervalPlot> read_interval(const Json& figures) {
  const Json* ends = figures.find("interval");
  if (ends == nullptr || !ends->is_array() || ends->as_array().size() != 2) return std::nullopt;
  IntervalPlot plot;
  plot.low = number_in(&ends->as_array()[0]);
  plot.high = number_in(&ends->as_array()[1]);
  if (!plot.low && !plot.high) return std::nullopt;
  if (plot.low && plot.high && *plot.low > *plot.high) return std::nullopt;
  const auto difference = number_in(figures.find("difference"));
  const auto point = difference ? difference : number_in(figures.find("found"));
  if (!point) return std::nullopt;
  plot.point = *point;
  plot.is_difference = difference.has_value();
  plot.line = number_in(figures.find(plot.is_difference ? "bound" : "wanted"));
  if (const Json* unit = figures.find("unit"); unit != nullptr && unit->is_string()) plot.unit = unit->as_string();
  return plot;
}

// Of counts; nullopt when one is negative or they are none or too many to add up.
std::optional<std::vector<double>> shares_of(std::vector<double> counts) {
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  const bool is_usable = std::ranges::all_of(counts, [](double count) { return count >= 0; });
  if (!is_usable || !(total > 0) || !std::isfinite(total)) return std::nullopt;
  for (double& count : counts) count /= total;
  return counts;
}

std::optional<HistogramPlot> read_histogram(const Json& figures) {
  const Json* json = figures.find("histogram");
  if (json == nullptr) return std::nullopt;
  auto edges = numbers_in(json->find("edges"));
  const auto counts = numbers_in(json->find("counts"));
  if (!edges || !counts || counts->empty() || edges->size() != counts->size() + 1) return std::nullopt;
  if (std::ranges::adjacent_find(*edges, std::greater_equal{}) != edges->end()) return std::nullopt;
  auto shares = shares_of(*counts);
  if (!shares) return std::nullopt;
  HistogramPlot plot{.edges = std::move(*edges), .shares = std::move(*shares), .reference = {}};
  const auto reference = numbers_in(json->find("reference_counts"));
  if (reference && reference->size() == counts->size())
    plot.reference = shares_of(*reference).value_or(std::vector<double>{});
  return coarser(std::move(plot), most_bins);
}

// Every so many-th item, the last one included.
template <typename T>
std::vector<T> thinned(std::vector<T> items, std::size_t most) {
  if (items.size() <= most) return items;
  std::vector<T> kept;
  kept.reserve(most);
  for (std::size_t i = 0; i < most; ++i) kept.push_back(items[i * (items.size() - 1) / (most - 1)]);
  return kept;
}

std::optional<ReliabilityPlot> read_reliability(const Json& figures) {
  const Json* json = figures.find("reliability");
  if (json == nullptr || !json->is_array()) return std::nullopt;
  ReliabilityPlot plot;
  for (const Json& item : json->as_array()) {
    const auto predicted = share_in(item.find("predicted"));
    const auto observed = share_in(item.find("observed"));
    if (!predicted || !observed) continue;
    const double count = number_in(item.find("count")).value_or(0);
    plot.bins.push_back({*predicted, *observed, std::max(count, 0.0)});
  }
  if (plot.bins.empty()) return std::nullopt;
  std::ranges::stable_sort(plot.bins, {}, &ReliabilityPlot::Bin::predicted);
  plot.bins = thinned(std::move(plot.bins), most_reliability_bins);
  return plot;
}

std::optional<RocPlot> read_roc(const Json& figures) {
  const Json* json = figures.find("roc");
  if (json == nullptr || !json->is_array()) return std::nullopt;
  RocPlot plot;
  for (const Json& item : json->as_array()) {
    if (!item.is_array() || item.as_array().size() != 2) continue;
    const auto x = share_in(&item.as_array()[0]);
    const auto y = share_in(&item.as_array()[1]);
    if (x && y) plot.points.emplace_back(*x, *y);
  }
  if (plot.points.size() < 2) return std::nullopt;
  std::ranges::sort(plot.points);
  plot.points = thinned(std::move(plot.points), most_curve_points);
  return plot;
}

std::optional<GroupsPlot> read_groups(const Json& figures) {
  const Json* json = figures.find("groups");
  if (json == nullptr || !json->is_array()) return std::nullopt;
  GroupsPlot plot;
  for (const Json& item : json->as_array()) {
    const Json* name = item.find("name");
    if (name == nullptr || !name->is_string()) continue;
    if (plot.groups.size() == most_groups) {
      ++plot.left_out;
      continue;
    }
    plot.groups.push_back({name->as_string(), number_in(item.find("value")), number_in(item.find("low")),
                           number_in(item.find("high")), number_in(item.find("count"))});
  }
  if (plot.groups.empty()) return std::nullopt;
  const Json* correction = figures.find("correction");
  if (correction != nullptr && correction->is_string()) plot.correction = correction->as_string();
  return plot;
}

std::string end_text(const std::optional<double>& end, std::string_view otherwise) {
  return end ? figure_text(*end) : std::string{otherwise};
}

std::string caption(const IntervalPlot& plot) {
  std::string text = fmt::format("{} {} [{}, {}]", plot.is_difference ? "difference" : "found", figure_text(plot.point),
                                 end_text(plot.low, "-∞"), end_text(plot.high, "∞"));
  if (!plot.unit.empty()) text += " " + truncate_to_width(printable(plot.unit), longest_unit);
  if (plot.line) text += fmt::format(", {} {}", plot.is_difference ? "limit" : "wanted", figure_text(*plot.line));
  return text;
}

std::string caption(const HistogramPlot& plot) {
  return fmt::format("share of rows in each of {} bins from {} to {}{}", plot.shares.size(),
                     figure_text(plot.edges.front()), figure_text(plot.edges.back()),
                     plot.reference.empty() ? "" : ", now and in the reference");
}

std::string caption(const ReliabilityPlot&) { return "reliability: what was observed where so much was predicted"; }

std::string caption(const RocPlot&) { return "ROC: true positive rate over false positive rate"; }

std::string caption(const GroupsPlot& plot) {
  const std::size_t all = plot.groups.size() + plot.left_out;
  std::string count = plot.left_out > 0 ? fmt::format("the first {} of {} groups", plot.groups.size(), all)
                                        : fmt::format("{} group{}", all, all == 1 ? "" : "s");
  if (plot.correction.empty()) return count;
  return fmt::format("{}, compared with {}'s correction for their number", count,
                     truncate_to_width(printable(plot.correction), longest_unit));
}

void add_plots_of(const Json& figures, std::vector<Plot>& plots) {
  const auto add = [&plots](auto plot) {
    if (plot) plots.emplace_back(std::move(*plot));
  };
  add(read_interval(figures));
  add(read_histogram(figures));
  add(read_reliability(figures));
  add(read_roc(figures));
  add(read_groups(figures));
}

}  // namespace

HistogramPlot coarser(HistogramPlot plot, std::size_t most) {
  const std::size_t bins = plot.shares.size();
  if (bins <= most) return plot;
  const std::size_t joined = (bins + most - 1) / most;
  HistogramPlot fewer;
  for (std::size_t i = 0; i < bins; i += joined) {
    const auto begin = static_cast<std::ptrdiff_t>(i);
    const auto end = static_cast<std::ptrdiff_t>(std::min(i + joined, bins));
    const auto sum = [&](const std::vector<double>& of) {
      return std::accumulate(of.begin() + begin, of.begin() + end, 0.0);
    };
    fewer.edges.push_back(plot.edges[i]);
    fewer.shares.push_back(sum(plot.shares));
    if (!plot.reference.empty()) fewer.reference.push_back(sum(plot.reference));
  }
  fewer.edges.push_back(plot.edges.back());
  return fewer;
}

std::vector<Plot> plots_of(const Json& figures) {
  std::vector<Plot> plots;
  add_plots_of(figures, plots);
  const Json* parts = figures.find("parts");
  if (parts == nullptr || !parts->is_array()) return plots;
  for (const Json& part : parts->as_array()) {
    const Json* own = part.find("figures");
    if (own != nullptr && plots.size() < most_plots) add_plots_of(*own, plots);
  }
  return plots;
}

std::string caption_of(const Plot& plot) {
  return std::visit([](const auto& one) { return caption(one); }, plot);
}

}  // namespace mlops::cli
