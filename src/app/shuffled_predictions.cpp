#include "shuffled_predictions.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

#include "metric_figure.hpp"

namespace mlops::app {

namespace {

// So much of shuffled data goes into one call.
constexpr std::size_t most_bytes = std::size_t{256} << 20;

// Linear algebra on more rows rounds in another order.
constexpr double same_number = 1e-6;

bool are_near(std::span<const double> a, std::span<const double> b) {
  return std::ranges::equal(a, b, [](double x, double y) {
    return std::abs(x - y) <= same_number * std::max({1.0, std::abs(x), std::abs(y)});
  });
}

}  // namespace

ShuffledPredictions::ShuffledPredictions(Workspace& workspace, PredictionMaker& maker, domain::VersionId version,
                                         const Predictions& own, const ShuffledRows& rows, ReadRows read_rows,
                                         std::string metric)
    : workspace_{workspace},
      maker_{maker},
      version_{std::move(version)},
      own_{own},
      own_columns_{own, maker.recipe()},
      rows_{rows},
      read_rows_{std::move(read_rows)},
      metric_{std::move(metric)},
      own_rows_{read_rows_(own_columns_)} {}

double ShuffledPredictions::baseline() const { return figure_of(metric_, own_rows_, Whose::own); }

std::vector<double> ShuffledPredictions::figures(std::span<const RowsCopy> copies) {
  try {
    is_batched_ = true;
    return together(copies);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::failed) throw;
    workspace_.context().tell(
        fmt::format("the copies can't be predicted together, so each gets a call of its own: {}", error.message()));
    is_batched_ = false;
    return one_by_one(copies);
  }
}

std::vector<double> ShuffledPredictions::together(std::span<const RowsCopy> copies) {
  const RowsCopy plain{};
  const std::size_t bytes = rows_.text(std::span{&plain, 1}, maker_.recipe().id).size();
  const std::size_t most = std::max<std::size_t>(1, most_bytes / std::max<std::size_t>(1, bytes));
  std::vector<double> figures;
  for (std::size_t begin = 0; begin < copies.size(); begin += most) {
    const auto part = copies.subspan(begin, std::min(most, copies.size() - begin));
    std::vector<RowsCopy> batch{part.begin(), part.end()};
    if (begin == 0) batch.insert(batch.begin(), plain);
    std::vector<MetricRows> predicted = predict(batch);
    if (begin == 0) {
      if (!is_as_before(predicted.front()))
        throw Error{ErrorKind::failed, "what is predicted of a row depends on the other rows"};
      predicted.erase(predicted.begin());
    }
    for (const MetricRows& rows : predicted) figures.push_back(figure_of(metric_, rows, Whose::own));
  }
  return figures;
}

std::vector<double> ShuffledPredictions::one_by_one(std::span<const RowsCopy> copies) {
  const RowsCopy plain{};
  if (!is_as_before(predict(std::span{&plain, 1}).front())) {
    throw Error{ErrorKind::failed,
                "the prediction command predicts the same rows differently when they are written anew",
                {"give it a fixed seed, and let it read the columns by their names"}};
  }
  std::vector<double> figures;
  for (const RowsCopy& copy : copies)
    figures.push_back(figure_of(metric_, predict(std::span{&copy, 1}).front(), Whose::own));
  return figures;
}

std::vector<MetricRows> ShuffledPredictions::predict(std::span<const RowsCopy> copies) {
  const TemporaryDirectory scratch{workspace_.context().temporary_directory, "mlops-shuffled-"};
  const std::filesystem::path file = scratch.path() / rows_.file_name();
  write_file_atomic(file, rows_.text(copies, maker_.recipe().id));
  ++calls_;
  const formats::Table made = maker_.predict(version_, file);
  const std::vector<std::size_t> places = places_of(made, copies.size());
  Predictions part = own_;
  std::vector<MetricRows> predicted;
  for (std::size_t copy = 0; copy < copies.size(); ++copy) {
    part.made = part_of(made, std::span{places}.subspan(copy * rows_.rows(), rows_.rows()));
    predicted.push_back(read_rows_(PredictionColumns{part, own_columns_}));
  }
  return predicted;
}

// Which row of what was made is of which row that was written: by its id where both have one, else by its order.
std::vector<std::size_t> ShuffledPredictions::places_of(const formats::Table& made, std::size_t copies) const {
  const std::size_t written = copies * rows_.rows();
  if (made.rows != written)
    throw Error{ErrorKind::failed, fmt::format("{} rows were predicted of {}", made.rows, written)};
  std::vector<std::size_t> places(written);
  std::iota(places.begin(), places.end(), std::size_t{0});
  const std::string& id = maker_.recipe().id;
  const formats::LoadedColumn* const ids = made.find(id);
  if (ids == nullptr || !rows_.has(id)) return places;
  const formats::LoadedColumn* const own_ids = own_.holdout.find(id);
  std::unordered_map<std::string, std::size_t> rows;
  for (std::size_t row = 0; row < written; ++row) rows.emplace(label_text(ids->texts[row]), row);
  for (std::size_t row = 0; row < written; ++row) {
    const std::string wanted = copies > 1 ? std::to_string(row + 1) : label_text(own_ids->texts[row]);
    const auto found = rows.find(wanted);
    if (found == rows.end())
      throw Error{ErrorKind::failed, fmt::format("no row with the id `{}` was predicted", printable(wanted))};
    places[row] = found->second;
  }
  return places;
}

// Some rows of what was made, under the ids that they have in the holdout.
formats::Table ShuffledPredictions::part_of(const formats::Table& made, std::span<const std::size_t> places) const {
  const std::string& id = maker_.recipe().id;
  formats::Table part;
  part.source = made.source;
  part.rows = places.size();
  for (const formats::LoadedColumn& column : made.columns) {
    if (column.name == id) continue;
    formats::LoadedColumn taken{.name = column.name, .texts = {}, .missing = {}, .is_text = column.is_text};
    for (const std::size_t place : places) {
      taken.texts.push_back(column.texts[place]);
      taken.missing.push_back(column.missing[place]);
    }
    part.columns.push_back(std::move(taken));
  }
  const formats::LoadedColumn* const ids = own_.holdout.find(id);
  if (ids != nullptr && own_.made.find(id) != nullptr) part.columns.push_back(*ids);
  return part;
}

bool ShuffledPredictions::is_as_before(const MetricRows& plain) const {
  return plain.predicted == own_rows_.predicted && are_near(plain.number, own_rows_.number);
}

}  // namespace mlops::app
