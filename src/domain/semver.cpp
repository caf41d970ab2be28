#include <mlops/domain/semver.hpp>

#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

namespace mlops::domain {
namespace {

// The limits of node-semver, the most used reader: 2^53 - 1 and 256 characters.
constexpr std::int64_t largest_number = 9007199254740991;
constexpr std::size_t longest_text = 256;

bool is_numeric(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool has_leading_zero(std::string_view digits) { return digits.size() > 1 && digits.front() == '0'; }

bool is_identifier(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  if (!is_numeric(text) || has_leading_zero(text)) return std::nullopt;
  const auto number = parse_integer(text);
  if (!number || *number > largest_number) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

// Numeric identifiers by value, whatever their length; others by ASCII; numeric ones come first.
std::weak_ordering compare_identifiers(const std::string& a, const std::string& b) {
  const bool a_numeric = is_numeric(a);
  const bool b_numeric = is_numeric(b);
  if (a_numeric != b_numeric) return a_numeric ? std::weak_ordering::less : std::weak_ordering::greater;
  if (a_numeric && a.size() != b.size()) return a.size() <=> b.size();
  return a <=> b;
}

}  // namespace

std::optional<SemVer> SemVer::parse(std::string_view text) {
  if (text.size() > longest_text) return std::nullopt;
  SemVer result;
  if (const auto plus = text.find('+'); plus != std::string_view::npos) {
    result.build = text.substr(plus + 1);
    if (!std::ranges::all_of(split(result.build, '.'), is_identifier)) return std::nullopt;
    text = text.substr(0, plus);
  }
  if (const auto dash = text.find('-'); dash != std::string_view::npos) {
    result.prerelease = split(text.substr(dash + 1), '.');
    const auto is_legal = [](const std::string& part) {
      return is_identifier(part) && !(is_numeric(part) && has_leading_zero(part));
    };
    if (!std::ranges::all_of(result.prerelease, is_legal)) return std::nullopt;
    text = text.substr(0, dash);
  }
  const std::vector<std::string> numbers = split(text, '.');
  if (numbers.size() != 3) return std::nullopt;
  const auto major = parse_number(numbers[0]);
  const auto minor = parse_number(numbers[1]);
  const auto patch = parse_number(numbers[2]);
  if (!major || !minor || !patch) return std::nullopt;
  result.major = *major;
  result.minor = *minor;
  result.patch = *patch;
  return result;
}

std::string SemVer::text() const {
  std::string result = fmt::format("{}.{}.{}", major, minor, patch);
  if (!prerelease.empty()) result += "-" + join(prerelease, ".");
  if (!build.empty()) result += "+" + build;
  return result;
}

SemVer SemVer::bumped(Bump part) const {
  SemVer next{.major = major, .minor = minor, .patch = patch, .prerelease = {}, .build = {}};
  const bool is_prerelease = !prerelease.empty();
  switch (part) {
    case Bump::major:
      if (is_prerelease && minor == 0 && patch == 0) return next;
      return {.major = major + 1, .minor = 0, .patch = 0, .prerelease = {}, .build = {}};
    case Bump::minor:
      if (is_prerelease && patch == 0) return next;
      return {.major = major, .minor = minor + 1, .patch = 0, .prerelease = {}, .build = {}};
    case Bump::patch:
      if (!is_prerelease) ++next.patch;
      return next;
  }
  return next;
}

std::weak_ordering operator<=>(const SemVer& a, const SemVer& b) {
  if (const auto order = a.major <=> b.major; order != 0) return order;
  if (const auto order = a.minor <=> b.minor; order != 0) return order;
  if (const auto order = a.patch <=> b.patch; order != 0) return order;
  if (a.prerelease.empty() != b.prerelease.empty()) {
    return a.prerelease.empty() ? std::weak_ordering::greater : std::weak_ordering::less;
  }
  const std::size_t common = std::min(a.prerelease.size(), b.prerelease.size());
  for (std::size_t i = 0; i < common; ++i) {
    const auto order = compare_identifiers(a.prerelease[i], b.prerelease[i]);
    if (order != 0) return order;
  }
  return a.prerelease.size() <=> b.prerelease.size();
}

}  // namespace mlops::domain
