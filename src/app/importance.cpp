#include <mlops/app/importance.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <system_error>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

#include "gatekeeper.hpp"
#include "metric_figure.hpp"
#include "metric_rows.hpp"
#include "resolve.hpp"
#include "shuffled_predictions.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

using domain::MetricNeeds;
using Lost = std::map<std::string, std::vector<double>>;  // by column

const domain::PredictionRecipe& recipe_of_model(const PolicySource& source, const std::string& model) {
  const auto found = source.policy.models.find(model);
  if (found != source.policy.models.end() && found->second.predictions) return *found->second.predictions;
  throw Error{ErrorKind::usage,
              fmt::format("the policy says nothing about the predictions of {}", model),
              {fmt::format("[model.{}.predictions] in mlops.toml has the command: `mlops help policy`", model)}};
}

bool has_importance(std::string_view metric) {
  const auto* const known = domain::find_prediction_metric(metric);
  return known != nullptr && known->needs != MetricNeeds::groups && known->needs != MetricNeeds::latency;
}

// What the gates of the model ask for, the last stage first.
std::string usual_metric(const domain::Policy& policy, const std::string& model) {
  for (auto stage = policy.stages.rbegin(); stage != policy.stages.rend(); ++stage) {
    for (const auto& condition : policy.gate(model, *stage).predictions) {
      for (const auto& part : condition.parts) {
        if (has_importance(part.metric)) return part.metric;
      }
    }
  }
  throw Error{ErrorKind::usage,
              fmt::format("no gate of {} asks for a metric of predictions", model),
              {"add `--metric NAME`, such as `--metric accuracy`"}};
}

std::string chosen_metric(const ImportanceRequest& request, const domain::Policy& policy, const std::string& model) {
  if (!request.metric) return usual_metric(policy, model);
  if (has_importance(*request.metric)) return *request.metric;
  std::vector<std::string> names;
  for (const auto& metric : domain::prediction_metrics()) {
    if (has_importance(metric.name)) names.emplace_back(metric.name);
  }
  const auto near = near_miss(*request.metric, names);
  throw Error{ErrorKind::usage,
              fmt::format("`--metric {}` is no metric that a column has a part in", printable(*request.metric)),
              {near ? fmt::format("did you mean `{}`?", *near) : fmt::format("they are {}", join(names, ", "))}};
}

// Those that the command gets as data, and not what tells it who the rows are and what is true of them.
std::vector<std::string> chosen_columns(const ImportanceRequest& request, const ShuffledRows& rows,
                                        const domain::PredictionRecipe& recipe) {
  std::vector<std::string> columns;
  for (const std::string& column : rows.columns()) {
    const bool is_told = column == recipe.id || column == recipe.truth || column == recipe.prediction ||
                         column == recipe.score || column == recipe.weight || column == recipe.latency;
    if (!is_told) columns.push_back(column);
  }
  for (const std::string& column : request.columns) {
    if (std::ranges::find(columns, column) != columns.end()) continue;
    const auto near = near_miss(column, columns);
    throw Error{ErrorKind::usage,
                rows.has(column) ? fmt::format("the column `{}` is no data for the model", printable(column))
                                 : fmt::format("the holdout has no column `{}`", printable(column)),
                {near ? fmt::format("did you mean `{}`?", printable(*near))
                      : fmt::format("there are {}", truncate_to_width(printable(join(columns, ", ")), 200))}};
  }
  if (!request.columns.empty()) return request.columns;
  if (columns.empty()) throw Error{ErrorKind::usage, "the holdout has no columns of data"};
  return columns;
}

// What was found before, from a file that may be lost or damaged: then it is found again.
Lost kept_figures(const fs::path& file) {
  Lost kept;
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return kept;
  try {
    const Json json = parse_json(read_file(file), file.string());
    for (const auto& [column, figures] : json.as_object()) {
      for (const Json& figure : figures.as_array()) kept[column].push_back(figure.as_double());
    }
  } catch (const Error&) {
    return {};
  }
  return kept;
}

void keep_figures(const fs::path& file, const Lost& lost) {
  Json json = Json::object();
  for (const auto& [column, figures] : lost) {
    Json list = Json::array();
    for (const double figure : figures) list.push_back(figure);
    json.set(column, std::move(list));
  }
  make_directories(file.parent_path());
  write_file_atomic(file, to_text(json));
}

