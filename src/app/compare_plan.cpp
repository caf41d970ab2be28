#include <mlops/app/compare_plan.hpp>

#include <cmath>

#include <fmt/core.h>

#include <mlops/stats/power.hpp>
#include <mlops/stats/sequential.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::app {

namespace {

// Rows of which only the one or only the other is right, that together are `discordant` of all.
PlannedDesign paired_shares(std::string design, double discordant, const PlanRequest& request,
                            const stats::Level& level) {
  const double effect = std::abs(request.effect);
  return {.design = std::move(design),
          .rows = stats::paired_proportions_size(0.5 * (discordant - effect), 0.5 * (discordant + effect), level)};
}

// Units in each arm of a test that is watched: one unit an arm has a difference of this variance.
PlannedDesign watched(double variance, const PlanRequest& request) {
  const stats::Plan plan{.alpha = (1 - request.confidence) / 2, .power = request.power};
  const double effect = std::abs(request.effect);
  return {.design = "two arms, watched while they run (`compare --ab --effect`)",
          .rows = stats::always_valid_rows(variance, effect * effect, 1, effect, plan),
          .is_per_arm = true};
}

void check_discordant(double discordant, const PlanRequest& request) {
  if (discordant >= std::abs(request.effect) && discordant <= 1) return;
  throw Error{
      ErrorKind::usage,
      fmt::format("`--discordant {}` is the share of rows that only one of the two gets right: from the effect, "
                  "{}, to 1",
                  figure_text(discordant), figure_text(std::abs(request.effect)))};
}

std::vector<PlannedDesign> plan_shares(double baseline, const PlanRequest& request, const stats::Level& level) {
  const double other = baseline + request.effect;
  const bool are_shares = baseline >= 0 && baseline <= 1 && other >= 0 && other <= 1;
  if (!are_shares) {
    throw Error{ErrorKind::usage,
                fmt::format("the shares {} and {} are not both from 0 to 1", figure_text(baseline), figure_text(other)),
                {"for a mean that is no share, give `--deviation` instead of `--baseline`"}};
  }
  std::vector<PlannedDesign> designs;
  if (request.discordant) {
    check_discordant(*request.discordant, request);
    designs.push_back(
        paired_shares(fmt::format("the same rows, {} of them right in one only", figure_text(*request.discordant)),
                      *request.discordant, request, level));
  } else {
    designs.push_back(
        paired_shares("the same rows, nothing lost with the gain", std::abs(request.effect), request, level));
    designs.push_back(paired_shares("the same rows, errors independent",
                                    baseline * (1 - other) + other * (1 - baseline), request, level));
  }
  designs.push_back({.design = "two arms, looked at once",
                     .rows = stats::independent_proportions_size(baseline, other, level),
                     .is_per_arm = true});
  designs.push_back(watched(baseline * (1 - baseline) + other * (1 - other), request));
  return designs;
}

std::vector<PlannedDesign> plan_means(double deviation, const PlanRequest& request, const stats::Level& level) {
  return {{.design = "the same rows, this being the deviation of their differences",
           .rows = stats::mean_size(request.effect, deviation, level)},
          {.design = "two arms, looked at once",
           .rows = stats::two_means_size(request.effect, deviation, deviation, level),
           .is_per_arm = true},
          watched(2 * deviation * deviation, request)};
}

}  // namespace

std::vector<PlannedDesign> plan_comparison(const PlanRequest& request) {
  if (!(std::abs(request.effect) > 0)) {
    throw Error{ErrorKind::usage, "no number of rows shows an effect of 0"};
  }
  const stats::Level level{.alpha = 1 - request.confidence, .power = request.power};
  if (request.baseline.has_value() == request.deviation.has_value()) {
    throw Error{ErrorKind::usage,
                "a plan needs either `--baseline` or `--deviation`",
                {"`--baseline 0.9` for a share such as accuracy or a conversion rate",
                 "`--deviation 12.5` for a mean: how much the values, or paired differences, vary"}};
  }
  if (request.baseline) return plan_shares(*request.baseline, request, level);
  if (request.discordant) throw Error{ErrorKind::usage, "`--discordant` goes with `--baseline`"};
  return plan_means(*request.deviation, request, level);
}

Json to_json(const PlanRequest& request, const std::vector<PlannedDesign>& designs) {
  Json::Array list;
  for (const PlannedDesign& design : designs) {
    list.push_back(
        Json::object({{"design", design.design}, {"rows", Json{design.rows}}, {"per_arm", design.is_per_arm}}));
  }
  return Json::object({{"baseline", Json{request.baseline}},
                       {"effect", request.effect},
                       {"discordant", Json{request.discordant}},
                       {"deviation", Json{request.deviation}},
                       {"confidence", request.confidence},
                       {"power", request.power},
                       {"designs", Json{std::move(list)}}});
}

}  // namespace mlops::app
