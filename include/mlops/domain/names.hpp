// What things may be called. Names from outside pass through here once; after that they are trusted.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace mlops::domain {

// One version of one model.
struct VersionId {
  std::string model;
  std::int64_t number = 0;  // 1, 2, 3 … per model, never reused

  [[nodiscard]] std::string text() const;  // "churn@7"
  friend auto operator<=>(const VersionId&, const VersionId&) = default;
};

// Longest name that any OCI registry accepts as a repository, in bytes.
inline constexpr std::size_t max_name_length = 255;

// Each returns the name, or throws Error{usage} that says which rule it breaks and, where there is one, the nearest
// legal name. model and dataset: "[namespace/]name", each segment [a-z0-9]+([._-][a-z0-9]+)*
std::string check_model_name(std::string_view text);
std::string check_dataset_name(std::string_view text);
// stage and alias: one segment as above that can't be read as a number, a SemVer, a digest or "latest"
std::string check_stage_name(std::string_view text);
std::string check_alias_name(std::string_view text);
// metric, param, tag: 1 to 250 bytes of valid UTF-8 without control characters, spaces at the ends, or '='; may not
// start with '-'
std::string check_key(std::string_view kind, std::string_view text);

}  // namespace mlops::domain
