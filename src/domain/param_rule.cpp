#include <mlops/domain/param_rule.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

namespace mlops::domain {
namespace {

constexpr std::array<std::pair<ParamType, std::string_view>, 4> param_types{{
    {ParamType::integer, "integer"},
    {ParamType::number, "number"},
    {ParamType::text, "text"},
    {ParamType::boolean, "boolean"},
}};

bool is_of(ParamType type, const Json& value) {
  switch (type) {
    case ParamType::integer:
      return value.is_integer();
    case ParamType::number:
      return value.is_number();
    case ParamType::text:
      return value.is_string();
    case ParamType::boolean:
      return value.is_bool();
  }
  return false;
}

// 1 and 1.0 are one number.
bool is_same(const Json& left, const Json& right) {
  return left == right || (left.is_number() && right.is_number() && left.as_double() == right.as_double());
}

std::string kind_text(ParamType type) {
  switch (type) {
    case ParamType::integer:
      return "an integer";
    case ParamType::number:
      return "a number";
    case ParamType::text:
      return "text";
    case ParamType::boolean:
      return "true or false";
  }
  return {};
}

}  // namespace

std::string_view name_of(ParamType type) {
  for (const auto& [candidate, name] : param_types) {
    if (candidate == type) return name;
  }
  return "";
}

std::optional<ParamType> parse_param_type(std::string_view text) {
  for (const auto& [type, name] : param_types) {
    if (name == text) return type;
  }
  return std::nullopt;
}

std::string ParamRule::text() const {
  if (!choices.empty()) {
    std::vector<std::string> words;
    for (const Json& choice : choices)
      words.push_back(choice.is_string() ? printable(choice.as_string()) : to_line(choice));
    return "one of " + join(words, ", ");
  }
  std::string text = kind_text(type);
  if (least && most) return text + fmt::format(" from {} to {}", figure_text(*least), figure_text(*most));
  if (least) return text + fmt::format(" not below {}", figure_text(*least));
  if (most) return text + fmt::format(" not above {}", figure_text(*most));
  return text;
}

bool ParamRule::admits(const Json& value) const {
  if (!is_of(type, value)) return false;
  if (value.is_number() && least && value.as_double() < *least) return false;
  if (value.is_number() && most && value.as_double() > *most) return false;
  return choices.empty() || std::ranges::any_of(choices, [&](const Json& choice) { return is_same(choice, value); });
}

}  // namespace mlops::domain
