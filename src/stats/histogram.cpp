#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/core.h>

#include <mlops/stats/bins.hpp>
#include <mlops/support/error.hpp>

namespace mlops::stats {

namespace {

// What JSON keeps exactly.
constexpr std::uint64_t most_rows = std::numeric_limits<std::int64_t>::max();

template <typename Own>
const Own& bins_as(const Bins& bins, const char* what) {
  const auto* own = std::get_if<Own>(&bins);
  if (own == nullptr) throw Error{ErrorKind::usage, std::string{what}};
  return *own;
}

const NumberBins& number_bins_of(const Histogram& histogram) {
  return bins_as<NumberBins>(histogram.bins(), "a number can't be counted among the bins of texts");
}

}  // namespace

Histogram::Histogram(Bins bins) : bins_{std::move(bins)}, counts_(size_of(bins_), 0) {}

Histogram::Histogram(Bins bins, std::span<const std::uint64_t> counts, std::optional<double> smallest,
                     std::optional<double> largest)
    : Histogram{std::move(bins)} {
  if (counts.size() != counts_.size()) {
    throw Error{ErrorKind::usage, fmt::format("there are {} counts for {} bins", counts.size(), counts_.size())};
  }
  for (std::size_t bin = 0; bin < counts.size(); ++bin) count(bin, counts[bin]);
  smallest_ = smallest;
  largest_ = largest;
}

void Histogram::add(double value) {
  count(number_bins_of(*this).index_of(value), 1);
  see(value);
}

void Histogram::add(std::span<const double> values) {
  const NumberBins& bins = number_bins_of(*this);
  for (const double value : values) {
    count(bins.index_of(value), 1);
    see(value);
  }
}

void Histogram::add(std::string_view value, std::uint64_t times) {
  count(bins_as<TextBins>(bins_, "a text can't be counted among the bins of numbers").index_of(value), times);
}

void Histogram::add_missing(std::uint64_t times) { count(missing_index(bins_), times); }

void Histogram::merge(const Histogram& other) {
  if (bins_ != other.bins_) throw Error{ErrorKind::usage, "counts in different bins can't be added"};
  if (other.rows_ > most_rows - rows_) throw Error{ErrorKind::usage, "there are too many rows to count"};
  for (std::size_t bin = 0; bin < counts_.size(); ++bin) counts_[bin] += other.counts_[bin];
  rows_ += other.rows_;
  if (other.smallest_) see(*other.smallest_);
  if (other.largest_) see(*other.largest_);
}

void Histogram::count(std::size_t bin, std::uint64_t times) {
  if (times > most_rows - rows_) throw Error{ErrorKind::usage, "there are too many rows to count"};
  counts_[bin] += times;
  rows_ += times;
}

void Histogram::see(double value) {
  if (std::isnan(value)) return;
  smallest_ = std::min(smallest_.value_or(value), value);
  largest_ = std::max(largest_.value_or(value), value);
}

}  // namespace mlops::stats
