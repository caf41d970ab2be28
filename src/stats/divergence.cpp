#include <mlops/stats/divergence.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "shares.hpp"

namespace mlops::stats {

namespace {

double halved_root(double sum) { return std::sqrt(std::min(sum / 2, 1.0)); }

// a ln(a / b), and 0 where a is 0.
double relative_entropy(double a, double b) { return a > 0 ? a * std::log(a / b) : 0; }

double in_unit(double nats, Information unit) { return unit == Information::bits ? nats / std::numbers::ln2 : nats; }

}  // namespace

double total_variation(BinCounts reference, BinCounts current) {
  return sum_over_shares(reference, current, [](double p, double q) { return std::abs(p - q) / 2; });
}

double l_infinity(BinCounts reference, BinCounts current) {
  double largest = 0;
  for_each_share(reference, current, [&](double p, double q) { largest = std::max(largest, std::abs(p - q)); });
  return largest;
}

std::size_t most_changed(BinCounts reference, BinCounts current) {
  std::size_t bin = 0;
  std::size_t best = 0;
  double largest = -1;
  for_each_share(reference, current, [&](double p, double q) {
    if (const double change = std::abs(p - q); change > largest) {
      largest = change;
      best = bin;
    }
    ++bin;
  });
  return best;
}

double hellinger(BinCounts reference, BinCounts current) {
  return halved_root(sum_over_shares(reference, current, [](double p, double q) {
    const double difference = std::sqrt(p) - std::sqrt(q);
    return difference * difference;
  }));
}

double normalised_absolute_difference(BinCounts reference, BinCounts current) {
  const SharedTotals totals = totals_of(reference, current);
  double largest = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const auto [low, high] = std::minmax(reference[i], current[i]);
    largest = std::max(largest, static_cast<double>(high - low));
  }
  return largest / (totals.reference + totals.current);
}

double jensen_shannon_divergence(BinCounts reference, BinCounts current, Information unit) {
  const double sum = sum_over_shares(reference, current, [](double p, double q) {
    const double middle = (p + q) / 2;
    return (relative_entropy(p, middle) + relative_entropy(q, middle)) / 2;
  });
  // Rounding may leave the range by a hair.
  return in_unit(std::clamp(sum, 0.0, std::numbers::ln2), unit);
}

double jensen_shannon_distance(BinCounts reference, BinCounts current, Information unit) {
  return std::sqrt(jensen_shannon_divergence(reference, current, unit));
}

double kullback_leibler(BinCounts reference, BinCounts current, double floor) {
  return sum_over_shares(reference, current, [floor](double p, double q) {
    if (!(p > 0) && !(q > 0)) return 0.0;
    return relative_entropy(std::max(p, floor), std::max(q, floor));
  });
}

double psi(BinCounts reference, BinCounts current, double floor) {
  return sum_over_shares(reference, current, [floor](double p, double q) {
    if (!(p > 0) && !(q > 0)) return 0.0;
    const double before = std::max(p, floor);
    const double after = std::max(q, floor);
    return (after - before) * std::log(after / before);
  });
}

PsiBand band_of_psi(double value) {
  if (value < 0.1) return PsiBand::stable;
  return value < 0.25 ? PsiBand::moderate : PsiBand::major;
}

std::string_view name_of(PsiBand band) {
  switch (band) {
    case PsiBand::stable:
      return "stable";
    case PsiBand::moderate:
      return "moderate";
    case PsiBand::major:
      return "major";
  }
  return "";
}

}  // namespace mlops::stats
