// The params of a recipe: a value alone, or a table that also says what it may be.
#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include <mlops/domain/names.hpp>
#include <mlops/support/text.hpp>

#include "policy_parts.hpp"
#include "segments.hpp"

namespace mlops::domain {
namespace {

// The rule that the value of a param breaks, "" for none.
std::string scalar_fault(const Toml& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value.value)) {
    const bool is_exact = *integer <= largest_integer && *integer >= -largest_integer;
    return is_exact ? "" : fmt::format("is too large for a JSON number, write it as a string: \"{}\"", *integer);
  }
  const auto* number = std::get_if<double>(&value.value);
  const bool is_scalar = number != nullptr || value.string() != nullptr || std::holds_alternative<bool>(value.value);
  if (is_scalar && (number == nullptr || std::isfinite(*number))) return "";
  return "must be a finite number, a string, true or false";
}

Json scalar(const Toml& value) {
  if (const auto* flag = std::get_if<bool>(&value.value)) return Json{*flag};
  if (const auto* integer = std::get_if<std::int64_t>(&value.value)) return Json{*integer};
  if (const auto* number = std::get_if<double>(&value.value)) return Json{*number};
  return Json{*value.string()};
}

ParamType type_of(const Json& value) {
  if (value.is_integer()) return ParamType::integer;
  if (value.is_number()) return ParamType::number;
  return value.is_bool() ? ParamType::boolean : ParamType::text;
}

std::vector<Json> read_choices(const TableReader& reader) {
  std::vector<Json> choices;
  const Toml* found = reader.find("choices");
  if (found == nullptr) return choices;
  if (found->array() == nullptr || found->array()->empty()) {
    reader.mistake(found->line, "`choices` must be an array with at least one value");
    return choices;
  }
  for (const Toml& item : *found->array()) {
    if (const std::string fault = scalar_fault(item); !fault.empty()) {
      reader.mistake(item.line, fmt::format("a choice {}", fault));
    } else {
      choices.push_back(scalar(item));
    }
  }
  return choices;
}

void read_type(const TableReader& reader, const Json& standard, ParamRule& rule) {
  rule.type = type_of(standard);
  const bool has_number =
      std::ranges::any_of(rule.choices, [](const Json& choice) { return choice.is_number() && !choice.is_integer(); });
  if (rule.type == ParamType::integer && has_number) rule.type = ParamType::number;
  const auto word = reader.string("type");
  if (!word) return;
  if (const auto type = parse_param_type(*word)) {
    rule.type = *type;
  } else {
    reader.mistake(reader.line_of("type"),
                   fmt::format("`type` is `integer`, `number`, `text` or `boolean`, not `{}`", shown(*word)));
  }
}

void check_range(const TableReader& reader, const ParamRule& rule) {
  const bool is_number = rule.type == ParamType::integer || rule.type == ParamType::number;
  if ((rule.least || rule.most || rule.logarithmic) && !is_number)
    reader.mistake(reader.line(), "only an integer or a number has a range");
  if (rule.least && rule.most && *rule.least > *rule.most)
    reader.mistake(reader.line_of("max"), "`max` is below `min`");
  if (rule.logarithmic && (!rule.least || *rule.least <= 0))
    reader.mistake(reader.line_of("log"), "`log` needs a `min` above 0");
}

// { default = 0.1, min = 0.001, max = 1, log = true }
void read_ruled(const TableReader& reader, const std::string& name, RecipeParams& params) {
  reader.refuse_unknown({"default", "type", "min", "max", "log", "choices"});
  const Toml* standard = reader.find("default");
  if (standard == nullptr) return reader.mistake(reader.line(), "`default` is missing");
  if (const std::string fault = scalar_fault(*standard); !fault.empty())
    return reader.mistake(standard->line, fmt::format("`default` {}", fault));
  const Json value = scalar(*standard);
  ParamRule rule;
  rule.choices = read_choices(reader);
  rule.least = reader.number("min");
  rule.most = reader.number("max");
  rule.logarithmic = reader.boolean("log").value_or(false);
  read_type(reader, value, rule);
  check_range(reader, rule);
  if (!rule.admits(value)) reader.mistake(standard->line, fmt::format("`default` must be {}", rule.text()));
  params.values.emplace(name, value);
  params.rules.emplace(name, std::move(rule));
}

}  // namespace

RecipeParams read_recipe_params(const TableReader& reader) {
  RecipeParams params;
  for (const auto& [name, value] : reader.table("params")) {
    try {
      check_key("param", name);
    } catch (const Error& error) {
      reader.mistake(value.line, error);
      continue;
    }
    if (value.table() != nullptr) {
      read_ruled(reader.inner(value, fmt::format("params.{}", shown(name))), name, params);
    } else if (const std::string fault = scalar_fault(value); !fault.empty()) {
      reader.mistake(value.line, fmt::format("`params.{}` {}", shown(name), fault));
    } else {
      params.values.emplace(name, scalar(value));
    }
  }
  return params;
}

}  // namespace mlops::domain
