#include "prediction_rows.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::app {

namespace {

// The ids stay in their table.
using RowsById = std::unordered_map<std::string_view, std::size_t>;

[[noreturn]] void fail_rows(std::string text) { throw Error{ErrorKind::failed, std::move(text)}; }

RowsById rows_by_id(const formats::LoadedColumn& ids, const std::string& owner) {
  RowsById rows;
  rows.reserve(ids.texts.size());
  for (std::size_t row = 0; row < ids.texts.size(); ++row) {
    if (!rows.emplace(ids.texts[row], row).second) {
      fail_rows(fmt::format("the id `{}` stands twice in {}", printable(ids.texts[row]), owner));
    }
  }
  return rows;
}

std::vector<std::size_t> in_own_order(std::size_t rows) {
  std::vector<std::size_t> order(rows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

// The rows of `of` in the order of the ids.
std::vector<std::size_t> matched(const RowsById& of, const std::vector<std::string>& ids, const std::string& owner) {
  std::vector<std::size_t> order;
  order.reserve(ids.size());
  for (const std::string& id : ids) {
    const auto found = of.find(id);
    if (found == of.end()) fail_rows(fmt::format("there is no row with the id `{}` in {}", printable(id), owner));
    order.push_back(found->second);
  }
  return order;
}

}  // namespace

PredictionColumns::PredictionColumns(const Predictions& predictions, const domain::PredictionRecipe& recipe)
    : predictions_{predictions}, recipe_{recipe}, order_{in_own_order(predictions.made.rows)} {
  if (order_.empty()) fail_rows(fmt::format("there are no predictions of {}", predictions.version.text()));
  match_holdout();
}

PredictionColumns::PredictionColumns(const Predictions& predictions, const PredictionColumns& first)
    : predictions_{predictions}, recipe_{first.recipe_} {
  const std::string owner = "the predictions of " + predictions.version.text();
  if (predictions.made.rows != first.rows()) {
    fail_rows(fmt::format("{} rows of {} can't be compared with {} of {}", first.rows(),
                          first.predictions_.version.text(), predictions.made.rows, predictions.version.text()));
  }
  const formats::LoadedColumn* const ids = predictions.made.find(recipe_.id);
  if (ids != nullptr && first.in_predictions(recipe_.id) != nullptr) {
    order_ = matched(rows_by_id(*ids, owner), first.texts(recipe_.id), owner);
  } else {
    order_ = in_own_order(predictions.made.rows);
  }
  match_holdout();
  if (!has(recipe_.truth)) return;
  const auto mine = texts(recipe_.truth);
  const auto theirs = first.texts(recipe_.truth);
  for (std::size_t row = 0; row < mine.size(); ++row) {
    if (label_text(mine[row]) == label_text(theirs[row])) continue;
    fail_rows(fmt::format("{} tell another truth in row {}: `{}` and not `{}`", owner, row + 1, printable(mine[row]),
                          printable(theirs[row])));
  }
}

// Nothing to match when neither ids nor equal numbers of rows say which is which: then its columns are out of reach.
void PredictionColumns::match_holdout() {
  const formats::LoadedColumn* const ids = predictions_.holdout.find(recipe_.id);
  if (ids != nullptr && in_predictions(recipe_.id) != nullptr) {
    holdout_order_ = matched(rows_by_id(*ids, "the holdout"), texts(recipe_.id), "the holdout");
  } else if (predictions_.holdout.rows == predictions_.made.rows) {
    holdout_order_ = order_;
  }
}

const formats::LoadedColumn* PredictionColumns::in_predictions(const std::string& column) const {
  return predictions_.made.find(column);
}

bool PredictionColumns::has(const std::string& column) const {
  return in_predictions(column) != nullptr || (!holdout_order_.empty() && predictions_.holdout.find(column) != nullptr);
}

const formats::LoadedColumn& PredictionColumns::find(const std::string& column) const {
  if (const auto* found = in_predictions(column)) return *found;
  const auto* const found = holdout_order_.empty() ? nullptr : predictions_.holdout.find(column);
  if (found != nullptr) return *found;
  const auto near = near_miss(column, predictions_.made.names);
  fail_rows(fmt::format("the predictions have no column `{}`{}", printable(column),
                        near ? fmt::format("; did you mean `{}`?", printable(*near)) : ""));
}

// The table's rows in the order that is shared.
const std::vector<std::size_t>& PredictionColumns::places_in(const formats::LoadedColumn& column) const {
  return in_predictions(column.name) == &column ? order_ : holdout_order_;
}

std::vector<std::string> PredictionColumns::texts(const std::string& column) const {
  const formats::LoadedColumn& found = find(column);
  std::vector<std::string> texts;
  texts.reserve(rows());
  for (const std::size_t at : places_in(found)) {
    if (found.missing[at]) fail_rows(fmt::format("`{}` is missing in row {}", printable(column), at + 1));
    texts.emplace_back(found.texts[at]);
  }
  return texts;
}

std::vector<double> PredictionColumns::numbers(const std::string& column) const {
  const formats::LoadedColumn& found = find(column);
  std::vector<double> all;
  try {
    all = found.numbers();
  } catch (const Error& error) {
    fail_rows(error.message());
  }
  std::vector<double> numbers;
  numbers.reserve(rows());
  for (const std::size_t at : places_in(found)) {
    if (!std::isfinite(all[at])) fail_rows(fmt::format("`{}` is no number in row {}", printable(column), at + 1));
    numbers.push_back(all[at]);
  }
  return numbers;
}

std::string label_text(std::string_view text) {
  const std::string_view trimmed = trim(text);
  const auto number = parse_double(trimmed);
  return number ? fmt::format("{}", *number + 0.0) : std::string{trimmed};
}

std::vector<std::string> label_texts(const PredictionColumns& columns, const std::string& column) {
  // Most columns of labels have a few, and one after the other is found sooner than read anew.
  constexpr std::size_t most_remembered = 16;
  std::vector<std::pair<std::string, std::string>> remembered;
  std::vector<std::string> labels = columns.texts(column);
  for (std::string& label : labels) {
    const auto known = std::ranges::find(remembered, label, &std::pair<std::string, std::string>::first);
    if (known != remembered.end()) {
      label = known->second;
      continue;
    }
    std::string text = label_text(label);
    if (remembered.size() < most_remembered) remembered.emplace_back(label, text);
    label = std::move(text);
  }
  return labels;
}

std::vector<std::string> slice_names(const std::vector<std::string>& by, const PredictionColumns& columns) {
  std::vector<std::string> names(columns.rows());
  for (std::size_t i = 0; i < by.size(); ++i) {
    const std::vector<std::string> values = label_texts(columns, by[i]);
    for (std::size_t row = 0; row < names.size(); ++row) {
      names[row] += fmt::format("{}{}={}", i == 0 ? "" : ", ", by[i], values[row]);
    }
  }
  return names;
}

std::vector<std::string> classes_of(const std::vector<const std::vector<std::string>*>& columns) {
  std::unordered_set<std::string_view> distinct;
  for (const auto* column : columns) distinct.insert(column->begin(), column->end());
  std::vector<std::string> classes{distinct.begin(), distinct.end()};
  std::ranges::sort(classes);
  const bool are_numbers =
      std::ranges::all_of(classes, [](const auto& label) { return parse_double(label).has_value(); });
  if (are_numbers) std::ranges::stable_sort(classes, {}, [](const auto& label) { return *parse_double(label); });
  return classes;
}

std::vector<std::uint32_t> indexes_of(const std::vector<std::string>& labels, const std::vector<std::string>& classes) {
  std::unordered_map<std::string_view, std::uint32_t> places;
  for (std::uint32_t place = 0; place < classes.size(); ++place) places.emplace(classes[place], place);
  std::vector<std::uint32_t> indexes;
  indexes.reserve(labels.size());
  for (const std::string& label : labels) indexes.push_back(places.at(label));
  return indexes;
}

}  // namespace mlops::app
