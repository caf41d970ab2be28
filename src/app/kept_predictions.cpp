#include "kept_predictions.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "prediction_rows.hpp"

namespace mlops::app {

namespace {

constexpr std::uint64_t largest_kept_object = std::uint64_t{8} << 30;

std::string_view cell_text(const formats::LoadedColumn* column, std::size_t row) {
  return column == nullptr || column->missing[row] ? std::string_view{} : column->texts[row];
}

// The ids of a table, without those that come again later.
struct LastRows {
  std::vector<std::size_t> rows;
  std::uint64_t repeated = 0;
};

LastRows last_rows_by_id(const formats::Table& table, const formats::LoadedColumn& ids) {
  std::unordered_map<std::string_view, std::size_t> last;
  last.reserve(table.rows);
  for (std::size_t row = 0; row < table.rows; ++row) {
    if (ids.missing[row]) {
      throw Error{ErrorKind::usage,
                  fmt::format("{}: there is no `{}` in row {}", printable(table.source), printable(ids.name), row + 1)};
    }
    last[ids.texts[row]] = row;
  }
  LastRows result;
  for (std::size_t row = 0; row < table.rows; ++row) {
    if (last.at(ids.texts[row]) == row) result.rows.push_back(row);
  }
  result.repeated = table.rows - result.rows.size();
  return result;
}

formats::Table load_columns(const DataSource& source, std::vector<std::string> columns) {
  formats::TableLimits limits;
  limits.columns = std::move(columns);
  limits.may_lack = true;
  return formats::load_table(*source.bytes, source.options, limits);
}

void append_field(std::string& line, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    line += text;
    return;
  }
  line += '"';
  for (const char c : text) line.append(c == '"' ? 2 : 1, c);
  line += '"';
}

template <std::size_t N>
std::string csv_of(const std::array<std::string_view, N>& names,
                   const std::array<const std::vector<std::string>*, N>& columns) {
  std::string text = fmt::format("{}\n", fmt::join(names, ","));
  for (std::size_t row = 0; row < columns[0]->size(); ++row) {
    for (std::size_t i = 0; i < N; ++i) {
      if (i > 0) text += ',';
      append_field(text, (*columns[i])[row]);
    }
    text += '\n';
  }
  return text;
}

constexpr std::array<std::string_view, 4> kept_columns = {"id", "truth", "prediction", "score"};
constexpr std::array<std::string_view, 2> outcome_columns = {"id", "truth"};

DataSource object_source(Workspace& workspace, const Digest& object) {
  DataSource source;
  source.options.name = "kept.csv";
  source.options.format = formats::TableFormat::csv;
  source.options.delimiter = ',';
  source.bytes = workspace.artifacts().open(object);
  if (source.bytes->size() > largest_kept_object) {
    throw Error{ErrorKind::integrity, fmt::format("{} is too large to be predictions", object.short_text())};
  }
  return source;
}

template <typename Read>
auto read_object(Workspace& workspace, const Digest& object, const Read& read) {
  const DataSource source = object_source(workspace, object);
  try {
    return read(source);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::usage) throw;
    throw Error{ErrorKind::integrity,
                fmt::format("{} is not what monitoring keeps: {}", object.short_text(), error.message())};
  }
}

formats::LoadedColumn column_of(std::string_view name, const std::vector<std::string>& texts,
                                const std::vector<std::size_t>& rows) {
  formats::LoadedColumn column;
  column.name = name;
  for (const std::size_t row : rows) {
    column.texts.push_back(texts[row]);
    column.missing.push_back(texts[row].empty());
  }
  return column;
}

}  // namespace

std::uint64_t KeptPredictions::known() const {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(truths, [](const std::string& truth) { return !truth.empty(); }));
}

KeptPredictions read_predictions(const DataSource& source, const domain::PredictionRecipe& recipe) {
  const formats::Table table = load_columns(source, {recipe.id, recipe.truth, recipe.prediction, recipe.score});
  const formats::LoadedColumn* const predictions = table.find(recipe.prediction);
  const formats::LoadedColumn* const scores = table.find(recipe.score);
  const formats::LoadedColumn* const truths = table.find(recipe.truth);
  if (predictions == nullptr && scores == nullptr) (void)table.at(recipe.prediction);
  const LastRows last = last_rows_by_id(table, table.at(recipe.id));
  KeptPredictions kept;
  kept.repeated = last.repeated;
  kept.has_predictions = predictions != nullptr;
  kept.has_scores = scores != nullptr;
  const auto demand = [&](const formats::LoadedColumn* column, std::size_t row) {
    if (column == nullptr || !column->missing[row]) return;
    throw Error{ErrorKind::usage, fmt::format("{}: there is no `{}` in row {}", printable(table.source),
                                              printable(column->name), row + 1)};
  };
  for (const std::size_t row : last.rows) {
    demand(predictions, row);
    demand(scores, row);
    kept.ids.emplace_back(cell_text(table.find(recipe.id), row));
    kept.truths.emplace_back(cell_text(truths, row));
    kept.predictions.emplace_back(cell_text(predictions, row));
    kept.scores.emplace_back(cell_text(scores, row));
  }
  if (scores != nullptr) (void)scores->numbers();
  return kept;
}

