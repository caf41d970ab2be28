#include <mlops/app/dataset_drift.hpp>

#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <mlops/stats/random.hpp>
#include <mlops/support/byte_source.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "reference_cache.hpp"

using namespace mlops;
using app::DriftOutcome;

namespace {

struct Shift {
  double number = 0;
  std::string city = "Oslo";  // instead of Paris
};

// Skewed amounts, small codes, cities, ids, and some cells without a value.
std::string orders(std::size_t rows, std::uint64_t seed, const Shift& shift = {}) {
  stats::Random random{seed};
  std::string text = "id,amount,stars,city\n";
  for (std::size_t row = 0; row < rows; ++row) {
    const double u = random.uniform();
    const std::string amount = row % 50 == 7 ? "" : fmt::format("{:.4f}", 10 * u * u * u + shift.number);
    const std::uint64_t of_city = random.below(10);
    text += fmt::format("u{}-{},{},{},{}\n", seed, row, amount, 1 + random.below(5),
                        of_city < 5 ? "Berlin" : (of_city < 8 ? "Rome" : shift.city));
  }
  return text;
}

DriftOutcome drift(const std::string& reference, const std::string& current, bool in_bins,
                   const std::vector<std::string>& columns = {}) {
  const MemorySource before{reference};
  const MemorySource after{current};
  const formats::TableOptions options{.name = "t.csv"};
  return app::compare_sources({before, options}, {after, options}, columns, {}, in_bins);
}

const stats::DriftFigure& figure(const DriftOutcome& outcome, std::string_view column, stats::DriftStatistic which) {
  const auto found = std::ranges::find(outcome.drift.columns, column, &stats::ColumnDrift::column);
  REQUIRE(found != outcome.drift.columns.end());
  const auto of_it = std::ranges::find(found->figures, which, &stats::DriftFigure::statistic);
  REQUIRE(of_it != found->figures.end());
  return *of_it;
}

}  // namespace

TEST_CASE("counts in bins tell of a large table what its values tell") {
  const std::string reference = orders(9000, 1);
  for (const Shift& shift : {Shift{}, Shift{.number = 0.9}, Shift{.city = "Madrid"}}) {
    const std::string current = orders(7000, 2, shift);
    const DriftOutcome exact = drift(reference, current, false);
    const DriftOutcome binned = drift(reference, current, true);
    CHECK_FALSE(exact.is_in_bins);
    CHECK(binned.is_in_bins);
    CHECK(binned.left_out == std::vector<std::string>{"id"});
    REQUIRE(binned.drift.columns.size() == exact.drift.columns.size());
    for (std::size_t i = 0; i < exact.drift.columns.size(); ++i) {
      INFO(exact.drift.columns[i].column);
      CHECK(binned.drift.columns[i].column == exact.drift.columns[i].column);
      CHECK(binned.drift.columns[i].drift == exact.drift.columns[i].drift);
    }
    const auto& distance = figure(binned, "amount", stats::DriftStatistic::wasserstein);
    const double of_values = figure(exact, "amount", stats::DriftStatistic::wasserstein).value;
    CHECK(distance.bounds.low <= of_values + 1e-12);
    CHECK(distance.bounds.high >= of_values - 1e-12);
    CHECK(distance.bounds.high - distance.bounds.low < 0.05);
    CHECK(figure(binned, "amount", stats::DriftStatistic::psi).value ==
          Approx(figure(exact, "amount", stats::DriftStatistic::psi).value).epsilon(0.02).margin(0.002));
    for (const auto which : {stats::DriftStatistic::jensen_shannon, stats::DriftStatistic::l_infinity}) {
      CHECK(figure(binned, "city", which).value == Approx(figure(exact, "city", which).value).epsilon(1e-12));
      CHECK(figure(binned, "stars", which).value == Approx(figure(exact, "stars", which).value).epsilon(1e-12));
    }
  }
}

