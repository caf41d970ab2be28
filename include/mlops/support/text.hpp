// Text: UTF-8, near misses, sizes for people.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlops {

// Of ASCII, whatever the locale.
[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

[[nodiscard]] bool is_valid_utf8(std::string_view text);

// Columns that `text` takes on a terminal (East Asian wide characters and emoji count two, combining marks none).
[[nodiscard]] std::size_t display_width(std::string_view text);

// `text` cut to `columns`, ending in "…" when something was cut.
[[nodiscard]] std::string truncate_to_width(std::string_view text, std::size_t columns);

// Control characters and invalid bytes as \xNN, so that hostile names can't drive a terminal or forge a line.
[[nodiscard]] std::string printable(std::string_view text);

[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
[[nodiscard]] std::string join(std::span<const std::string> parts, std::string_view separator);
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::string lower_ascii(std::string_view text);

// The candidate nearest to `word` (Damerau-Levenshtein distance at most a third of its length, at least 1), or else the
// only one that begins with it (`prod`: `production`), or else the longest that is a part of it (`roc_auc`: `auc`);
// nullopt when none is near.
[[nodiscard]] std::optional<std::string> near_miss(std::string_view word, std::span<const std::string> candidates);

// "812 B", "1.4 kB", "3.2 GB": decimal units, as disks are sold and as `ls --si` prints.
[[nodiscard]] std::string bytes_text(std::uint64_t bytes);

// A number for people: up to six significant digits, no trailing zeros ("0.957447", "12", "1e-06").
[[nodiscard]] std::string figure_text(double value);

// The whole text as a number: nullopt for "", "1x", NaN, infinity and overflow.
[[nodiscard]] std::optional<double> parse_double(std::string_view text);
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);

}  // namespace mlops
