// Enumerations and the words that stand for them in the store and in JSON: one table each, read in both directions.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include <mlops/support/error.hpp>

#include "segments.hpp"

namespace mlops::domain {

template <typename Enum, std::size_t count>
using EnumNames = std::array<std::pair<Enum, std::string_view>, count>;

template <typename Enum, std::size_t count>
std::string_view name_in(const EnumNames<Enum, count>& names, Enum value) {
  for (const auto& [candidate, name] : names) {
    if (candidate == value) return name;
  }
  return "";
}

// These words are only ever read back from what the registry wrote, so an unknown one is damage.
template <typename Enum, std::size_t count>
Enum value_in(const EnumNames<Enum, count>& names, std::string_view text, std::string_view what) {
  for (const auto& [value, name] : names) {
    if (name == text) return value;
  }
  throw Error{ErrorKind::integrity, fmt::format("`{}` is not a {}", shown(text), what)};
}

}  // namespace mlops::domain