TEST_CASE("bins of a small reference are never tested by a p-value of numbers") {
  const DriftOutcome outcome = drift(orders(400, 1), orders(400, 2), true, {"amount"});
  CHECK(figure(outcome, "amount", stats::DriftStatistic::wasserstein).bounds.low >= 0);
  CHECK(outcome.drift.columns.front().figures.size() == 2);
}

TEST_CASE("texts that come in among numbers have a bin of their own") {
  const std::string reference = orders(3000, 1);
  std::string current = "id,amount,stars,city\n";
  for (int row = 0; row < 3000; ++row) current += fmt::format("v{},unknown,3,Rome\n", row);
  const DriftOutcome outcome = drift(reference, current, true, {"amount"});
  const stats::ColumnDrift& amount = outcome.drift.columns.front();
  CHECK(amount.drift == stats::Drift::yes);
  REQUIRE(amount.largest_change.has_value());
  CHECK(amount.largest_change->name == "NaN");
  CHECK(amount.largest_change->current == 1);
}

TEST_CASE("columns that came, went or are misspelled are told in bins, too") {
  const std::string reference = "a,b\n1,2\n";
  const DriftOutcome outcome = drift(reference, "b,c\n1,2\n", true);
  CHECK(outcome.only_in_reference == std::vector<std::string>{"a"});
  CHECK(outcome.only_in_current == std::vector<std::string>{"c"});
  CHECK(outcome.has_drifted());
  CHECK_THROWS_WITH(drift(reference, reference, true, {"d"}), "t.csv has no column `d`");
}

TEST_CASE("keys that a JSON table begins with later are missing before") {
  std::string reference;
  std::string current;
  for (int row = 0; row < 2000; ++row) {
    reference += row < 1000 ? "{\"a\": 1}\n" : fmt::format("{{\"a\": 1, \"b\": \"x{}\"}}\n", row % 3);
    current += fmt::format("{{\"a\": 1, \"b\": \"x{}\"}}\n", row % 3);
  }
  const MemorySource before{reference};
  const MemorySource after{current};
  const formats::TableOptions options{.name = "t.jsonl"};
  const DriftOutcome exact = app::compare_sources({before, options}, {after, options}, {"b"}, {});
  const DriftOutcome binned = app::compare_sources({before, options}, {after, options}, {"b"}, {}, true);
  CHECK(figure(binned, "b", stats::DriftStatistic::l_infinity).value == 0.5);
  CHECK(figure(exact, "b", stats::DriftStatistic::l_infinity).value == 0.5);
}

TEST_CASE("what was frozen of a reference is kept, and made again when it can't be read") {
  const TemporaryDirectory scratch{std::filesystem::temp_directory_path(), "mlops-frozen-"};
  const std::filesystem::path file = scratch.path() / "cache" / "reference";
  const std::string text = orders(3000, 1);
  const MemorySource source{text};
  const formats::TableOptions options{.name = "t.csv"};
  const app::FrozenReference made = app::kept_or_frozen(file, source, options);
  const std::string written = read_file(file);
  // The table is not looked at any more.
  const app::FrozenReference kept = app::kept_or_frozen(file, MemorySource{"no,table\n"}, options);
  REQUIRE(kept.columns.size() == made.columns.size());
  CHECK(kept.rows == 3000);
  for (std::size_t i = 0; i < made.columns.size(); ++i) {
    CHECK(kept.columns[i].name == made.columns[i].name);
    CHECK(kept.columns[i].names_rows == made.columns[i].names_rows);
    CHECK(kept.columns[i].counts == made.columns[i].counts);
    CHECK(kept.columns[i].deviation == made.columns[i].deviation);
  }
  write_file_atomic(file, written.substr(0, written.size() / 2));
  CHECK(app::kept_or_frozen(file, source, options).columns.size() == made.columns.size());
  CHECK(read_file(file) == written);
}