KeptOutcomes read_outcomes(const DataSource& source, const domain::PredictionRecipe& recipe) {
  const formats::Table table = load_columns(source, {recipe.id, recipe.truth});
  const formats::LoadedColumn& truths = table.at(recipe.truth);
  const formats::LoadedColumn& ids = table.at(recipe.id);
  const LastRows last = last_rows_by_id(table, ids);
  KeptOutcomes kept;
  kept.repeated = last.repeated;
  for (const std::size_t row : last.rows) {
    if (truths.missing[row]) {
      ++kept.blank;
      continue;
    }
    kept.ids.emplace_back(ids.texts[row]);
    kept.truths.emplace_back(truths.texts[row]);
  }
  return kept;
}

std::string to_csv(const KeptPredictions& kept) {
  return csv_of<4>(kept_columns, {&kept.ids, &kept.truths, &kept.predictions, &kept.scores});
}

std::string to_csv(const KeptOutcomes& kept) { return csv_of<2>(outcome_columns, {&kept.ids, &kept.truths}); }

KeptPredictions load_predictions_object(Workspace& workspace, const Digest& object) {
  return read_object(workspace, object, [](const DataSource& source) {
    const formats::Table table = formats::load_table(*source.bytes, source.options);
    KeptPredictions kept;
    for (std::size_t row = 0; row < table.rows; ++row) {
      kept.ids.emplace_back(cell_text(&table.at("id"), row));
      kept.truths.emplace_back(cell_text(&table.at("truth"), row));
      kept.predictions.emplace_back(cell_text(&table.at("prediction"), row));
      kept.scores.emplace_back(cell_text(&table.at("score"), row));
    }
    const auto are_there = [](const std::vector<std::string>& texts) { return !texts.empty() && !texts[0].empty(); };
    kept.has_predictions = are_there(kept.predictions);
    kept.has_scores = are_there(kept.scores);
    return kept;
  });
}

KeptOutcomes load_outcomes_object(Workspace& workspace, const Digest& object) {
  return read_object(workspace, object,
                     [](const DataSource& source) { return read_outcomes(source, domain::PredictionRecipe{}); });
}

Joined join_outcomes(KeptPredictions& kept, const KeptOutcomes& outcomes) {
  std::unordered_map<std::string_view, std::string_view> truths;
  truths.reserve(outcomes.ids.size());
  for (std::size_t i = 0; i < outcomes.ids.size(); ++i) truths.emplace(outcomes.ids[i], outcomes.truths[i]);
  Joined joined;
  for (std::size_t row = 0; row < kept.rows(); ++row) {
    const auto found = truths.find(kept.ids[row]);
    if (found == truths.end()) continue;
    std::string& truth = kept.truths[row];
    if (truth.empty()) {
      ++joined.added;
    } else if (label_text(truth) != label_text(found->second)) {
      ++joined.changed;
    } else {
      continue;
    }
    truth = found->second;
  }
  return joined;
}

formats::Table as_table(const KeptPredictions& kept, bool only_known) {
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < kept.rows(); ++row) {
    if (!only_known || !kept.truths[row].empty()) rows.push_back(row);
  }
  formats::Table table;
  table.source = "predictions";
  table.rows = rows.size();
  table.columns.push_back(column_of("id", kept.ids, rows));
  table.columns.push_back(column_of("truth", kept.truths, rows));
  if (kept.has_predictions) table.columns.push_back(column_of("prediction", kept.predictions, rows));
  if (kept.has_scores) table.columns.push_back(column_of("score", kept.scores, rows));
  for (const formats::LoadedColumn& column : table.columns) table.names.push_back(column.name);
  return table;
}

domain::PredictionRecipe recipe_for_kept(const domain::PredictionRecipe& recipe) {
  domain::PredictionRecipe ours;
  ours.positive = recipe.positive;
  ours.confidence = recipe.confidence;
  ours.seed = recipe.seed;
  ours.min_slice = recipe.min_slice;
  return ours;
}

}  // namespace mlops::app
