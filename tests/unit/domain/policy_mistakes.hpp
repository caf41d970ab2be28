// How the tests of this room look at what is wrong with a policy.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include <mlops/domain/policy.hpp>

#include "unit/domain/errors.hpp"

// Every mistake, one in a line, without the name of the file.
inline std::vector<std::string> mistakes(std::string_view text) {
  std::vector<std::string> result;
  const auto error = error_of([&] { mlops::domain::parse_policy(text, "mlops.toml"); });
  if (!error) return result;
  CHECK(error->kind() == mlops::ErrorKind::usage);
  result.push_back(error->message());
  result.insert(result.end(), error->context().begin(), error->context().end());
  constexpr std::string_view source = "mlops.toml:";
  for (std::string& mistake : result) {
    REQUIRE(mistake.starts_with(source));
    mistake.erase(0, source.size());
  }
  return result;
}
