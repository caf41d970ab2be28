// Bayesian search by Optuna, through its command line: `ask` for the next trial, `tell` what came of it.
#include <set>
#include <utility>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/process.hpp>
#include <mlops/support/text.hpp>

#include "search/strategy.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view program = "optuna";
constexpr std::string_view study_name = "mlops";

Json optuna_distribution(std::string_view name, Json attributes) {
  return Json::object({{"name", name}, {"attributes", std::move(attributes)}});
}

Json optuna_distribution_of(const domain::Dimension& dimension) {
  if (!dimension.values.empty())
    return optuna_distribution("CategoricalDistribution", Json::object({{"choices", Json{dimension.values}}}));
  if (dimension.integers) {
    return optuna_distribution("IntDistribution", Json::object({{"low", static_cast<std::int64_t>(dimension.least)},
                                                                {"high", static_cast<std::int64_t>(dimension.most)},
                                                                {"step", 1},
                                                                {"log", dimension.logarithmic}}));
  }
  return optuna_distribution(
      "FloatDistribution",
      Json::object(
          {{"low", dimension.least}, {"high", dimension.most}, {"step", nullptr}, {"log", dimension.logarithmic}}));
}

Json search_space(const std::vector<domain::Dimension>& space) {
  Json json = Json::object();
  for (const domain::Dimension& dimension : space) json.set(dimension.param, optuna_distribution_of(dimension));
  return json;
}

std::string call(std::vector<std::string> argv) {
  const std::string what = argv.size() > 1 ? argv[1] : std::string{};
  argv.insert(argv.begin(), std::string{program});
  const CapturedOutput output = capture_process({.argv = std::move(argv)});
  if (output.result.exit_code == 0) return output.out;
  const std::string_view complaint = trim(output.err);
  const auto last_line = complaint.rfind('\n');
  throw Error{ErrorKind::unavailable,
              fmt::format("`{} {}` exited with {}: {}", program, what, output.result.exit_code,
                          printable(complaint.substr(last_line == std::string_view::npos ? 0 : last_line + 1))),
              {"`optuna --version` tells whether it works at all"}};
}

class OptunaStrategy final : public Strategy {
 public:
  OptunaStrategy(const domain::SearchPlan& plan, const fs::path& folder) : plan_{plan}, folder_{folder} {
    if (!find_executable(program)) {
      throw Error{ErrorKind::not_found,
                  "Optuna is not installed: there is no `optuna` in PATH",
                  {"`pip install optuna` in the environment of this shell", "`--search random` needs nothing"}};
    }
    make_directories(folder_);
    storage_ = "sqlite:///" + (folder_ / "optuna.db").string();
    call({"create-study", "--storage", storage_, "--study-name", std::string{study_name}, "--skip-if-exists",
          "--direction", plan.objective.goal == domain::Goal::maximum ? "maximize" : "minimize"});
  }

  std::optional<TrialPlan> next() override {
    if (asked_ + earlier_ >= plan_.count) return std::nullopt;
    ++asked_;
    const Json answer = parse_json(ask(), "the answer of `optuna ask`");
    TrialPlan trial;
    trial.number = answer.at("number").as_integer() + 1;
    for (const domain::Dimension& dimension : plan_.space)
      trial.params.insert_or_assign(dimension.param, answer.at("params").at(dimension.param));
    open_.insert(trial.number);
    return trial;
  }

  void ended(std::int64_t number, const TrialResult& result) override {
    if (open_.erase(number) == 0) ++earlier_;
    std::vector<std::string> argv{"tell",
                                  "--storage",
                                  storage_,
                                  "--study-name",
                                  std::string{study_name},
                                  "--trial-number",
                                  fmt::format("{}", number - 1),
                                  "--skip-if-finished"};
    if (result.value) {
      argv.insert(argv.end(), {"--values", number_text(*result.value)});
    } else {
      argv.insert(argv.end(), {"--state", "fail"});
    }
    call(std::move(argv));
  }

  [[nodiscard]] std::size_t total() const override { return static_cast<std::size_t>(plan_.count); }

 private:
  // Each call is a process of its own, which would draw the same as the one before it with the same seed.
  [[nodiscard]] std::string ask() const {
    const std::int64_t seed = plan_.seed + asked_ + earlier_;
    return call({"ask", "--storage", storage_, "--study-name", std::string{study_name}, "--search-space",
                 to_line(search_space(plan_.space)), "--sampler", "TPESampler", "--sampler-kwargs",
                 fmt::format("{{\"seed\": {}}}", seed), "-f", "json"});
  }

  domain::SearchPlan plan_;
  fs::path folder_;
  std::string storage_;
  std::int64_t asked_ = 0;
  std::int64_t earlier_ = 0;  // trials of a search that is resumed
  std::set<std::int64_t> open_;
};

}  // namespace

std::unique_ptr<Strategy> optuna_strategy(const domain::SearchPlan& plan, const fs::path& folder) {
  return std::make_unique<OptunaStrategy>(plan, folder);
}

}  // namespace mlops::app
