#include <mlops/stats/bins.hpp>

#include <cmath>
#include <limits>
#include <numeric>

#include <catch2/catch.hpp>

#include <mlops/support/error.hpp>

using namespace mlops;
using namespace mlops::stats;

namespace {

using Values = std::vector<double>;
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<std::string> labels_of(const NumberBins& bins) {
  std::vector<std::string> labels;
  for (std::size_t bin = 0; bin < bins.size(); ++bin) labels.push_back(bins.label(bin));
  return labels;
}

using Cuts = std::vector<Cut>;
using Labels = std::vector<std::string>;

Values one_to(int last) {
  Values values(static_cast<std::size_t>(last));
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

std::string label_for(const NumberBins& bins, double value) { return bins.label(bins.index_of(value)); }

}  // namespace

TEST_CASE("a column of numbers is cut at its quantiles") {
  const NumberBins bins = NumberBins::of(one_to(100), 4);
  CHECK(labels_of(bins) ==
        Labels{"below 1", "[1, 25]", "(25, 50]", "(50, 75]", "(75, 100]", "above 100", "NaN", "missing"});
  CHECK(label_for(bins, 0.99) == "below 1");
  CHECK(label_for(bins, 1) == "[1, 25]");
  CHECK(label_for(bins, 25) == "[1, 25]");
  CHECK(label_for(bins, 25.01) == "(25, 50]");
  CHECK(label_for(bins, 100) == "(75, 100]");
  CHECK(label_for(bins, 100.1) == "above 100");
  CHECK(label_for(bins, infinity) == "above 100");
  CHECK(label_for(bins, -infinity) == "below 1");
  CHECK(label_for(bins, not_a_number) == "NaN");
}

TEST_CASE("a value with more than a bin's mass gets a bin of its own") {
  Values values = one_to(40);
  values.insert(values.end(), 60, 20.5);
  const NumberBins bins = NumberBins::of(values, 5);
  CHECK(labels_of(bins) ==
        Labels{"below 1", "[1, 20]", "(20, 20.5)", "20.5", "(20.5, 40]", "above 40", "NaN", "missing"});
  CHECK(label_for(bins, 20.5) == "20.5");
  CHECK(label_for(bins, 20.4) == "(20, 20.5)");
  CHECK(label_for(bins, 20.6) == "(20.5, 40]");
}

TEST_CASE("few distinct values are points, and what lies between them is seen") {
  const NumberBins bins = NumberBins::of(Values{0, 0, 1, 1, 1, 2});
  CHECK(labels_of(bins) == Labels{"below 0", "0", "(0, 1)", "1", "(1, 2)", "2", "above 2", "NaN", "missing"});
  CHECK(label_for(bins, -0.0) == "0");
  CHECK(label_for(bins, 0.5) == "(0, 1)");
  for (std::size_t bin = 0; bin < bins.ranges(); ++bin) {
    const NumberRange range = bins.range(bin);
    if (range.is_point()) CHECK(bins.index_of(range.low) == bin);
  }
}

TEST_CASE("columns without numbers, and constant ones, have bins too") {
  CHECK(labels_of(NumberBins::of(Values{not_a_number, infinity})) == Labels{"any number", "NaN", "missing"});
  CHECK(labels_of(NumberBins::of(Values{7, 7, 7}, 2)) == Labels{"below 7", "7", "above 7", "NaN", "missing"});
  CHECK(labels_of(NumberBins::of(Values{1, 2}, 2)) == Labels{"below 1", "1", "(1, 2]", "above 2", "NaN", "missing"});
}

TEST_CASE("quantiles that are known already make bins as well") {
  CHECK(labels_of(NumberBins::at(Values{0, 0, 0, 3, 5, 5, 9})) ==
        Labels{"below 0", "0", "(0, 3]", "(3, 5)", "5", "(5, 9]", "above 9", "NaN", "missing"});
  CHECK(labels_of(NumberBins::at(Values{-infinity, 4, infinity})) ==
        Labels{"below 4", "4", "above 4", "NaN", "missing"});
  CHECK(NumberBins::at({}).size() == 3);
  CHECK_THROWS_AS(NumberBins::at(Values{1, 0}), Error);
  CHECK_THROWS_AS(NumberBins::at(Values{not_a_number}), Error);
}

TEST_CASE("a label tells neighbours apart, however close they are") {
  const NumberBins bins{Cuts{{.value = 1.7000001}, {.value = 1.7000002}}};
  CHECK(bins.label(1) == "[1.7000001, 1.7000002]");
}

TEST_CASE("there are never more than twice the bins that were asked for") {
  for (const std::size_t most : {2u, 3u, 10u, 50u}) {
    Values values = one_to(977);
    for (int i = 0; i < 977; i += 3) values.insert(values.end(), static_cast<std::size_t>(i % 90), i);
    CHECK(NumberBins::of(values, most).size() <= 2 * most + 5);
  }
}

TEST_CASE("cuts that are none are refused") {
  CHECK_THROWS_WITH(NumberBins(Cuts{{.value = 1}, {.value = 1}}), "the cuts between bins don't ascend at 1");
  CHECK_THROWS_AS(NumberBins(Cuts{{.value = not_a_number}, {.value = 1}}), Error);
  CHECK_THROWS_AS(NumberBins(Cuts{{.value = 1}}), Error);
  CHECK_THROWS_AS(NumberBins::of(one_to(3), 1), Error);
}

TEST_CASE("texts have bins for the most frequent values, and one for the others") {
  const TextBins bins = TextBins::of({{"blue", 3}, {"green", 1}, {"red", 9}, {"teal", 3}}, 2);
  CHECK(bins.values() == std::vector<std::string>{"blue", "red"});
  CHECK(bins.label(bins.index_of("red")) == "red");
  CHECK(bins.label(bins.index_of("teal")) == "other");
  CHECK(bins.label(bins.index_of("")) == "other");
  CHECK(bins.label(bins.size() - 1) == "missing");
  CHECK_THROWS_AS(TextBins({"b", "a"}), Error);
}

TEST_CASE("counts of parts add up to the counts of the whole") {
  const NumberBins bins = NumberBins::of(one_to(1000), 16);
  Histogram whole{bins};
  std::vector<Histogram> parts(7, Histogram{bins});
  for (int i = 0; i < 5000; ++i) {
    const double value = (i * 7919) % 1200 - 50;
    whole.add(value);
    parts[static_cast<std::size_t>(i % 7)].add(value);
  }
  whole.add_missing(3);
  parts[2].add_missing(3);
  Histogram sum{bins};
  for (const Histogram& part : parts) sum.merge(part);
  CHECK(sum == whole);
  CHECK(to_text(to_json(sum)) == to_text(to_json(whole)));
  CHECK(sum.rows() == 5003);
  CHECK(sum.missing() == 3);
  CHECK(sum.smallest() == -50.0);
}

TEST_CASE("counts come back from JSON as they went") {
  Histogram numbers{NumberBins::of(Values{0, 0, 0, 1.5, 2.25, 9, 11, 12}, 3)};
  numbers.add(Values{0, 1, not_a_number, -infinity, 20});
  numbers.add_missing();
  CHECK(histogram_from_json(parse_json(to_text(to_json(numbers)), "test")) == numbers);
  CHECK(to_json(numbers).at("smallest") == Json{"-Infinity"});

  Histogram texts{TextBins{{"a", "b\"\n"}}};
  texts.add("b\"\n", 4);
  texts.add("c");
  CHECK(histogram_from_json(parse_json(to_text(to_json(texts)), "test")) == texts);
}

TEST_CASE("what are no counts of good bins is refused") {
  const auto read = [](const char* text) { return histogram_from_json(parse_json(text, "test")); };
  CHECK_THROWS_WITH(read(R"({"version": 2, "type": "text", "values": [], "counts": [0, 0]})"),
                    "the bins are of version 2, and only version 1 is known");
  CHECK_THROWS_WITH(read(R"({"version": 1, "type": "date", "counts": []})"), "bins of the type \"date\" are unknown");
  CHECK_THROWS_WITH(read(R"({"version": 1, "type": "text", "values": ["a"], "counts": [1, 2]})"),
                    "there are 2 counts for 3 bins");
  CHECK_THROWS_WITH(read(R"({"version": 1, "type": "text", "values": [], "counts": [1, -2]})"), "a bin counts -2 rows");
  CHECK_THROWS_WITH(
      read(R"({"version": 1, "type": "text", "values": [], "counts": [9223372036854775807, 9223372036854775807]})"),
      "there are too many rows to count");
  CHECK_THROWS_AS(read(R"({"version": 1, "type": "number", "cuts": [1, 2], "points": [3], "counts": [0, 0, 0, 0, 0]})"),
                  Error);
  for (const char* text : {"[]", "{}", R"({"version": "1"})", R"({"version": 1, "type": "text", "values": [1]})"}) {
    try {
      (void)read(text);
      FAIL("read " << text);
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::usage);
    }
  }
}

