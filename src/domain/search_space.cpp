// What a search tries, read from the command line.
#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/core.h>

#include <mlops/domain/search.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "segments.hpp"

namespace mlops::domain {
namespace {

constexpr double largest_exact = 9007199254740991.0;
constexpr std::size_t most_values = 10'000;

Error set_error(std::string_view text, std::string_view what) {
  return {
      ErrorKind::usage,
      fmt::format("`--set {}`: {}", shown(text), what),
      {"`--set lr=[0.01,0.1]`, `--set depth=2..8`, `--set lr=0.001..1:log`; `--set lr` takes what the recipe says"}};
}

std::string value_text(const Json& value) { return value.is_string() ? printable(value.as_string()) : to_line(value); }

const SearchedParam& known_param(std::string_view text, const std::string& name, const SearchedParams& known) {
  const auto found = known.find(name);
  if (found != known.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [param, facts] : known) names.push_back(param);
  Error error{ErrorKind::usage, fmt::format("`--set {}`: the recipe has no param `{}`", shown(text), shown(name))};
  if (const auto near = near_miss(name, names)) error.add_hint(fmt::format("did you mean `{}`?", *near));
  error.add_hint(names.empty() ? "it has no params at all" : "it has: " + join(names, ", "));
  throw error;
}

void require_admitted(std::string_view text, const SearchedParam& param, const Json& value) {
  if (param.rule == nullptr || param.rule->admits(value)) return;
  throw set_error(text, fmt::format("it must be {}, not {}", param.rule->text(), value_text(value)));
}

// The commas that stand in no quotes.
std::vector<std::string> list_items(std::string_view text, std::string_view list) {
  std::vector<std::string> items(1);
  char quote = 0;
  for (const char c : list) {
    if (quote == 0 && c == ',') {
      items.emplace_back();
      continue;
    }
    if (quote == c) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    }
    items.back() += c;
  }
  if (quote != 0) throw set_error(text, "a quote is not closed");
  return items;
}

std::vector<Json> list_values(std::string_view text, std::string_view list) {
  std::vector<Json> values;
  for (const std::string& item : list_items(text, list)) {
    const std::string_view word = trim(item);
    if (word.empty()) throw set_error(text, "a value is empty");
    const bool quoted = word.size() > 1 && (word.front() == '"' || word.front() == '\'') && word.back() == word.front();
    Json value = quoted ? Json{word.substr(1, word.size() - 2)} : parse_scalar(word);
    if (std::ranges::find(values, value) != values.end())
      throw set_error(text, fmt::format("{} stands there twice", value_text(value)));
    values.push_back(std::move(value));
  }
  return values;
}

bool wants_integers(const SearchedParam& param, std::string_view least, std::string_view most) {
  if (!parse_integer(least) || !parse_integer(most)) return false;
  if (param.rule != nullptr) return param.rule->type == ParamType::integer;
  return param.standard.is_integer() || !param.standard.is_number();
}

// Twelve digits: 0.1 + 2 * 0.1 is 0.3 to whoever wrote it.
Json rounded(double value) {
  if (value == std::floor(value) && std::abs(value) < largest_exact) return Json{value};
  return Json{parse_double(fmt::format("{:.12g}", value)).value_or(value)};
}

void cut_by_step(std::string_view text, double step, Dimension& range) {
  const double most_steps = (range.most - range.least) / step;
  if (!(step > 0) || (range.integers && step != std::floor(step)))
    throw set_error(text, "the step must be above 0, and whole for integers");
  if (most_steps > static_cast<double>(most_values)) throw set_error(text, "the range has too many steps");
  const auto steps = static_cast<std::int64_t>(std::floor(most_steps + 1e-9));
  for (std::int64_t i = 0; i <= steps; ++i) {
    const double value = range.least + static_cast<double>(i) * step;
    range.values.push_back(range.integers ? Json{static_cast<std::int64_t>(value)} : rounded(value));
  }
}

Dimension read_range(std::string_view text, std::string_view range, const SearchedParam& param) {
  const auto dots = range.find("..");
  const auto colon = range.find(':', dots);
  const std::string_view first = trim(range.substr(0, dots));
  const std::string_view last =
      trim(range.substr(dots + 2, colon == std::string_view::npos ? colon : colon - dots - 2));
  const auto least = parse_double(first);
  const auto most = parse_double(last);
  if (!least || !most) throw set_error(text, "a range runs from a number to a number");
  if (*least >= *most) throw set_error(text, fmt::format("{} is not below {}", shown(first), shown(last)));
  Dimension dimension;
  dimension.least = *least;
  dimension.most = *most;
  dimension.integers = wants_integers(param, first, last);
  if (dimension.integers && (std::abs(*least) > largest_exact || std::abs(*most) > largest_exact))
    throw set_error(text, "the range is too wide for integers");
  const std::string_view how = colon == std::string_view::npos ? std::string_view{} : trim(range.substr(colon + 1));
  if (how == "log" || (how.empty() && param.rule != nullptr && param.rule->logarithmic)) {
    if (*least <= 0) throw set_error(text, "only a range above 0 has a logarithm");
    dimension.logarithmic = true;
  } else if (!how.empty()) {
    const auto step = parse_double(how);
    if (!step) throw set_error(text, fmt::format("after the colon comes a step or `log`, not `{}`", shown(how)));
    cut_by_step(text, *step, dimension);
  }
  return dimension;
}

Json bound(const Dimension& dimension, double value) {
  return dimension.integers ? Json{static_cast<std::int64_t>(value)} : Json{value};
}

// What the recipe says: its choices, both truths, or its range.
Dimension declared(std::string_view text, const SearchedParam& param) {
  const ParamRule* rule = param.rule;
  Dimension dimension;
  if (rule != nullptr && !rule->choices.empty()) {
    dimension.values = rule->choices;
  } else if (rule != nullptr && rule->type == ParamType::boolean) {
    dimension.values = {Json{false}, Json{true}};
  } else if (rule != nullptr && rule->least && rule->most) {
    dimension.least = *rule->least;
    dimension.most = *rule->most;
    dimension.integers = rule->type == ParamType::integer;
    dimension.logarithmic = rule->logarithmic;
  } else {
    throw set_error(text, "the recipe gives it neither choices nor a range from `min` to `max`");
  }
  return dimension;
}

}  // namespace

