// Semantic Versioning 2.0.0.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlops::domain {

enum class Bump { major, minor, patch };

struct SemVer {
  std::uint64_t major = 0;
  std::uint64_t minor = 0;
  std::uint64_t patch = 0;
  std::vector<std::string> prerelease;  // dot-separated identifiers
  std::string build;                    // without effect on precedence

  static std::optional<SemVer> parse(std::string_view text);  // "1.2.0", "1.2.0-rc.1+abc"; no leading "v"
  [[nodiscard]] std::string text() const;
  // The next release: 1.2.3 bumped by minor is 1.3.0. A pre-release bumps to its own release first (1.3.0-rc.1,
  // minor: 1.3.0).
  [[nodiscard]] SemVer bumped(Bump part) const;

  // Precedence of SemVer 2.0.0, 11; build metadata is ignored.
  friend std::weak_ordering operator<=>(const SemVer& a, const SemVer& b);
  friend bool operator==(const SemVer& a, const SemVer& b) { return (a <=> b) == 0; }
};

}  // namespace mlops::domain
