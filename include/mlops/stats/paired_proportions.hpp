// The difference of two shares of the same rows, such as the accuracies of two models.
#pragma once

#include <cstdint>

#include <mlops/stats/interval.hpp>
#include <mlops/stats/mcnemar.hpp>

namespace mlops::stats {

// Second less first, with the score interval: the differences that a test like McNemar's (without correction) does not
// reject. It has a width even where the two agree on every row, and so suits small samples and margins.
// Rows count all, also those where both are right or both are wrong. Without rows: difference NaN, interval [-1, 1].
// Error{usage}: counts that are not from 0 to 10^15, more discordant rows than rows.
// Source: Tango, "Equivalence Test and Confidence Interval for the Difference in Proportions for the Paired-Sample
// Design" (1998).
Estimate paired_difference(const Discordant& discordant, std::int64_t rows, double confidence = 0.95);

// Two-sided p of a true difference: the level at which that interval would end there. 1 without rows.
double paired_difference_p(const Discordant& discordant, std::int64_t rows, double difference);

}  // namespace mlops::stats
