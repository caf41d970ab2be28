#include <mlops/domain/reference.hpp>

#include <algorithm>
#include <functional>

#include <fmt/core.h>

#include <mlops/domain/names.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "segments.hpp"

namespace mlops::domain {
namespace {

constexpr std::string_view digest_mark = "sha256:";
constexpr std::size_t shortest_digest = 8;
constexpr std::size_t longest_digest = 64;

constexpr std::string_view model_shape =
    "a reference is MODEL@REF, where REF is a number (`7`), a stage or alias (`production`), a SemVer (`1.2.0`), "
    "`latest`, or `sha256:` and 8 or more hex digits";
constexpr std::string_view dataset_shape =
    "a dataset is NAME@REF, where REF is a number (`3`), `latest`, or `sha256:` and 8 or more hex digits";

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Error bad_selector(std::string_view text, std::string_view why) {
  return Error{ErrorKind::usage, fmt::format("`{}` can't follow the `@`: {}", shown(text), why)};
}

DigestPrefix parse_digest_prefix(std::string_view text) {
  const std::string_view hex = text.substr(digest_mark.size());
  if (hex.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
    throw bad_selector(text, "a digest has the lower-case hex digits 0-9 and a-f");
  }
  if (hex.size() < shortest_digest) throw bad_selector(text, "at least 8 digits of a digest are needed");
  if (hex.size() > longest_digest) throw bad_selector(text, "a digest has 64 digits at most");
  return {std::string{hex}};
}

std::int64_t parse_number(std::string_view text, std::string_view digits) {
  const auto number = parse_integer(digits);
  if (!number) throw bad_selector(text, "the number is too large");
  if (*number == 0) throw bad_selector(text, "numbers begin at 1");
  if (digits.front() == '0')
    throw bad_selector(text, "a number has no leading zeros").hint(fmt::format("did you mean `{}`?", *number));
  return *number;
}

// What was most likely meant by a word that can't be a selector, such as "Production" or "v1.2.0".
std::optional<std::string> nearest_selector(std::string_view text) {
  std::string lower = lower_ascii(text);
  const std::string_view without_v =
      lower.starts_with('v') ? std::string_view{lower}.substr(1) : std::string_view{lower};
  if (SemVer::parse(without_v)) return std::string{without_v};
  if (SemVer::parse(std::string{without_v} + ".0")) return std::string{without_v} + ".0";
  if (is_digits(without_v)) return std::string{without_v};
  if (is_segment(lower)) return lower;
  return nearest_name(text, false);
}

NamedReference parse_name(std::string_view text) {
  try {
    return {check_stage_name(text)};
  } catch (const Error&) {
    Error error = bad_selector(text, "it is no number, stage, alias, SemVer or digest");
    if (const auto near = nearest_selector(text); near && *near != text) {
      error.add_hint(fmt::format("did you mean `{}`?", *near));
    }
    throw error;
  }
}

// "churn:7", "churn 7" and "churn#7" are what people type who come from other tools.
std::optional<std::string> with_at_sign(std::string_view text) {
  const std::size_t mark = text.find_first_of(": #=");
  if (mark == std::string_view::npos) return std::nullopt;
  const std::string_view model = text.substr(0, mark);
  const std::size_t rest = text.find_first_not_of(": #=", mark);
  if (rest == std::string_view::npos) return std::nullopt;
  try {
    return fmt::format("{}@{}", check_model_name(model), shown((parse_selector(text.substr(rest)), text.substr(rest))));
  } catch (const Error&) {
    return std::nullopt;
  }
}

using NameCheck = std::function<std::string(std::string_view)>;

Reference parse_with(std::string_view text, std::string_view shape, const NameCheck& check_name) {
  const std::size_t at = text.find('@');
  const bool has_selector = at != std::string_view::npos;
  Reference reference;
  reference.explicit_selector = has_selector;
  try {
    reference.model = check_name(text.substr(0, at));
    if (has_selector) reference.selector = parse_selector(text.substr(at + 1));
    return reference;
  } catch (Error& error) {
    if (!has_selector) {
      if (const auto near = with_at_sign(text)) {
        throw Error{ErrorKind::usage, fmt::format("`{}` is not a reference", shown(text))}.hint(
            fmt::format("did you mean `{}`?", *near));
      }
    }
    // Where the name is at fault, its own rule is the better hint.
    const bool name_is_explained = reference.model.empty() && !error.hints().empty();
    if (!name_is_explained) error.add_hint(std::string{shape});
    throw;
  }
}

struct SelectorText {
  std::string operator()(const Latest&) const { return "latest"; }
  std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
  std::string operator()(const NamedReference& named) const { return named.name; }
  std::string operator()(const SemVer& semver) const { return semver.text(); }
  std::string operator()(const DigestPrefix& prefix) const { return std::string{digest_mark} + prefix.hex; }
};

}  // namespace

std::string Reference::text() const {
  return explicit_selector ? model + "@" + std::visit(SelectorText{}, selector) : model;
}

Selector parse_selector(std::string_view text) {
  if (text.empty()) throw Error{ErrorKind::usage, "there is nothing after the `@`"};
  if (text == "latest") return Latest{};
  if (text.starts_with(digest_mark)) return parse_digest_prefix(text);
  const std::string_view digits = text.starts_with('v') ? text.substr(1) : text;
  if (is_digits(digits)) return parse_number(text, digits);
  if (const auto semver = SemVer::parse(text)) return *semver;
  return parse_name(text);
}

Reference parse_reference(std::string_view text) { return parse_with(text, model_shape, check_model_name); }

Reference parse_dataset_reference(std::string_view text) {
  Reference reference = parse_with(text, dataset_shape, check_dataset_name);
  const bool is_version_only =
      std::holds_alternative<NamedReference>(reference.selector) || std::holds_alternative<SemVer>(reference.selector);
  if (!is_version_only) return reference;
  throw Error{ErrorKind::usage,
              fmt::format("`{}` is not a reference to a dataset: datasets have numbers, but no stages, "
                          "aliases or SemVers",
                          shown(text))}
      .hint(std::string{dataset_shape});
}

}  // namespace mlops::domain
