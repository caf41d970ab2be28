// MODEL@REF: the words by which people name a version.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <mlops/domain/semver.hpp>

namespace mlops::domain {

struct Latest {
  friend bool operator==(const Latest&, const Latest&) = default;
};
struct NamedReference {  // a stage or an alias; they share one namespace per model
  std::string name;
  friend bool operator==(const NamedReference&, const NamedReference&) = default;
};
struct DigestPrefix {  // at least 8 lower-case hex digits
  std::string hex;
  friend bool operator==(const DigestPrefix&, const DigestPrefix&) = default;
};

using Selector = std::variant<Latest, std::int64_t, NamedReference, SemVer, DigestPrefix>;

struct Reference {
  std::string model;
  Selector selector = Latest{};
  bool explicit_selector = false;  // false for "MODEL" alone, which commands that change something refuse

  [[nodiscard]] std::string text() const;  // as a person would write it: "churn@production"
};

// "churn@7", "churn@v7", "team/churn@production", "churn@1.2.0", "churn@latest", "churn@sha256:0123abcd", "churn".
// Throws Error{usage} that says what a reference looks like.
Reference parse_reference(std::string_view text);
// The part after '@'.
Selector parse_selector(std::string_view text);

// The same words for datasets: "train", "train@3", "train@latest", "train@sha256:…"; never a stage or SemVer.
Reference parse_dataset_reference(std::string_view text);

}  // namespace mlops::domain
