// The trials of a search, drawn up before the first one begins.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <mlops/domain/search.hpp>

namespace mlops::app {

// More than this at once is a mistake that would take weeks to notice.
inline constexpr std::uint64_t most_trials = 5000;

// Every combination, the last dimension fastest. Error{usage} beyond most_trials, and for a range that can't be
// counted.
std::vector<domain::Params> all_combinations(const std::vector<domain::Dimension>& space);

// `count` combinations by chance, each at most once where they can be counted; all of them when there are no more. The
// same seed draws the same on every machine.
std::vector<domain::Params> drawn_combinations(const std::vector<domain::Dimension>& space, std::uint64_t count,
                                               std::uint64_t seed);

// How many there are; nullopt where a dimension can't be counted, or the number has no end.
std::optional<std::uint64_t> count_combinations(const std::vector<domain::Dimension>& space);

}  // namespace mlops::app
