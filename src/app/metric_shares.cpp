#include "metric_shares.hpp"

#include <fmt/core.h>

#include <mlops/stats/mcnemar.hpp>
#include <mlops/stats/paired_proportions.hpp>
#include <mlops/stats/proportion.hpp>

namespace mlops::app {

namespace {

// Rows of the share, and those of them that only one of the two versions makes count.
struct ShareCounts {
  stats::Proportion own;
  stats::Discordant discordant;
};

ShareCounts count_share(const Share& share, const MetricRows& rows) {
  ShareCounts counts;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (!share.is_of(row, Whose::own)) continue;
    ++counts.own.trials;
    const bool does_count = share.counts(row, Whose::own);
    counts.own.successes += does_count ? 1 : 0;
    if (!rows.is_compared || does_count == share.counts(row, Whose::held)) continue;
    ++(does_count ? counts.discordant.only_second : counts.discordant.only_first);
  }
  return counts;
}

}  // namespace

std::optional<Share> share_of_rows(std::string_view metric, const MetricRows& rows) {
  const auto predicted = [&rows](std::size_t row, Whose whose) {
    return whose == Whose::own ? rows.predicted[row] : rows.held_predicted[row];
  };
  const auto all = [](std::size_t, Whose) { return true; };
  if (metric == "accuracy") {
    return Share{all,
                 [&rows, predicted](std::size_t row, Whose whose) { return predicted(row, whose) == rows.truth[row]; }};
  }
  if (!rows.label) return std::nullopt;
  const std::uint32_t label = *rows.label;
  const auto is_label = [&rows, label](std::size_t row, Whose) { return rows.truth[row] == label; };
  const auto is_other = [&rows, label](std::size_t row, Whose) { return rows.truth[row] != label; };
  const auto says_label = [predicted, label](std::size_t row, Whose whose) { return predicted(row, whose) == label; };
  const auto says_other = [predicted, label](std::size_t row, Whose whose) { return predicted(row, whose) != label; };
  if (metric == "recall") return Share{is_label, says_label};
  if (metric == "specificity") return Share{is_other, says_other};
  if (metric == "positive_rate") return Share{all, says_label};
  // Two versions call different rows positive, so that their precisions are no shares of the same rows.
  if (metric == "precision" && !rows.is_compared) return Share{says_label, is_label};
  return std::nullopt;
}

void estimate_share(const Share& share, const MetricRows& rows, const EstimateOptions& options,
                    MetricEstimate& result) {
  const ShareCounts counts = count_share(share, rows);
  if (!rows.is_compared) {
    result.interval = stats::wilson_interval(counts.own, options.confidence);
    result.method = "Wilson";
    if (options.bound) result.p_value = stats::share_p(counts.own, *options.bound);
    return;
  }
  result.interval = stats::paired_difference(counts.discordant, counts.own.trials, options.confidence).interval;
  result.method = "Tango";
  if (options.bound) {
    result.p_value = stats::paired_difference_p(counts.discordant, counts.own.trials, *options.bound);
    return;
  }
  const stats::McNemar test = stats::mcnemar(counts.discordant);
  result.p_value = test.p_value;
  result.test = test.exact ? "McNemar's test, exact" : "McNemar's test, chi-square";
  result.why = fmt::format("a share of the same rows, of which {} differ",
                           counts.discordant.only_first + counts.discordant.only_second);
}

}  // namespace mlops::app
