// A percentile of a sum of squares or distances that only the mean and the variance are known of.
#pragma once

namespace mlops::stats {

// Of the gamma distribution with these moments, nearly; 0 for a mean of 0. Source: Wilson and Hilferty, "The
// Distribution of Chi-Square" (1931): the cube root of a gamma variable is nearly normal.
double gamma_point(double mean, double variance, double level);

}  // namespace mlops::stats