class ImportanceMeasurer {
 public:
  ImportanceMeasurer(Workspace& workspace, const PolicySource& source, const ImportanceRequest& request)
      : workspace_{workspace}, source_{source}, request_{request}, ground_{workspace, source} {}

  VersionImportance measure(const domain::VersionId& id, ImportanceOutcome& outcome) {
    const domain::PredictionRecipe& recipe = recipe_of_model(source_, id.model);
    demand_loadable(workspace_, source_, load_version(id));
    PredictionMaker maker{workspace_, source_, ground_, recipe, {}};
    const Predictions& own = maker.of(id);
    tell_data(id, own, recipe, outcome);
    const ShuffledRows rows{maker.holdout_file()};
    outcome.rows = rows.rows();

    domain::PredictionCondition condition;
    condition.metric = outcome.metric;
    ShuffledPredictions shuffled{
        workspace_,
        maker,
        id,
        rows,
        [&](const PredictionColumns& columns) { return read_metric_rows(condition, columns, nullptr); },
        outcome.metric};
    VersionImportance found;
    found.version = id;
    found.baseline = shuffled.baseline();
    const auto cached = place_in_cache(maker, id, outcome.metric);
    Lost lost = cached ? kept_figures(*cached) : Lost{};
    const std::vector<std::string> columns = chosen_columns(request_, rows, recipe);
    complete(lost, columns, shuffled, outcome.higher_is_better ? 1 : -1);
    if (cached && shuffled.calls() > 0) keep_figures(*cached, lost);
    found.calls = shuffled.calls();
    found.is_batched = shuffled.is_batched();
    for (const std::string& column : columns) {
      const auto repeats = std::span{lost.at(column)}.first(request_.repeats);
      found.columns.push_back({column, {repeats.begin(), repeats.end()}, stats::importance_of(repeats)});
    }
    std::ranges::stable_sort(found.columns, std::ranges::greater{},
                             [](const ColumnImportance& column) { return column.importance.mean; });
    return found;
  }

 private:
  // Two versions are compared on the same rows only.
  static void tell_data(const domain::VersionId& id, const Predictions& own, const domain::PredictionRecipe& recipe,
                        ImportanceOutcome& outcome) {
    const bool is_second = !outcome.data.empty();
    if (is_second && outcome.digest != own.data) {
      throw Error{ErrorKind::usage,
                  fmt::format("{} is predicted on another holdout: {}", id.text(), printable(recipe.data))};
    }
    outcome.data = recipe.data;
    outcome.digest = own.data;
  }

  domain::Version load_version(const domain::VersionId& id) {
    const auto view = workspace_.read();
    return load(*view, id);
  }

  std::optional<fs::path> place_in_cache(PredictionMaker& maker, const domain::VersionId& id,
                                         const std::string& metric) {
    auto key = maker.cache_key(load_version(id));
    if (!key) return std::nullopt;
    const domain::PredictionRecipe& recipe = maker.recipe();
    Json names = Json::array();
    for (const std::string& name : {recipe.id, recipe.truth, recipe.prediction, recipe.score, recipe.weight})
      names.push_back(name);
    key->set("columns", std::move(names));
    key->set("positive", recipe.positive);
    key->set("metric", metric);
    key->set("seed", std::to_string(request_.seed));
    key->set("tool", workspace_.context().tool_version);
    return workspace_.registry() / "cache" / "importance" / sha256(canonical(*key)).hex();
  }

  // Each shuffle has a seed of its own, so that what is known stays known when columns or repeats are added.
  void complete(Lost& lost, const std::vector<std::string>& columns, ShuffledPredictions& shuffled, double sign) const {
    std::vector<RowsCopy> copies;
    for (const std::string& column : columns) {
      for (std::size_t repeat = lost[column].size(); repeat < request_.repeats; ++repeat)
        copies.push_back({column, stats::shuffle_seed(request_.seed, repeat, column)});
    }
    if (copies.empty()) return;
    const std::vector<double> figures = shuffled.figures(copies);
    for (std::size_t i = 0; i < copies.size(); ++i) {
      if (!std::isfinite(figures[i]) || !std::isfinite(shuffled.baseline()))
        throw Error{ErrorKind::failed, fmt::format("{} is not defined for these predictions", shuffled.metric())};
      lost[*copies[i].column].push_back(sign * (shuffled.baseline() - figures[i]));
    }
  }

