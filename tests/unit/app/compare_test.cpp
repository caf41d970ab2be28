// Expected figures are those of scipy, statsmodels and scikit-learn: tests/oracles/compare.py.
#include <mlops/app/compare.hpp>

#include <functional>
#include <limits>

#include <fmt/core.h>
#include <catch2/catch.hpp>

#include <mlops/app/ab_test.hpp>
#include <mlops/app/compare_plan.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

using namespace mlops;
using namespace mlops::app;

namespace {

const Json& compare_oracle(std::string_view section) {
  static const Json oracle = [] {
    const std::filesystem::path path = std::filesystem::path{MLOPS_ORACLES} / "compare.json";
    return parse_json(read_file(path), path.string());
  }();
  REQUIRE_FALSE(oracle.at(section).as_array().empty());
  return oracle.at(section);
}

class Folder {
 public:
  Folder() { context_.directory = scratch_.path(); }

  void write(const std::string& name, std::string_view text) { write_file_atomic(scratch_.path() / name, text); }
  [[nodiscard]] const Context& context() const { return context_; }

  CompareOutcome compare_files(std::vector<std::string> metrics, CompareRequest request = {}) {
    request.challenger = "new.csv";
    request.champion = "old.csv";
    request.are_files = true;
    request.metrics = std::move(metrics);
    return compare(context_, request);
  }
  AbOutcome judge(std::string_view log, AbRequest request = {}) {
    write("log.csv", log);
    request.log.data = "log.csv";
    return judge_ab_log(context_, request);
  }

 private:
  TemporaryDirectory scratch_{std::filesystem::temp_directory_path(), "mlops-compare-"};
  Context context_;
};

std::string refusal_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return error.message();
  }
  return "";
}

void check_figure(const ComparedFigure& found, const Json& expected) {
  INFO(found.metric);
  CHECK(found.metric == expected.at("metric").as_string());
  CHECK(found.challenger == Approx(expected.at("challenger").as_double()).epsilon(1e-9));
  CHECK(found.champion == Approx(expected.at("champion").as_double()).epsilon(1e-9));
  const auto is_near = [&](std::string_view key, const std::optional<double>& value) {
    if (expected.find(key) == nullptr) return;
    REQUIRE(value);
    CHECK(*value == Approx(expected.at(key).as_double()).epsilon(1e-6));
  };
  is_near("p", found.p_value);
  is_near("adjusted_p", found.adjusted_p);
  is_near("wilcoxon_p", found.rank_p);
  is_near("low", found.interval.low);
  is_near("high", found.interval.high);
}

// `rows` rows of classes 0 and 1, of which the challenger gets those below `new_right` right, the champion those below
// `old_right`.
void write_shares(Folder& folder, int rows, int new_right, int old_right) {
  std::string made = "truth,prediction,half\n";
  std::string held = "truth,prediction,half\n";
  for (int row = 0; row < rows; ++row) {
    const int truth = row % 2;
    const std::string half = row < rows / 2 ? "first" : "second";
    made += std::to_string(truth) + "," + std::to_string(row < new_right ? truth : 1 - truth) + "," + half + "\n";
    held += std::to_string(truth) + "," + std::to_string(row < old_right ? truth : 1 - truth) + "," + half + "\n";
  }
  folder.write("new.csv", made);
  folder.write("old.csv", held);
}

}  // namespace

TEST_CASE("figures and p-values of two files of predictions are those of others") {
  for (const Json& example : compare_oracle("predictions").as_array()) {
    Folder folder;
    folder.write("new.csv", example.at("challenger").as_string());
    folder.write("old.csv", example.at("champion").as_string());
    std::vector<std::string> metrics;
    for (const Json& figure : example.at("figures").as_array()) metrics.push_back(figure.at("metric").as_string());
    const CompareOutcome found = folder.compare_files(metrics);
    REQUIRE(found.figures.size() == metrics.size());
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      check_figure(found.figures[i], example.at("figures").as_array()[i]);
    }
  }
}

