#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <mlops/stats/random.hpp>
#include <mlops/stats/sketch_distinct.hpp>
#include <mlops/stats/sketch_moments.hpp>
#include <mlops/stats/sketch_quantiles.hpp>
#include <mlops/stats/sketch_top.hpp>

using namespace mlops::stats;

namespace {

std::vector<double> shuffled(std::size_t count, std::uint64_t seed) {
  std::vector<double> values(count);
  std::iota(values.begin(), values.end(), 0.0);
  Random random{seed};
  for (std::size_t i = count; i > 1; --i) std::swap(values[i - 1], values[random.below(i)]);
  return values;
}

std::string numbered(std::uint64_t number) { return "value " + std::to_string(number); }

}  // namespace

// By hand: the mean of 2, 4, 4, 4, 5, 5, 7, 9 is 5, and the squared distances add up to 32.
TEST_CASE("moments of parts are those of the whole") {
  const std::vector<double> values{2, 4, 4, 4, 5, 5, 7, 9};
  Moments whole, first, second;
  whole.add(values);
  first.add(std::span{values}.first(3));
  second.add(std::span{values}.subspan(3));
  first.merge(second);
  for (const Moments& moments : {whole, first}) {
    CHECK(moments.count() == 8);
    CHECK(moments.mean() == 5);
    CHECK(moments.standard_deviation() == Approx(std::sqrt(32.0 / 7)));
    CHECK(moments.min() == 2);
    CHECK(moments.max() == 9);
  }
}

TEST_CASE("moments keep the spread of values that are far from zero") {
  Moments moments;
  moments.add(std::vector<double>{1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16});
  CHECK(moments.mean() == 1e9 + 10);
  CHECK(moments.standard_deviation() == Approx(std::sqrt(30.0)).epsilon(1e-12));
}

TEST_CASE("moments of counted values are those of each of them") {
  Moments each, counted;
  each.add(std::vector<double>{1e9 + 4, 1e9 + 4, 1e9 + 4, 1e9 + 16});
  counted.add(std::vector<double>{1e9 + 4, 1e9 + 16}, std::vector<std::uint64_t>{3, 1});
  CHECK(counted.count() == 4);
  CHECK(counted.mean() == each.mean());
  CHECK(counted.standard_deviation() == Approx(6).epsilon(1e-12));
  CHECK(counted.min() == each.min());
  CHECK(counted.max() == each.max());
}

TEST_CASE("moments of nothing are not known") {
  Moments moments;
  CHECK(std::isnan(moments.mean()));
  moments.add(std::vector<double>{3});
  CHECK(moments.mean() == 3);
  CHECK(std::isnan(moments.standard_deviation()));
}

// numpy.quantile([1, 2, 3, 4], [0, 0.25, 0.5, 1]) is [1, 1.75, 2.5, 4].
TEST_CASE("quantiles of few values are exact") {
  QuantileSketch sketch;
  for (const double value : {3.0, 1.0, 4.0, 2.0}) sketch.add(value);
  const auto view = sketch.view();
  CHECK(sketch.rank_error() == 0);
  CHECK(view.quantile(0) == 1);
  CHECK(view.quantile(0.25) == 1.75);
  CHECK(view.quantile(0.5) == 2.5);
  CHECK(view.quantile(1) == 4);
  CHECK(view.rank(2.9) == 2);
  CHECK(view.rank(0) == 0);
  CHECK(std::isnan(QuantileSketch{}.view().quantile(0.5)));
}

