#include <mlops/stats/fairness.hpp>

namespace mlops::stats {

std::string_view name_of(FairnessMetric metric) {
  switch (metric) {
    case FairnessMetric::demographic_parity_difference:
      return "demographic_parity_difference";
    case FairnessMetric::demographic_parity_ratio:
      return "demographic_parity_ratio";
    case FairnessMetric::equalized_odds_difference:
      return "equalized_odds_difference";
    case FairnessMetric::equalized_odds_ratio:
      return "equalized_odds_ratio";
    case FairnessMetric::equal_opportunity_difference:
      return "equal_opportunity_difference";
    case FairnessMetric::equal_opportunity_ratio:
      return "equal_opportunity_ratio";
    case FairnessMetric::average_odds_difference:
      return "average_odds_difference";
  }
  return "";
}

bool is_ratio(FairnessMetric metric) {
  return metric == FairnessMetric::demographic_parity_ratio || metric == FairnessMetric::equalized_odds_ratio ||
         metric == FairnessMetric::equal_opportunity_ratio;
}

std::string_view name_of(RuleResult result) {
  switch (result) {
    case RuleResult::passed:
      return "passed";
    case RuleResult::failed:
      return "failed";
    case RuleResult::inconclusive:
      return "inconclusive";
  }
  return "";
}

}  // namespace mlops::stats