TEST_CASE("the metrics follow from the columns when none is named") {
  const auto metrics_of = [](std::size_t example) {
    Folder folder;
    folder.write("new.csv", compare_oracle("predictions").as_array()[example].at("challenger").as_string());
    folder.write("old.csv", compare_oracle("predictions").as_array()[example].at("champion").as_string());
    std::vector<std::string> metrics;
    for (const auto& figure : folder.compare_files({}).figures) metrics.push_back(figure.metric);
    return metrics;
  };
  CHECK(metrics_of(0) == std::vector<std::string>{"accuracy", "auc"});
  CHECK(metrics_of(1) == std::vector<std::string>{"mae", "rmse"});
  CHECK(metrics_of(2) == std::vector<std::string>{"ndcg", "map"});
}

TEST_CASE("the verdict is that of the interval against what is asked") {
  Folder folder;
  write_shares(folder, 400, 380, 378);
  CompareRequest request;
  CHECK(folder.compare_files({"accuracy"}).result() == domain::VerdictResult::inconclusive);
  request.asked.margin = 0.01;
  CHECK(folder.compare_files({"accuracy"}, request).result() == domain::VerdictResult::passed);
  request.asked = {.margin = std::nullopt, .gain = 0.05};
  CHECK(folder.compare_files({"accuracy"}, request).result() == domain::VerdictResult::failed);
  request.asked.margin = 0.01;
  CHECK(refusal_of([&] { folder.compare_files({"accuracy"}, request); }).find("exclude") != std::string::npos);
  const CompareOutcome unclear = folder.compare_files({"accuracy"});
  CHECK(unclear.figures.front().rows_needed);
  CHECK(unclear.figures.front().detectable);
  CHECK(unclear.figures.front().reason.starts_with("400 rows can't tell whether it is better"));
}

TEST_CASE("of a metric that should be low, less is better") {
  Folder folder;
  folder.write("new.csv", "truth,prediction\n1.5,1.6\n2.5,2.4\n3.5,3.5\n4.5,4.4\n");
  folder.write("old.csv", "truth,prediction\n1.5,2.6\n2.5,3.8\n3.5,2.4\n4.5,5.7\n");
  CHECK(folder.compare_files({"mae"}).result() == domain::VerdictResult::passed);
}

TEST_CASE("slices are judged each by themselves, and the worst decides") {
  Folder folder;
  write_shares(folder, 400, 380, 200);
  CompareRequest request;
  request.by = {"half"};
  const CompareOutcome found = folder.compare_files({"accuracy"}, request);
  REQUIRE(found.figures.size() == 2);
  CHECK(found.figures[0].result == domain::VerdictResult::inconclusive);  // both get all of it right
  CHECK(found.figures[1].result == domain::VerdictResult::passed);
  CHECK(found.result() == domain::VerdictResult::inconclusive);
  request.min_slice = 201;
  const CompareOutcome small = folder.compare_files({"accuracy"}, request);
  CHECK(small.too_small.size() == 2);
  CHECK(small.result() == domain::VerdictResult::inconclusive);
}

