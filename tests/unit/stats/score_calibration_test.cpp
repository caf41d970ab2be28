#include <mlops/stats/score_calibration.hpp>

#include <filesystem>
#include <string>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/json.hpp>

using namespace mlops;
using stats::IsotonicFit;
using stats::ScoreCalibration;

namespace {

const Json& cases_of_oracle() {
  static const Json json =
      parse_json(read_file(std::filesystem::path{MLOPS_ORACLES} / "estimates.json"), "estimates.json");
  return json.at("cases");
}

std::vector<double> numbers_in(const Json& json) {
  std::vector<double> numbers;
  for (const Json& number : json.as_array()) numbers.push_back(number.as_double());
  return numbers;
}

}  // namespace

TEST_CASE("scores are calibrated as scikit-learn's isotonic regression does, where that helps") {
  for (const auto& [name, given] : cases_of_oracle().as_object()) {
    INFO(name);
    std::vector<std::uint8_t> truth;
    for (const Json& label : given.at("truth").as_array()) truth.push_back(label.as_integer() == 1 ? 1 : 0);
    const auto scores = numbers_in(given.at("scores"));
    const ScoreCalibration calibration{scores, truth};
    CHECK(calibration.error_before() == Approx(given.at("error_before").as_double()).epsilon(1e-9));
    CHECK(calibration.error_after() == Approx(given.at("error_after").as_double()).epsilon(1e-9));
    CHECK(calibration.is_used() == given.at("used").as_bool());
    const std::vector<double> y{truth.begin(), truth.end()};
    const IsotonicFit fit{scores, y};
    for (const Json& point : given.at("points").as_array()) {
      CHECK(fit.at(point.as_array()[0].as_double()) == Approx(point.as_array()[1].as_double()).margin(1e-12));
    }
    const auto held_out = numbers_in(given.at("held_out"));
    for (std::size_t row = 0; row < scores.size(); ++row) {
      CHECK(calibration.held_out()[row] == Approx(calibration.is_used() ? held_out[row] : scores[row]).margin(1e-12));
    }
  }
}

TEST_CASE("a rising function goes through the means of what contradicts it") {
  const IsotonicFit fit{std::vector<double>{3, 1, 2, 4}, std::vector<double>{1, 0, 3, 5}};
  CHECK(fit.at(0) == 0);
  CHECK(fit.at(1.5) == Approx(1));
  CHECK(fit.at(2) == Approx(2));
  CHECK(fit.at(2.5) == Approx(2));
  CHECK(fit.at(9) == 5);
  CHECK(IsotonicFit{std::vector<double>{1, 1}, std::vector<double>{0, 1}}.at(7) == Approx(0.5));
}

TEST_CASE("what can't be calibrated is refused") {
  CHECK_THROWS_AS(IsotonicFit(std::vector<double>{}, std::vector<double>{}), Error);
  CHECK_THROWS_AS(IsotonicFit(std::vector<double>{1}, std::vector<double>{1, 2}), Error);
  const std::vector<double> scores{0.1, 0.2, 0.3, 0.4, 0.5, 0.6};
  const std::vector<std::uint8_t> few{0, 0, 0, 0, 1, 1};
  CHECK_THROWS_AS(ScoreCalibration(scores, few), Error);
  const std::vector<std::uint8_t> enough{0, 1, 0, 1, 0, 1};
  CHECK_NOTHROW(ScoreCalibration(scores, enough));
  const std::vector<double> beyond{0.1, 0.2, 0.3, 0.4, 0.5, 1.6};
  CHECK_THROWS_AS(ScoreCalibration(beyond, enough), Error);
}
