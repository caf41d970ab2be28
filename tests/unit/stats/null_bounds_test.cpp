// Bounds of what sampling alone does, held against samples.
#include <algorithm>

#include <catch2/catch.hpp>

#include <mlops/stats/divergence.hpp>
#include <mlops/stats/random.hpp>

using namespace mlops::stats;

namespace {

using Counted = std::vector<std::uint64_t>;

// A share of 1 / k for category k, up to a factor.
Counted zipf_sample(Random& random, std::size_t categories, int rows) {
  std::vector<double> below;
  double sum = 0;
  for (std::size_t k = 1; k <= categories; ++k) below.push_back(sum += 1 / static_cast<double>(k));
  Counted counts(categories, 0);
  for (int row = 0; row < rows; ++row) {
    const auto at = std::upper_bound(below.begin(), below.end(), random.uniform() * sum);
    ++counts.at(std::min(categories - 1, static_cast<std::size_t>(at - below.begin())));
  }
  return counts;
}

struct Sizes {
  std::size_t categories = 0;
  int reference = 0;
  int current = 0;
};

}  // namespace

TEST_CASE("about one unchanged pair of samples in twenty exceeds the null bounds") {
  for (const Sizes& sizes : {Sizes{10, 2000, 1500}, Sizes{60, 1500, 1500}, Sizes{40, 3000, 200}}) {
    INFO(sizes.categories << " categories, " << sizes.reference << " and " << sizes.current << " rows");
    Random random{sizes.categories};
    int far = 0;
    int changed = 0;
    constexpr int pairs = 200;
    for (int pair = 0; pair < pairs; ++pair) {
      const Counted a = zipf_sample(random, sizes.categories, sizes.reference);
      const Counted b = zipf_sample(random, sizes.categories, sizes.current);
      far += jensen_shannon_distance(a, b) > jensen_shannon_null_bound(a, b) ? 1 : 0;
      changed += l_infinity(a, b) > l_infinity_null_bound(a, b) ? 1 : 0;
    }
    CHECK((far >= 1 && far <= pairs / 10));
    CHECK(changed <= pairs / 20);
  }
}
