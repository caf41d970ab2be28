// The placeholders of recipes and command checks.
#include <fmt/core.h>

#include <mlops/domain/policy.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "segments.hpp"

namespace mlops::domain {
namespace {

using Placeholders = std::map<std::string, std::string>;

Error unknown_placeholder(std::string_view name, std::string_view argument, const Placeholders& known) {
  std::vector<std::string> names;
  names.reserve(known.size());
  for (const auto& [placeholder, value] : known) names.push_back(placeholder);
  Error error{ErrorKind::usage, fmt::format("unknown placeholder `{{{}}}` in `{}`", shown(name), shown(argument))};
  if (const auto near = near_miss(name, names)) {
    error.add_hint(fmt::format("did you mean `{{{}}}`?", *near));
  } else if (!names.empty()) {
    error.add_hint(fmt::format("placeholders here: {{{}}}", join(names, "}, {")));
  }
  error.add_hint("write `{{` and `}}` for braces");
  return error;
}

Error lone_brace(char brace, std::string_view argument) {
  return Error{ErrorKind::usage, fmt::format("a single `{}` in `{}`", brace, shown(argument))}.hint(
      "write `{{` and `}}` for braces");
}

std::string expand_argument(std::string_view argument, const Placeholders& placeholders) {
  std::string result;
  for (std::size_t i = 0; i < argument.size(); ++i) {
    const char c = argument[i];
    if (c != '{' && c != '}') {
      result += c;
      continue;
    }
    if (i + 1 < argument.size() && argument[i + 1] == c) {
      result += c;
      ++i;
      continue;
    }
    const std::size_t end = c == '{' ? argument.find('}', i) : std::string_view::npos;
    if (end == std::string_view::npos) throw lone_brace(c, argument);
    const std::string_view name = argument.substr(i + 1, end - i - 1);
    const auto value = placeholders.find(std::string{name});
    if (value == placeholders.end()) throw unknown_placeholder(name, argument, placeholders);
    result += value->second;
    i = end;
  }
  return result;
}

}  // namespace

std::vector<std::string> expand_command(const std::vector<std::string>& command, const Placeholders& placeholders) {
  std::vector<std::string> result;
  result.reserve(command.size());
  for (const std::string& argument : command) result.push_back(expand_argument(argument, placeholders));
  return result;
}

}  // namespace mlops::domain
