#include "tensor_places.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/core.h>

#include "facts.hpp"

namespace mlops::formats {

void TensorPlaces::add(std::string_view name, std::uint64_t begin, std::uint64_t end) {
  places_.push_back(
      {begin, end, std::hash<std::string_view>{}(name), names_.size(), static_cast<std::uint32_t>(name.size())});
  names_ += name;
}

std::string_view TensorPlaces::name_of(const Place& place) const {
  return std::string_view{names_}.substr(place.name, place.name_size);
}

void TensorPlaces::check_inside(std::string_view rule, std::uint64_t data_size, Flaws& flaws) const {
  for (const Place& place : places_) {
    if (place.end <= data_size) continue;
    flaws.add(rule, fmt::format("tensor {} reaches beyond the data by {} bytes", shown(name_of(place)),
                                place.end - data_size));
  }
}

void TensorPlaces::check_names(std::string_view rule, Flaws& flaws) {
  // Those of the same name stand side by side then. Most names are told apart by their hashes alone.
  std::ranges::sort(places_, [this](const Place& a, const Place& b) {
    return a.hash != b.hash ? a.hash < b.hash : name_of(a) < name_of(b);
  });
  for (std::size_t i = 1; i < places_.size(); ++i) {
    if (places_[i].hash == places_[i - 1].hash && name_of(places_[i]) == name_of(places_[i - 1]))
      flaws.add(rule, fmt::format("tensor {} is there twice", shown(name_of(places_[i]))));
  }
}

std::uint64_t TensorPlaces::check_layout(std::string_view rule, bool with_holes, Flaws& flaws) {
  std::ranges::sort(places_, {}, [](const Place& place) { return std::pair{place.begin, place.end}; });
  std::uint64_t covered = 0;
  const Place* last = nullptr;
  for (const Place& place : places_) {
    if (place.begin < covered) {
      flaws.add(rule, fmt::format("tensor {} begins inside tensor {}", shown(name_of(place)), shown(name_of(*last))));
    } else if (with_holes && place.begin > covered) {
      flaws.add(rule,
                fmt::format("{} bytes before tensor {} belong to none", place.begin - covered, shown(name_of(place))));
    }
    if (place.end > covered) last = &place;
    covered = std::max(covered, place.end);
  }
  return covered;
}

void TensorPlaces::check_overlaps(std::string_view rule, Flaws& flaws) { check_layout(rule, false, flaws); }

void TensorPlaces::check_tiling(std::string_view rule, std::uint64_t data_size, Flaws& flaws) {
  const std::uint64_t covered = check_layout(rule, true, flaws);
  if (covered < data_size) flaws.add(rule, fmt::format("{} bytes at the end belong to no tensor", data_size - covered));
}

}  // namespace mlops::formats