// What statsmodels found: tests/oracles/slices.py.
TEST_CASE("a slice fails when that stands after the correction for all slices of the metric") {
  const std::filesystem::path path = std::filesystem::path{MLOPS_ORACLES} / "slices.json";
  std::size_t only_alone = 0;
  std::size_t rejected = 0;
  const Json oracle = parse_json(read_file(path), path.string());
  for (const Json& example : oracle.at("differences").as_array()) {
    INFO(example.at("name").as_string());
    std::string made = "truth,prediction,region\n";
    std::string held = made;
    const Json::Array& slices = example.at("slices").as_array();
    for (std::size_t slice = 0; slice < slices.size(); ++slice) {
      const Json::Array& pair = slices[slice].as_array();
      for (std::size_t row = 0; row < pair.at(0).as_array().size(); ++row) {
        made += fmt::format("0,{},r{}\n", pair.at(0).as_array()[row].as_double(), slice);
        held += fmt::format("0,{},r{}\n", pair.at(1).as_array()[row].as_double(), slice);
      }
    }
    Folder folder;
    folder.write("new.csv", made);
    folder.write("old.csv", held);
    CompareRequest request;
    request.by = {"region"};
    request.asked.margin = example.at("margin").as_double();
    const CompareOutcome found = folder.compare_files({"mae"}, request);
    REQUIRE(found.figures.size() == slices.size());
    for (std::size_t slice = 0; slice < slices.size(); ++slice) {
      const ComparedFigure& figure = found.figures[slice];
      INFO(figure.slice);
      CHECK(figure.short_p.value() == Approx(example.at("p").as_array()[slice].as_double()).epsilon(1e-9));
      CHECK(figure.adjusted_short_p.value() ==
            Approx(example.at("adjusted").as_array()[slice].as_double()).epsilon(1e-9));
      const bool is_rejected = example.at("rejected").as_array()[slice].as_bool();
      CHECK((figure.result == domain::VerdictResult::failed) == is_rejected);
      const bool fails_alone = example.at("fails_alone").as_array()[slice].as_bool();
      const bool is_told = figure.reason.find("may be so by chance (p 0.011, 0.088 by Holm for 8") != std::string::npos;
      CHECK(is_told == (fails_alone && !is_rejected));
      only_alone += fails_alone && !is_rejected ? 1 : 0;
      rejected += is_rejected ? 1 : 0;
    }
  }
  CHECK(only_alone == 1);
  CHECK(rejected == 2);
}

TEST_CASE("one slice is not corrected, nor are all rows") {
  Folder folder;
  std::string made = "truth,prediction,place\n";
  std::string held = made;
  for (int row = 0; row < 200; ++row) {
    made += row < 100 ? "1,1,here\n" : "1,0,here\n";
    held += row < 190 ? "1,1,here\n" : "1,0,here\n";
  }
  folder.write("new.csv", made);
  folder.write("old.csv", held);
  CompareRequest request;
  const CompareOutcome all = folder.compare_files({"accuracy"}, request);
  CHECK_FALSE(all.figures.front().short_p);
  request.by = {"place"};
  const CompareOutcome one = folder.compare_files({"accuracy"}, request);
  REQUIRE(one.figures.size() == 1);
  CHECK(one.figures.front().short_p);
  CHECK_FALSE(one.figures.front().adjusted_short_p);
  CHECK(one.figures.front().result == domain::VerdictResult::failed);
}

TEST_CASE("rows of one cluster count as little as the cluster") {
  Folder folder;
  std::string made = "truth,prediction,patient\n";
  std::string held = made;
  for (int row = 0; row < 600; ++row) {
    const int patient = row / 30;  // 20 of them, alike within
    made += "1," + std::to_string(patient % 10 == 9 ? 0 : 1) + "," + std::to_string(patient) + "\n";
    held += "1," + std::to_string(patient % 5 == 4 ? 0 : 1) + "," + std::to_string(patient) + "\n";
  }
  folder.write("new.csv", made);
  folder.write("old.csv", held);
  CompareRequest request;
  CHECK(folder.compare_files({"accuracy"}, request).result() == domain::VerdictResult::passed);
  request.cluster = "patient";
  const CompareOutcome clustered = folder.compare_files({"accuracy"}, request);
  CHECK(clustered.result() == domain::VerdictResult::inconclusive);
  CHECK(clustered.figures.front().test == "bootstrap of clusters");
  CHECK(clustered.figures.front().clusters == 20);
}

TEST_CASE("what can't be compared is refused with the reason") {
  Folder folder;
  folder.write("new.csv", "truth,prediction\n1,1\n0,0\n");
  folder.write("old.csv", "truth,predicted\n1,1\n0,0\n");
  CHECK(refusal_of([&] { folder.compare_files({"accuracy"}); }).find("did you mean `predicted`?") != std::string::npos);
  CHECK(refusal_of([&] { folder.compare_files({"acuracy"}); }).find("no metric `acuracy`") != std::string::npos);
  CHECK(refusal_of([&] { folder.compare_files({"positive_rate"}); }).find("better") != std::string::npos);
  folder.write("old.csv", "truth,prediction\n1,1\n1,0\n");
  CHECK(refusal_of([&] { folder.compare_files({"accuracy"}); }).find("another truth in row 2") != std::string::npos);
  folder.write("old.csv", "truth,prediction\n1,1\n");
  CHECK(refusal_of([&] { folder.compare_files({"accuracy"}); }).find("can't be compared") != std::string::npos);
}