TEST_CASE("numbers and texts don't share bins, nor different bins counts") {
  Histogram numbers{NumberBins::of(Values{1, 2, 3})};
  CHECK_THROWS_AS(numbers.add("one"), Error);
  Histogram texts{TextBins{{"a"}}};
  CHECK_THROWS_AS(texts.add(1.0), Error);
  CHECK_THROWS_AS(texts.merge(numbers), Error);
  CHECK_THROWS_AS(equal_mass_groups(texts), Error);
}

TEST_CASE("fine bins are grouped to coarse ones of equal mass, open at both ends") {
  Histogram reference{NumberBins::of(one_to(1000), 64)};
  reference.add(one_to(1000));
  const auto groups = equal_mass_groups(reference, 4);
  const auto counts = counts_in(groups, reference.counts());
  CHECK(counts.size() == 6);
  for (std::size_t i = 0; i < 4; ++i) CHECK((counts[i] >= 234 && counts[i] <= 266));
  const auto& bins = std::get<NumberBins>(reference.bins());
  CHECK(label_of(bins, groups[0]) == "up to 256");
  CHECK(label_of(bins, groups[1]) == "(256, 496]");
  CHECK(label_of(bins, groups[3]) == "above 752");
  CHECK(label_of(bins, groups[5]) == "missing");
}

TEST_CASE("a heavy value stays alone in coarse bins") {
  Values values = one_to(100);
  values.insert(values.end(), 200, 50.5);
  Histogram reference{NumberBins::of(values, 64)};
  reference.add(values);
  const auto groups = equal_mass_groups(reference, 3);
  Labels labels;
  for (const BinGroup& group : groups) labels.push_back(label_of(std::get<NumberBins>(reference.bins()), group));
  CHECK(labels == Labels{"below 50.5", "50.5", "above 50.5", "NaN", "missing"});
}