Json parse_scalar(std::string_view text) {
  if (text == "true" || text == "false") return Json{text == "true"};
  if (const auto integer = parse_integer(text)) return Json{*integer};
  if (const auto number = parse_double(text)) return Json{*number};
  return Json{text};
}

std::optional<std::uint64_t> Dimension::count() const {
  if (!values.empty()) return values.size();
  if (!integers || logarithmic) return std::nullopt;
  return static_cast<std::uint64_t>(most - least) + 1;
}

Json Dimension::at(std::uint64_t index) const {
  if (!values.empty()) return values.at(index);
  return Json{static_cast<std::int64_t>(least) + static_cast<std::int64_t>(index)};
}

std::string Dimension::text() const {
  if (values.empty()) {
    return fmt::format("{}: {} to {}{}", printable(param), figure_text(least), figure_text(most),
                       logarithmic ? ", by logarithm" : "");
  }
  std::vector<std::string> words;
  for (const Json& value : values) words.push_back(value_text(value));
  return fmt::format("{}: {}", printable(param), join(words, ", "));
}

Dimension parse_dimension(std::string_view text, const SearchedParams& known) {
  const auto equals = text.find('=');
  const std::string name{trim(text.substr(0, equals))};
  const SearchedParam& param = known_param(text, name, known);
  Dimension dimension;
  if (equals == std::string_view::npos) {
    dimension = declared(text, param);
  } else {
    const std::string_view value = trim(text.substr(equals + 1));
    if (value.starts_with('[') && value.ends_with(']') && value.size() > 1) {
      dimension.values = list_values(text, value.substr(1, value.size() - 2));
    } else if (value.find("..") != std::string_view::npos) {
      dimension = read_range(text, value, param);
    } else {
      dimension.values = list_values(text, value);
    }
  }
  dimension.param = name;
  for (const Json& value : dimension.values) require_admitted(text, param, value);
  if (dimension.values.empty()) {
    require_admitted(text, param, bound(dimension, dimension.least));
    require_admitted(text, param, bound(dimension, dimension.most));
  }
  return dimension;
}

}  // namespace mlops::domain
