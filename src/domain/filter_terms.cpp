#include "filter_terms.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include <mlops/domain/names.hpp>
#include <mlops/support/text.hpp>

namespace mlops::domain {
namespace {

// How the value of a field reads.
enum class ValueType { number, scalar, text, version_number, days, bytes, count, flag };

struct FieldRule {
  std::string_view name;
  Field field;
  ValueType type;
};

constexpr std::array plain_fields = std::to_array<FieldRule>({
    {"stage", Field::stage, ValueType::text},
    {"alias", Field::alias, ValueType::text},
    {"semver", Field::semver, ValueType::text},
    {"commit", Field::commit, ValueType::text},
    {"branch", Field::branch, ValueType::text},
    {"author", Field::author, ValueType::text},
    {"version", Field::number, ValueType::version_number},
    {"age", Field::age_days, ValueType::days},
    {"deprecated", Field::deprecated, ValueType::flag},
    {"dirty", Field::dirty, ValueType::flag},
    {"message", Field::message, ValueType::text},
    {"size", Field::size, ValueType::bytes},
    {"dataset", Field::dataset, ValueType::text},
    {"format", Field::format, ValueType::text},
    {"architecture", Field::architecture, ValueType::text},
    {"licence", Field::licence, ValueType::text},
    {"quantisation", Field::quantisation, ValueType::text},
    {"scan", Field::scan, ValueType::text},
    {"params", Field::parameters, ValueType::count},
});

constexpr std::array run_fields = std::to_array<FieldRule>({
    {"status", Field::status, ValueType::text},
    {"model", Field::model, ValueType::text},
    {"name", Field::name, ValueType::text},
    {"search", Field::search, ValueType::version_number},
    {"run", Field::number, ValueType::version_number},
    {"commit", Field::commit, ValueType::text},
    {"branch", Field::branch, ValueType::text},
    {"author", Field::author, ValueType::text},
    {"host", Field::host, ValueType::text},
    {"age", Field::age_days, ValueType::days},
    {"dirty", Field::dirty, ValueType::flag},
});

// Fields with a key after a dot: metrics.auc.
constexpr std::array keyed_fields = std::to_array<FieldRule>({
    {"metrics", Field::metric, ValueType::number},
    {"metric", Field::metric, ValueType::number},
    {"params", Field::param, ValueType::scalar},
    {"param", Field::param, ValueType::scalar},
    {"tags", Field::tag, ValueType::text},
    {"tag", Field::tag, ValueType::text},
});

ValueType type_of(Field field) {
  for (const FieldRule& rule : plain_fields) {
    if (rule.field == field) return rule.type;
  }
  for (const FieldRule& rule : run_fields) {
    if (rule.field == field) return rule.type;
  }
  for (const FieldRule& rule : keyed_fields) {
    if (rule.field == field) return rule.type;
  }
  return ValueType::text;
}

using Unit = std::pair<std::string_view, double>;

constexpr std::array day_units = std::to_array<Unit>(
    {{"", 1.0}, {"d", 1.0}, {"h", 1.0 / 24}, {"min", 1.0 / 1440}, {"m", 1.0 / 1440}, {"s", 1.0 / 86400}, {"w", 7.0}});
constexpr std::array byte_units = std::to_array<Unit>({{"", 1.0},
                                                       {"b", 1.0},
                                                       {"kb", 1e3},
                                                       {"mb", 1e6},
                                                       {"gb", 1e9},
                                                       {"tb", 1e12},
                                                       {"kib", 1024.0},
                                                       {"mib", 1048576.0},
                                                       {"gib", 1073741824.0}});

constexpr std::array count_units = std::to_array<Unit>({{"", 1.0}, {"k", 1e3}, {"m", 1e6}, {"b", 1e9}, {"t", 1e12}});

// "30d", "1.5 GB": a number and one of the units.
template <std::size_t count>
std::optional<double> parse_amount(std::string_view text, const std::array<Unit, count>& units) {
  const std::size_t unit_begin = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = parse_double(text.substr(0, unit_begin));
  const std::string unit = lower_ascii(trim(text.substr(unit_begin)));
  for (const auto& [name, factor] : units) {
    if (number && unit == name) return *number * factor;
  }
  return std::nullopt;
}

std::optional<bool> parse_flag(std::string_view text) {
  const std::string lower = lower_ascii(text);
  if (lower == "true" || lower == "yes") return true;
  if (lower == "false" || lower == "no") return false;
  return std::nullopt;
}

std::optional<double> parse_version_number(std::string_view text) {
  const auto number = parse_integer(text.starts_with('v') ? text.substr(1) : text);
  if (!number) return std::nullopt;
  return static_cast<double>(*number);
}

using Value = std::variant<double, std::string, bool>;

// A param is whatever it looks like; quotes keep it text.
Value scalar(const FilterToken& token) {
  if (token.kind == FilterToken::Kind::word) {
    if (const auto number = parse_double(token.text)) return *number;
    if (token.text == "true") return true;
    if (token.text == "false") return false;
  }
  return token.text;
}

std::string_view wanted_text(ValueType type) {
  switch (type) {
    case ValueType::number:
      return "a number";
    case ValueType::version_number:
      return "the number of a version, such as 7";
    case ValueType::days:
      return "an age, such as 30d or 12h";
    case ValueType::bytes:
      return "a size, such as 1000000 or 1MB";
    case ValueType::count:
      return "a count, such as 1e9 or 7B";
    case ValueType::flag:
      return "true or false";
    case ValueType::scalar:
    case ValueType::text:
      break;
  }
  return "text";
}

std::optional<Value> read_value(ValueType type, const FilterToken& token) {
  const auto as_value = [](const auto& parsed) -> std::optional<Value> {
    if (parsed) return Value{*parsed};
    return std::nullopt;
  };
  switch (type) {
    case ValueType::number:
      return as_value(parse_double(token.text));
    case ValueType::version_number:
      return as_value(parse_version_number(token.text));
    case ValueType::days:
      return as_value(parse_amount(token.text, day_units));
    case ValueType::bytes:
      return as_value(parse_amount(token.text, byte_units));
    case ValueType::count:
      if (const auto number = parse_double(token.text)) return Value{*number};
      return as_value(parse_amount(token.text, count_units));
    case ValueType::flag:
      return as_value(parse_flag(token.text));
    case ValueType::scalar:
      return scalar(token);
    case ValueType::text:
      return Value{token.text};
  }
  return std::nullopt;
}

bool is_ordered(Comparison comparison) {
  return comparison != Comparison::equal && comparison != Comparison::not_equal;
}

// Runs have no tags.
std::span<const FieldRule> plain_fields_of(FilterOf of) {
  if (of == FilterOf::runs) return run_fields;
  return plain_fields;
}
std::span<const FieldRule> keyed_fields_of(FilterOf of) {
  constexpr std::size_t without_tags = 4;
  const std::span<const FieldRule> all = keyed_fields;
  return of == FilterOf::runs ? all.first(without_tags) : all;
}

std::string_view known_fields(FilterOf of) {
  if (of == FilterOf::runs) {
    return "fields: metrics.NAME, params.NAME, status, model, name, search, run, commit, branch, author, host, age, "
           "dirty";
  }
  return "fields: metrics.NAME, params.NAME, tag.NAME, stage, alias, semver, commit, branch, author, version, age, "
         "deprecated, dirty, message, size, dataset, format, architecture, licence, quantisation, scan, params";
}

[[noreturn]] void refuse_field(FilterOf of, std::string_view filter, const FilterToken& token) {
  std::vector<std::string> names;
  for (const FieldRule& rule : plain_fields_of(of)) names.emplace_back(rule.name);
  for (const FieldRule& rule : keyed_fields_of(of)) names.emplace_back(rule.name);

  const std::size_t dot = token.text.find('.');
  Error error = filter_error(filter, token.at, fmt::format("there is no field `{}`", printable(token.text)));
  if (const auto near = near_miss(token.text.substr(0, dot), names)) {
    const std::string rest = dot == std::string::npos ? "" : token.text.substr(dot);
    error.add_hint(fmt::format("did you mean `{}{}`?", *near, printable(rest)));
  } else if (dot == std::string::npos) {
    const std::string tag = of == FilterOf::runs ? "" : fmt::format(", a tag `tag.{}`", printable(token.text));
    error.add_hint(fmt::format("a metric is `metrics.{0}`, a param `params.{0}`{1}", printable(token.text), tag));
  }
  error.add_hint(std::string{known_fields(of)});
  throw error;
}

std::string_view kind_of(Field field) {
  if (field == Field::metric) return "metric";
  return field == Field::param ? "param" : "tag";
}

FilterTerm keyed_term(const FieldRule& rule, std::string_view filter, const FilterToken& token) {
  const std::string key = token.text.substr(std::min(rule.name.size() + 1, token.text.size()));
  try {
    return {
        .field = rule.field, .key = check_key(kind_of(rule.field), key), .comparison = Comparison::equal, .value = {}};
  } catch (const Error& error) {
    throw filter_error(filter, token.at, error.message());
  }
}

}  // namespace

FilterTerm field_term(FilterOf of, std::string_view filter, const FilterToken& token) {
  for (const FieldRule& rule : plain_fields_of(of)) {
    if (token.text == rule.name) return {.field = rule.field, .key = {}, .comparison = Comparison::equal, .value = {}};
  }
  const std::string_view first = std::string_view{token.text}.substr(0, token.text.find('.'));
  for (const FieldRule& rule : keyed_fields_of(of)) {
    if (first == rule.name) return keyed_term(rule, filter, token);
  }
  refuse_field(of, filter, token);
}

bool is_flag(Field field) { return type_of(field) == ValueType::flag; }

void complete_term(FilterTerm& term, std::string_view filter, const FilterToken& comparison, const FilterToken& value) {
  const ValueType type = type_of(term.field);
  const auto parsed = read_value(type, value);
  if (!parsed) {
    throw filter_error(filter, value.at, fmt::format("`{}` is not {}", printable(value.text), wanted_text(type)));
  }
  const bool has_order = std::holds_alternative<double>(*parsed);
  if (is_ordered(comparison.comparison) && !has_order) {
    throw filter_error(filter, comparison.at,
                       fmt::format("`{}` compares numbers, and `{}` is none", comparison.text, printable(value.text)))
        .hint("text is compared with `=` and `!=`");
  }
  term.comparison = comparison.comparison;
  term.value = *parsed;
}

}  // namespace mlops::domain