TEST_CASE("a log tells what the formulas tell") {
  const Json::Array& logs = compare_oracle("logs").as_array();
  const auto check_look = [](const AbOutcome& found, const Json& expected) {
    CHECK(found.difference == Approx(expected.at("difference").as_double()));
    CHECK(found.interval.low == Approx(expected.at("low").as_double()));
    CHECK(found.interval.high == Approx(expected.at("high").as_double()));
    CHECK(found.likelihood_ratio == Approx(expected.at("ratio").as_double()));
    CHECK(found.p_value == Approx(expected.at("p").as_double()));
    CHECK(found.split_p == Approx(expected.at("split_p").as_double()));
  };
  Folder folder;
  const AbOutcome rates = folder.judge(logs[0].at("log").as_string());
  check_look(rates, logs[0]);
  REQUIRE(rates.bets);
  CHECK(rates.bets->e_for == Approx(logs[0].at("e_for").as_double()));
  CHECK(rates.bets->e_against == Approx(logs[0].at("e_against").as_double()));
  CHECK(rates.result == domain::VerdictResult::passed);

  AbRequest request;
  request.effect = logs[1].at("effect").as_double();
  const AbOutcome means = folder.judge(logs[1].at("log").as_string(), request);
  check_look(means, logs[1]);
  REQUIRE(means.cuped);
  CHECK(means.cuped->theta == Approx(logs[1].at("theta").as_double()));
  CHECK(means.cuped->variance_ratio == Approx(logs[1].at("variance_ratio").as_double()));
  CHECK(means.cuped->without == 41);
  REQUIRE(means.sprt);
  CHECK(means.sprt->log_ratio == Approx(logs[1].at("log_ratio").as_double()));
  CHECK(means.result == domain::VerdictResult::inconclusive);
  CHECK(means.units_needed);
  CHECK_FALSE(means.bets);
}

TEST_CASE("a log that says nothing clear is refused, with its rows") {
  Folder folder;
  const auto refusal = [&](std::string_view log, AbRequest request = {}) {
    return refusal_of([&] { folder.judge(log, request); });
  };
  CHECK(refusal("arm,outcome\n") == "log.csv has no rows");
  CHECK(refusal("arm,outcome\na,1\na,0\n").find("nothing of the challenger") != std::string::npos);
  CHECK(refusal("arm,outcome\na,1\nb,maybe\nb,\n") ==
        "log.csv: row 2: the outcome `maybe` is no number; row 3: the outcome is missing");
  CHECK(refusal("arm,outcome\na,1\ngreen,1\n") == "log.csv: row 2: is `green` the challenger or the champion?");
  CHECK(refusal("arm,outcome\na,1\n,1\n") == "log.csv: row 2: the arm is missing");
  CHECK(refusal("arm,outcome,unit\na,1,u1\nb,1,u2\nb,1,u1\n") ==
        "log.csv: row 3: the unit `u1` is in both arms, see row 1");
  CHECK(refusal("group,outcome\na,1\nb,1\n") == "log.csv has no column `arm`");
  AbRequest request;
  request.bounds = stats::Interval{0, 5};
  CHECK(refusal("arm,outcome\na,1\nb,6\n", request) == "log.csv: row 2: the outcome 6 is not within the bounds");
  request.bounds.reset();
  request.challenger = "b";
  CHECK(refusal("arm,outcome\na,1\nb,6\n", request).find("together") != std::string::npos);
}

TEST_CASE("an uneven split is not judged, whatever the difference") {
  std::string log = "arm,outcome\n";
  for (int row = 0; row < 2000; ++row) {
    log += row % 5 < 3 ? "new," : "old,";
    log += std::to_string(row % 5 < 3 ? 1 : row % 2) + "\n";
  }
  Folder folder;
  const AbOutcome found = folder.judge(log);
  CHECK(found.is_split_broken);
  CHECK(found.result == domain::VerdictResult::inconclusive);
  AbRequest planned;
  planned.share = 0.6;
  CHECK(folder.judge(log, planned).result == domain::VerdictResult::passed);
}

