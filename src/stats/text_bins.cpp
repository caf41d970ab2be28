#include <algorithm>

#include <fmt/format.h>

#include <mlops/stats/bins.hpp>
#include <mlops/support/error.hpp>

namespace mlops::stats {

TextBins::TextBins(std::vector<std::string> values) : values_{std::move(values)} {
  const auto at = std::adjacent_find(values_.begin(), values_.end(),
                                     [](const std::string& a, const std::string& b) { return !(a < b); });
  if (at != values_.end()) throw Error{ErrorKind::usage, "the values of the bins don't ascend"};
}

TextBins TextBins::of(const TextCounts& reference, std::size_t most) {
  if (most < 1) throw Error{ErrorKind::usage, "a column of texts needs at least one bin"};
  std::vector<TextCounts::const_iterator> order;
  order.reserve(reference.size());
  for (auto at = reference.begin(); at != reference.end(); ++at) {
    if (at->second > 0) order.push_back(at);
  }
  // Stable, and so equally frequent values stay in the order of the map.
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a->second > b->second; });
  order.resize(std::min(order.size(), most));
  std::vector<std::string> values;
  values.reserve(order.size());
  for (const auto& at : order) values.push_back(at->first);
  std::sort(values.begin(), values.end());
  return TextBins{std::move(values)};
}

std::size_t TextBins::index_of(std::string_view value) const {
  const auto at = std::lower_bound(values_.begin(), values_.end(), value);
  if (at == values_.end() || *at != value) return other_index();
  return static_cast<std::size_t>(at - values_.begin());
}

std::string TextBins::label(std::size_t bin) const {
  if (bin < values_.size()) return values_[bin];
  return bin == other_index() ? "other" : "missing";
}

std::size_t size_of(const Bins& bins) {
  return std::visit([](const auto& own) { return own.size(); }, bins);
}

std::size_t missing_index(const Bins& bins) { return size_of(bins) - 1; }

std::string label_of(const Bins& bins, std::size_t bin) {
  return std::visit([bin](const auto& own) { return own.label(bin); }, bins);
}

}  // namespace mlops::stats
