// How the tests of this room look at errors.
#pragma once

#include <optional>
#include <string>

#include <mlops/support/error.hpp>

// The error that `action` throws, nullopt when it throws none.
template <typename Action>
std::optional<mlops::Error> error_of(const Action& action) {
  try {
    action();
  } catch (const mlops::Error& error) {
    return error;
  }
  return std::nullopt;
}

// Its message, "" when there is none.
template <typename Action>
std::string message_of(const Action& action) {
  const auto error = error_of(action);
  return error ? error->message() : "";
}

// Its first hint, "" when there is none.
template <typename Action>
std::string hint_of(const Action& action) {
  const auto error = error_of(action);
  return error && !error->hints().empty() ? error->hints().front() : "";
}
