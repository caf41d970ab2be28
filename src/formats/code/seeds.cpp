// Randomness that no seed repeats.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "code/unit.hpp"

namespace mlops::formats::code {

namespace {

// Whose generator it is, "numpy"; "" for no randomness.
using Source = std::string_view;

template <std::size_t n>
bool is_one_of(std::string_view word, const std::array<std::string_view, n>& words) {
  return std::ranges::find(words, word) != words.end();
}

bool is_none(std::optional<TokenSpan> value) { return value && value->size() == 1 && value->front().is("None"); }

bool is_true(std::optional<TokenSpan> value) { return value && value->size() == 1 && value->front().is("True"); }

bool has_arguments(const Call& call) { return !call.arguments.empty() && !is_none(TokenSpan{call.arguments}); }

bool is_seeded_by_argument(const Call& call) {
  for (const std::string_view name : {"random_state", "seed", "generator", "rng"}) {
    const auto value = call.keyword(name);
    if (value && !is_none(value)) return true;
  }
  return false;
}

// Those of scikit-learn whose result depends on a random_state that is not given.
constexpr auto random_in_sklearn = std::to_array<std::string_view>({"train_test_split",
                                                                    "ShuffleSplit",
                                                                    "StratifiedShuffleSplit",
                                                                    "GroupShuffleSplit",
                                                                    "RandomizedSearchCV",
                                                                    "RandomForestClassifier",
                                                                    "RandomForestRegressor",
                                                                    "ExtraTreesClassifier",
                                                                    "ExtraTreesRegressor",
                                                                    "DecisionTreeClassifier",
                                                                    "DecisionTreeRegressor",
                                                                    "BaggingClassifier",
                                                                    "BaggingRegressor",
                                                                    "GradientBoostingClassifier",
                                                                    "GradientBoostingRegressor",
                                                                    "AdaBoostClassifier",
                                                                    "AdaBoostRegressor",
                                                                    "MLPClassifier",
                                                                    "MLPRegressor",
                                                                    "SGDClassifier",
                                                                    "SGDRegressor",
                                                                    "KMeans",
                                                                    "MiniBatchKMeans",
                                                                    "IsolationForest",
                                                                    "TSNE",
                                                                    "shuffle",
                                                                    "resample",
                                                                    "make_classification",
                                                                    "make_regression",
                                                                    "make_blobs",
                                                                    "make_moons"});
constexpr auto shuffling_in_sklearn =
    std::to_array<std::string_view>({"KFold", "StratifiedKFold", "StratifiedGroupKFold"});

constexpr auto drawing_in_torch = std::to_array<std::string_view>({"torch.rand",
                                                                   "torch.randn",
                                                                   "torch.randint",
                                                                   "torch.randperm",
                                                                   "torch.rand_like",
                                                                   "torch.randn_like",
                                                                   "torch.normal",
                                                                   "torch.multinomial",
                                                                   "torch.bernoulli",
                                                                   "torch.nn.Linear",
                                                                   "torch.nn.Conv1d",
                                                                   "torch.nn.Conv2d",
                                                                   "torch.nn.Conv3d",
                                                                   "torch.nn.LSTM",
                                                                   "torch.nn.GRU",
                                                                   "torch.nn.RNN",
                                                                   "torch.nn.Embedding",
                                                                   "torch.nn.Dropout",
                                                                   "torch.nn.MultiheadAttention",
                                                                   "torch.nn.Transformer",
                                                                   "torch.nn.TransformerEncoderLayer"});

// What begins with random weights, or drops some at random.
constexpr auto drawing_in_keras = std::to_array<std::string_view>(
    {"Dense", "Conv1D", "Conv2D", "Conv3D", "LSTM", "GRU", "SimpleRNN", "Embedding", "Dropout", "MultiHeadAttention"});

constexpr auto drawing_nothing = std::to_array<std::string_view>(
    {"random.seed", "random.getstate", "random.setstate", "random.Random", "random.SystemRandom", "numpy.random.seed",
     "numpy.random.default_rng", "numpy.random.RandomState", "numpy.random.Generator", "numpy.random.SeedSequence",
     "numpy.random.get_state", "numpy.random.set_state", "numpy.random.PCG64", "numpy.random.MT19937",
     "numpy.random.Philox", "tensorflow.random.set_seed"});

Source source_of_sklearn(const Call& call, std::string_view name) {
  if (!name.starts_with("sklearn.")) return "";
  const std::string_view word = name.substr(name.rfind('.') + 1);
  const bool is_random =
      is_one_of(word, random_in_sklearn) || (is_one_of(word, shuffling_in_sklearn) && is_true(call.keyword("shuffle")));
  return is_random && !is_seeded_by_argument(call) ? "sklearn" : "";
}

Source source_of(const Call& call, std::string_view name) {
  constexpr auto makers =
      std::to_array<std::string_view>({"random.Random", "numpy.random.default_rng", "numpy.random.RandomState"});
  if (is_one_of(name, makers) && !has_arguments(call)) return name.starts_with("numpy") ? "numpy" : "random";
  if (is_one_of(name, drawing_nothing)) return "";
  if (name.starts_with("numpy.random.")) return "numpy";
  if (name.starts_with("random.")) return "random";
  if (is_one_of(name, drawing_in_torch)) return is_seeded_by_argument(call) ? "" : "torch";
  if (name == "torch.utils.data.DataLoader" && is_true(call.keyword("shuffle")))
    return is_seeded_by_argument(call) ? "" : "torch";
  if (name.starts_with("tensorflow.random.")) return "tensorflow";
  if (name.find("keras.layers.") != std::string_view::npos && is_one_of(call.last(), drawing_in_keras))
    return "tensorflow";
  if (name.ends_with(".sample") && (call.keyword("frac") || call.keyword("n")) && !is_seeded_by_argument(call))
    return "numpy";
  return source_of_sklearn(call, name);
}

// Which generators a call seeds: one, or with a function of somebody's own ("seed_everything") all.
void note_seeds(const Call& call, std::string_view name, std::set<Source>& seeded) {
  const auto seeds = [&](Source source) { seeded.insert(source); };
  const std::string_view word = name.substr(name.rfind('.') + 1);
  constexpr auto makers = std::to_array<std::string_view>({"numpy.random.default_rng", "numpy.random.RandomState"});
  if (is_one_of(name, makers)) {
    if (has_arguments(call)) seeds("numpy");
  } else if (name == "random.Random") {
    if (has_arguments(call)) seeds("random");
  } else if (lower_ascii(word).find("seed") == std::string::npos) {
    return;
  } else if (name == "random.seed" || name == "numpy.random.seed") {
    if (has_arguments(call)) seeds(name == "random.seed" ? "random" : "numpy");
  } else if (name.starts_with("torch.")) {
    if (word.starts_with("manual_seed")) seeds("torch");
  } else if (name == "tensorflow.random.set_seed") {
    seeds("tensorflow");
  } else {
    for (const Source source : {"random", "numpy", "torch", "tensorflow"}) seeds(source);
  }
}

struct Use {
  const Cell* cell;
  int line;
  std::string name;
};

std::string description(Source source, const std::string& name) {
  if (source == "sklearn") return fmt::format("`{}` is called without random_state, and numpy has no seed", name);
  return fmt::format("`{}` draws random numbers, and {} has no seed", name, source);
}

}  // namespace

void check_seeds(const Unit& unit, Warnings& warnings) {
  Imports imports;
  std::set<Source> seeded;
  std::map<Source, Use> first_uses;
  for (const Cell& cell : unit.cells) {
    for (const Statement& statement : cell.statements) {
      imports.read(statement);
      for (const Call& call : calls_of(statement)) {
        const std::string name = imports.full_name(call.name);
        note_seeds(call, name, seeded);
        const Source source = source_of(call, name);
        if (!source.empty()) first_uses.try_emplace(source, Use{&cell, call.line, name});
      }
    }
  }
  // scikit-learn draws from numpy's own generator unless it is given another.
  if (seeded.contains("numpy")) seeded.insert("sklearn");
  for (const auto& [source, use] : first_uses) {
    if (!seeded.contains(source)) warnings.add("code.no-seed", *use.cell, use.line, description(source, use.name));
  }
}

}  // namespace mlops::formats::code