  Workspace& workspace_;
  const PolicySource& source_;
  const ImportanceRequest& request_;
  CheckGround ground_;
};

// Columns that both have, the largest change first.
void compare_importances(ImportanceOutcome& outcome) {
  std::vector<double> own;
  std::vector<double> other;
  for (const ColumnImportance& mine : outcome.own.columns) {
    const auto theirs = std::ranges::find(outcome.other->columns, mine.column, &ColumnImportance::column);
    if (theirs == outcome.other->columns.end()) continue;
    own.push_back(mine.importance.mean);
    other.push_back(theirs->importance.mean);
    const auto& a = mine.importance.interval;
    const auto& b = theirs->importance.interval;
    outcome.changes.push_back({.column = mine.column,
                               .difference = own.back() - other.back(),
                               .has_moved = a && b && (a->low > b->high || a->high < b->low)});
  }
  std::ranges::stable_sort(outcome.changes, std::ranges::greater{},
                           [](const ImportanceChange& change) { return std::abs(change.difference); });
  const double correlation = stats::rank_correlation(own, other);
  if (std::isfinite(correlation)) outcome.rank_correlation = correlation;
}

Json importances_json(const VersionImportance& found) {
  Json columns = Json::array();
  for (const ColumnImportance& column : found.columns) {
    Json lost = Json::array();
    for (const double figure : column.lost) lost.push_back(figure);
    const auto& interval = column.importance.interval;
    columns.push_back(Json::object({{"column", column.column},
                                    {"importance", column.importance.mean},
                                    {"sd", column.importance.deviation},
                                    {"interval", interval ? Json::array({interval->low, interval->high}) : Json{}},
                                    {"repeats", std::move(lost)}}));
  }
  return Json::object({{"version", found.version.text()},
                       {"baseline", found.baseline},
                       {"calls", static_cast<std::int64_t>(found.calls)},
                       {"batched", found.is_batched},
                       {"reused", found.calls == 0},
                       {"columns", std::move(columns)}});
}

}  // namespace

ImportanceOutcome measure_importance(Workspace& workspace, const ImportanceRequest& request) {
  const PolicySource source = gate_policy(workspace);
  if (source.notice) workspace.context().warn(*source.notice);
  domain::VersionId own;
  std::optional<domain::VersionId> other;
  {
    const auto view = workspace.read();
    own = resolve(*view, request.reference);
    if (request.against) other = resolve(*view, *request.against);
  }
  ImportanceOutcome outcome;
  outcome.metric = chosen_metric(request, source.policy, own.model);
  outcome.higher_is_better = domain::find_prediction_metric(outcome.metric)->higher_is_better;
  outcome.repeats = request.repeats;
  outcome.seed = request.seed;
  ImportanceMeasurer measurer{workspace, source, request};
  outcome.own = measurer.measure(own, outcome);
  if (!other) return outcome;
  outcome.other = measurer.measure(*other, outcome);
  compare_importances(outcome);
  return outcome;
}

Json to_json(const ImportanceOutcome& outcome) {
  Json json = importances_json(outcome.own);
  json.set("metric", outcome.metric);
  json.set("data", outcome.data);
  json.set("digest", outcome.digest.text());
  json.set("rows", static_cast<std::int64_t>(outcome.rows));
  json.set("repeats", static_cast<std::int64_t>(outcome.repeats));
  json.set("seed", static_cast<std::int64_t>(outcome.seed));
  json.set("against", outcome.other ? importances_json(*outcome.other) : Json{});
  json.set("rank_correlation", outcome.rank_correlation);
  Json changes = Json::array();
  for (const ImportanceChange& change : outcome.changes) {
    changes.push_back(
        Json::object({{"column", change.column}, {"difference", change.difference}, {"moved", change.has_moved}}));
  }
  json.set("changes", outcome.other ? std::move(changes) : Json{});
  return json;
}

}  // namespace mlops::app