TEST_CASE("a unit with several rows counts once, and other arms are left out") {
  std::string log = "arm,outcome,unit\n";
  for (int unit = 0; unit < 300; ++unit) {
    const std::string name = "u" + std::to_string(unit);
    const std::string arm = unit % 3 == 0 ? "x" : unit % 3 == 1 ? "y" : "z";
    log += arm + ",1," + name + "\n" + arm + "," + std::to_string(unit % 2) + "," + name + "\n";
  }
  Folder folder;
  AbRequest request;
  request.challenger = "x";
  request.champion = "y";
  const AbOutcome found = folder.judge(log, request);
  CHECK(found.challenger.units == 100);
  CHECK(found.challenger.rows == 200);
  CHECK(found.challenger.mean == 0.75);
  CHECK(found.left_out == 200);
}

TEST_CASE("a plan tells the rows of each design") {
  // (1.959964 √0.1 + 0.841621 √(0.1 - 0.02²))² / 0.02², and 3,213 units an arm for 0.90 against 0.92.
  const auto shares = plan_comparison({.baseline = 0.9, .effect = 0.02, .discordant = 0.1, .deviation = {}});
  REQUIRE(shares.size() == 3);
  CHECK(shares[0].rows == 1960);
  CHECK(shares[1].rows == 3213);
  CHECK(shares[1].is_per_arm);
  CHECK(*shares[2].rows > *shares[1].rows);
  // scipy: ceil(((norm.ppf(.975) + norm.ppf(.8)) * 10)²), and twice that.
  const auto means = plan_comparison({.baseline = {}, .effect = 1, .discordant = {}, .deviation = 10});
  CHECK(means[0].rows == 785);
  CHECK(means[1].rows == 1570);
  CHECK(refusal_of([] { plan_comparison({.baseline = 0.99, .effect = 0.02}); }).find("0 to 1") != std::string::npos);
  CHECK(refusal_of([] { plan_comparison({.baseline = {}, .effect = 0.02}); }).find("needs either") !=
        std::string::npos);
}

TEST_CASE("an interval against a margin has three answers") {
  using domain::VerdictResult;
  const auto margin = [](double least) { return Asked{.margin = least, .gain = {}}; };
  const auto gain = [](double least) { return Asked{.margin = {}, .gain = least}; };
  // Worked by hand: difference, standard error, margin; the intervals are difference ± 1.96 standard errors.
  CHECK(margin(0.01).judge({-0.00984, 0.00584}) == VerdictResult::passed);   // -0.002, 0.004
  CHECK(margin(0.01).judge({-0.01892, -0.01108}) == VerdictResult::failed);  // -0.015, 0.002
  CHECK(margin(0).judge({0.00612, 0.01788}) == VerdictResult::passed);       // 0.012, 0.003
  CHECK(margin(0.01).judge({-0.012, 0.004}) == VerdictResult::inconclusive);
  CHECK(gain(0.01).judge({0.006, 0.018}) == VerdictResult::inconclusive);
  CHECK(gain(0.01).judge({0.011, 0.018}) == VerdictResult::passed);
  CHECK(gain(0.01).judge({-0.011, 0.009}) == VerdictResult::failed);
  // What only touches the margin, or is unknown.
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(margin(0.01).judge({-0.01, 0.02}) == VerdictResult::inconclusive);
  CHECK(Asked{}.judge({0, 0}) == VerdictResult::inconclusive);
  CHECK(margin(1).judge({-infinity, infinity}) == VerdictResult::inconclusive);
  CHECK(margin(1).judge({nan, nan}) == VerdictResult::inconclusive);
  CHECK(margin(0.1).judge({0.5, nan}) == VerdictResult::inconclusive);
  CHECK(margin(0.1).judge({nan, -0.5}) == VerdictResult::inconclusive);
}
