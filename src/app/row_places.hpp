// Where in a table something was found, while its parts are read by several threads.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/app/dataset_check.hpp>
#include <mlops/formats/table.hpp>
#include <mlops/support/text.hpp>

namespace mlops::app {

// Places sort as their rows do.
using RowPlace = std::uint64_t;
constexpr unsigned place_bits = 32;
[[nodiscard]] constexpr RowPlace place_of(std::size_t chunk, std::size_t row_in_chunk) {
  return (RowPlace{chunk} << place_bits) | row_in_chunk;
}
[[nodiscard]] inline std::uint64_t row_at(const formats::TableFacts& facts, RowPlace place) {
  return facts.row_number(place >> place_bits, place & ((RowPlace{1} << place_bits) - 1));
}

// How often something was found, and the first few times.
class Tally {
 public:
  static constexpr std::size_t most_examples = 5;
  static constexpr std::size_t longest_example = 80;

  // In the order of the rows.
  void add(RowPlace place, std::string_view value) {
    ++count_;
    if (first_.size() < most_examples)
      first_.push_back({place, truncate_to_width(printable(value.substr(0, 4 * longest_example)), longest_example)});
  }
  void merge(const Tally& other) {
    count_ += other.count_;
    first_.insert(first_.end(), other.first_.begin(), other.first_.end());
    std::ranges::sort(first_, {}, &Found::place);
    if (first_.size() > most_examples) first_.resize(most_examples);
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::vector<AnomalyExample> examples(const formats::TableFacts& facts) const {
    std::vector<AnomalyExample> examples;
    for (const Found& found : first_) examples.push_back({row_at(facts, found.place), found.value});
    return examples;
  }

 private:
  struct Found {
    RowPlace place = 0;
    std::string value;
  };
  std::uint64_t count_ = 0;
  std::vector<Found> first_;
};

}  // namespace mlops::app
