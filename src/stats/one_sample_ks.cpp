// P(D_n > d), each formula where it is precise.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <mlops/stats/two_samples.hpp>

#include "binomial_terms.hpp"

namespace mlops::stats {

namespace {

constexpr std::uint64_t most_rows_for_matrix = 140;
constexpr double most_rows_for_sum = 1e6;

// The one-sided tail P(D+ > d) is a sum of positive terms, and twice it is the two-sided tail where both sides can't
// happen at once. Source: Birnbaum and Tingey, "One-Sided Confidence Contours" (1951).
double one_sided_tail(double d, double n) {
  // The expansion of Maag and Dicaire (1971), where the sum would take long.
  if (n > most_rows_for_sum) return std::exp(-(6 * n * d + 1) * (6 * n * d + 1) / (18 * n));
  const double last = std::floor(n * (1 - d));
  const double all = log_gamma(n + 1);
  double sum = 0;
  for (double j = 0; j <= last; ++j) {
    const double above = d + j / n;
    const double below = 1 - above;
    if (!(below > 0)) break;  // the last term is then 0, unless n = j, which d > 0 excludes
    const double choose = all - log_gamma(j + 1) - log_gamma(n - j + 1);
    sum += std::exp(choose + (j - 1) * std::log(above) + (n - j) * std::log(below));
  }
  return std::min(1.0, d * sum);
}

using Matrix = std::vector<double>;  // square, row by row

Matrix multiplied(const Matrix& a, const Matrix& b, std::size_t size) {
  Matrix product(size * size, 0.0);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t k = 0; k < size; ++k) {
      const double factor = a[i * size + k];
      for (std::size_t j = 0; j < size; ++j) product[i * size + j] += factor * b[k * size + j];
    }
  }
  return product;
}

// A matrix times a power of two, so that no power of it overflows.
struct ScaledMatrix {
  Matrix entries;
  int exponent = 0;

  void rescale() {
    int shift = 0;
    std::frexp(*std::max_element(entries.begin(), entries.end()), &shift);
    for (double& entry : entries) entry = std::ldexp(entry, -shift);
    exponent += shift;
  }
};

ScaledMatrix multiplied(const ScaledMatrix& a, const ScaledMatrix& b, std::size_t size) {
  ScaledMatrix product{.entries = multiplied(a.entries, b.entries, size), .exponent = a.exponent + b.exponent};
  product.rescale();
  return product;
}

// H of Marsaglia, Tsang and Wang, for d = (k - h) / n.
Matrix step_matrix(std::size_t k, double h) {
  const std::size_t size = 2 * k - 1;
  std::vector<double> inverse_factorial(size + 1, 1.0);
  for (std::size_t i = 1; i <= size; ++i) inverse_factorial[i] = inverse_factorial[i - 1] / static_cast<double>(i);
  Matrix step(size * size, 0.0);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j <= std::min(i + 1, size - 1); ++j) step[i * size + j] = inverse_factorial[i + 1 - j];
  }
  double power = 1;
  for (std::size_t i = 0; i < size; ++i) {
    power *= h;
    step[i * size] -= power * inverse_factorial[i + 1];
    step[(size - 1) * size + size - 1 - i] -= power * inverse_factorial[i + 1];
  }
  if (2 * h > 1) step[(size - 1) * size] += std::pow(2 * h - 1, static_cast<double>(size)) * inverse_factorial[size];
  return step;
}

// P(D_n < d) = n! / n^n times the middle entry of H^n.
double matrix_cdf(double d, std::uint64_t n) {
  const auto rows = static_cast<double>(n);
  const auto k = static_cast<std::size_t>(rows * d) + 1;
  const std::size_t size = 2 * k - 1;
  ScaledMatrix base{.entries = step_matrix(k, static_cast<double>(k) - rows * d)};
  ScaledMatrix power{.entries = Matrix(size * size, 0.0)};
  for (std::size_t i = 0; i < size; ++i) power.entries[i * size + i] = 1;
  for (std::uint64_t left = n; left > 0; left >>= 1) {
    if ((left & 1) != 0) power = multiplied(power, base, size);
    if (left > 1) base = multiplied(base, base, size);
  }
  const double middle = power.entries[(k - 1) * size + k - 1];
  const double factor = log_gamma(rows + 1) - rows * std::log(rows) + power.exponent * std::numbers::ln2;
  return middle > 0 ? std::min(1.0, std::exp(std::log(middle) + factor)) : 0;
}

// The limit and its first three corrections, in powers of 1 / sqrt(n), in the form that converges for small z.
double pelz_good_cdf(double d, double n) {
  const double z = std::sqrt(n) * d;
  const double z2 = z * z;
  const double z4 = z2 * z2;
  double sums[4] = {};
  double extra[2] = {};
  for (int k = 1; k <= 2 + static_cast<int>(std::ceil(6 * z)); ++k) {
    const double odd = (k - 0.5) * std::numbers::pi;  // pi (k - 1/2), whose square is all that enters
    const double u = odd * odd;
    const double weight = std::exp(-u / (2 * z2));
    sums[0] += weight;
    sums[1] += weight * (u - z2);
    sums[2] += weight * (6 * z4 * z2 + 2 * z4 + u * (2 * z4 - 5 * z2) + u * u * (1 - 2 * z2));
    sums[3] += weight * (u * u * u * (5 - 30 * z2) + u * u * (212 * z4 - 60 * z2) + u * (135 * z4 - 96 * z4 * z2) -
                         30 * z4 * z2 - 90 * z4 * z4);
    const double even = k * std::numbers::pi * k * std::numbers::pi;
    const double even_weight = std::exp(-even / (2 * z2));
    extra[0] += even_weight * even;
    extra[1] += even_weight * even * (3 * z2 - even);
  }
  const double scale = std::sqrt(2 * std::numbers::pi);
  const double z3 = z2 * z;
  const double k0 = scale / z * sums[0];
  const double k1 = scale / (6 * z4) * sums[1];
  const double k2 = scale * (sums[2] / (72 * z4 * z3) - extra[0] / (36 * z3));
  const double k3 = scale * (sums[3] / (6480 * z4 * z4 * z2) + extra[1] / (216 * z4 * z2));
  const double root = std::sqrt(n);
  return std::clamp(k0 + k1 / root + k2 / n + k3 / (n * root), 0.0, 1.0);
}

}  // namespace

double one_sample_ks_sf(double d, std::uint64_t rows) {
  const auto n = static_cast<double>(rows);
  if (rows == 0 || std::isnan(d) || n * d <= 0.5) return 1;
  if (d >= 1) return 0;
  if (n * d >= n - 1) return 2 * std::pow(1 - d, n);
  const double z2 = n * d * d;
  if (z2 >= 370) return 0;
  // Beyond these, both sides at once are so rare that twice one side is the tail to six digits and more.
  const bool is_tail = d >= 0.5 || z2 > (rows <= most_rows_for_matrix ? 4.0 : 2.2);
  if (is_tail) return std::min(1.0, 2 * one_sided_tail(d, n));
  if (rows <= most_rows_for_matrix) return 1 - matrix_cdf(d, rows);
  if (z2 < 0.01) return 1;  // 1 - P is below 1e-50, and the powers of z would overflow
  return 1 - pelz_good_cdf(d, n);
}

}  // namespace mlops::stats