TEST_CASE("quantiles of many values are within the stated error, in one sketch or several") {
  constexpr std::size_t count = 1'000'000;
  const std::vector<double> values = shuffled(count, 3);
  QuantileSketch whole;
  whole.add(values);
  QuantileSketch merged{QuantileSketch::default_size, 100};
  for (std::size_t part = 0; part < 10; ++part) {
    QuantileSketch sketch{QuantileSketch::default_size, part};
    sketch.add(std::span{values}.subspan(part * count / 10, count / 10));
    merged.merge(sketch);
  }
  // Source: Apache DataSketches' table, 0.07% for k = 4096.
  CHECK(whole.rank_error() == Approx(0.0007).epsilon(0.02));
  for (const QuantileSketch* sketch : {&whole, &merged}) {
    CHECK(sketch->count() == count);
    const auto view = sketch->view();
    CHECK(view.rank(count) == count);
    int misses = 0;
    for (int percent = 1; percent < 100; ++percent) {
      const double wanted = percent / 100.0;
      const double off = std::abs(view.quantile(wanted) / count - wanted);
      misses += off > sketch->rank_error() ? 1 : 0;
      CHECK(off < 2 * sketch->rank_error());
    }
    CHECK(misses <= 2);
  }
}

TEST_CASE("values that repeat, run backwards or are infinite keep their ranks") {
  QuantileSketch sketch{200};
  for (int i = 100'000; i > 0; --i) sketch.add(i % 10);
  sketch.add(std::numeric_limits<double>::infinity());
  sketch.add(-std::numeric_limits<double>::infinity());
  const auto view = sketch.view();
  CHECK(view.rank(9) >= 99'000);
  for (int value = 0; value < 10; ++value) {
    CHECK(std::abs(static_cast<double>(view.rank(value)) / 100'000 - (value + 1) / 10.0) < 2 * sketch.rank_error());
  }
}

TEST_CASE("a sketch of sorted values is as good") {
  QuantileSketch sketch{200};
  std::vector<double> values(100'000);
  std::iota(values.begin(), values.end(), 0.0);
  sketch.add(values);
  const auto view = sketch.view();
  for (const double q : {0.1, 0.5, 0.9}) CHECK(std::abs(view.quantile(q) / 100'000 - q) < sketch.rank_error());
}

TEST_CASE("the same values give the same sketch") {
  QuantileSketch a, b;
  const auto values = shuffled(100'000, 9);
  a.add(values);
  for (const double value : values) b.add(value);
  for (const double q : {0.001, 0.3, 0.77}) CHECK(a.view().quantile(q) == b.view().quantile(q));
}

TEST_CASE("distinct values are counted exactly up to a bound and estimated beyond it") {
  DistinctCounter counter;
  for (int round = 0; round < 3; ++round) {
    for (std::uint64_t i = 0; i < DistinctCounter::largest_exact; ++i) counter.add(hash_text(numbered(i)));
  }
  CHECK(counter.is_exact());
  CHECK(counter.count() == DistinctCounter::largest_exact);
  CHECK(counter.relative_error() == 0);
  counter.add(hash_text("one more"));
  CHECK_FALSE(counter.is_exact());
  CHECK(counter.relative_error() == Approx(0.008125));
}

// Three standard errors: 2.4%.
TEST_CASE("estimates of distinct values keep to their error at every size, also when merged") {
  for (const std::uint64_t count : {20'000u, 50'000u, 200'000u, 1'000'000u}) {
    INFO(count);
    DistinctCounter whole, even, odd;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t hash = hash_text(numbered(i));
      whole.add(hash);
      (i % 2 == 0 ? even : odd).add(hash);
    }
    even.merge(odd);
    CHECK(static_cast<double>(whole.count()) == Approx(static_cast<double>(count)).epsilon(0.025));
    CHECK(even.count() == whole.count());
  }
}

TEST_CASE("distinct values of small parts add up exactly") {
  DistinctCounter a, b;
  for (const char* text : {"x", "y"}) a.add(hash_text(text));
  for (const char* text : {"y", "z"}) b.add(hash_text(text));
  a.merge(b);
  CHECK(a.count() == 3);
  CHECK(a.is_exact());
}

TEST_CASE("hashes tell texts apart that differ in their length or in zeros") {
  CHECK(hash_text("") != hash_text(std::string(1, '\0')));
  CHECK(hash_text("a") != hash_text(std::string("a\0", 2)));
  CHECK(hash_text("12345678") != hash_text("123456781"));
  CHECK(hash_text("aaaa") != hash_text("aaaaa"));
  CHECK(hash_text("abcdefghijklmnopqrstuvwxyz") != hash_text("abcdefghijklmnopqrstuvwxyZ"));
  CHECK(hash_text("abcdefghijklmnop") != hash_text("abcdefghijklmnoq"));
}

TEST_CASE("hashes of the numbers that people count rows with all differ") {
  std::vector<std::uint64_t> hashes;
  for (int i = 0; i < 1'000'000; ++i) {
    hashes.push_back(hash_text(std::to_string(i)));
    hashes.push_back(hash_text("2026-" + std::to_string(i)));
  }
  std::ranges::sort(hashes);
  CHECK(std::ranges::adjacent_find(hashes) == hashes.end());
}

TEST_CASE("few values are counted exactly, the most frequent first") {
  TopValues top;
  for (const char* text : {"b", "a", "b", "c", "a", "b"}) top.add(hash_text(text), text);
  const auto found = top.top(2);
  REQUIRE(found.size() == 2);
  CHECK(found[0].text == "b");
  CHECK(found[0].count == 3);
  CHECK(found[1].text == "a");
  CHECK(top.is_exact());
  CHECK(top.held() == 3);
}

TEST_CASE("frequent values among many rare ones are found, and their counts are off by no more than is said") {
  TopValues whole{64}, first{64}, second{64};
  std::uint64_t rare = 0;
  for (std::uint64_t i = 0; i < 30'000; ++i) {
    const std::string text = i % 5 == 0 ? "frequent" : i % 7 == 0 ? "common" : numbered(++rare);
    whole.add(hash_text(text), text);
    (i < 15'000 ? first : second).add(hash_text(text), text);
  }
  first.merge(second);
  for (const TopValues* top : {&whole, &first}) {
    const auto found = top->top(2);
    REQUIRE(found.size() == 2);
    CHECK(found[0].text == "frequent");
    CHECK(found[1].text == "common");
    CHECK(found[0].count <= 6'000);
    CHECK(found[0].count + top->error() >= 6'000);
    CHECK(top->error() > 0);
    CHECK(top->error() <= 30'000 / 32);
    CHECK(top->held() <= 64);
  }
}

TEST_CASE("of a long text the beginning is kept, in whole characters") {
  TopValues top;
  std::string text;
  while (text.size() < 300) text += "ö";
  text.insert(0, 1, 'x');
  top.add(hash_text(text), text);
  CHECK(top.top(1)[0].text.size() == 255);
}

TEST_CASE("quantiles of counted values are those of each of them") {
  const QuantileSketch::View counted{{{1, 3}, {2.5, 1}, {7, 4}}};
  QuantileSketch each;
  each.add(std::vector<double>{7, 1, 7, 2.5, 1, 7, 1, 7});
  const QuantileSketch::View view = each.view();
  for (const double q : {0.0, 0.1, 0.3, 0.4, 0.43, 0.5, 0.9, 1.0}) CHECK(counted.quantile(q) == view.quantile(q));
  for (const double value : {0.0, 1.0, 2.5, 3.0, 7.0}) CHECK(counted.rank(value) == view.rank(value));
}

TEST_CASE("what is counted exactly stops where an estimate would begin") {
  TopValues values{3};
  for (const std::string text : {"a", "b", "a", "c"}) CHECK(values.add_exactly(hash_text(text), text));
  CHECK_FALSE(values.add_exactly(hash_text("d"), "d"));
  CHECK(values.add_exactly(hash_text("a"), "a"));
  CHECK(values.is_exact());
  CHECK(values.top(1).front().count == 3);

  TopValues few{3}, other{3};
  CHECK(few.merge_exactly(other));
  CHECK(other.add_exactly(hash_text("d"), "d"));
  CHECK_FALSE(values.merge_exactly(other));
  CHECK(values.held() == 3);
  CHECK(few.merge_exactly(other));
  CHECK(few.held() == 1);
  other.add(hash_text("a"), "a", 5);
  CHECK(few.merge_exactly(other));
  CHECK(few.top(1).front().count == 5);
}
