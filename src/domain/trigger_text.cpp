// A trigger as it was written.
#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include <mlops/domain/monitor_rules.hpp>
#include <mlops/domain/trigger.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>
#include <mlops/support/time.hpp>

#include "condition_text.hpp"
#include "segments.hpp"

namespace mlops::domain {
namespace {

constexpr std::string_view forms =
    "FIGURE OP NUMBER [for N batches], age > 30d, or dataset.ROLE changed; FIGURE is drift.share, drift.psi, "
    "drift.COLUMN.psi, missing.share, missing.COLUMN, metrics.NAME or estimate.NAME";
constexpr std::size_t most_batches = 1000;

// Of the distances and tests that drift is told by.
constexpr std::array<std::string_view, 6> drift_figures{"psi",        "wasserstein",        "jensen_shannon",
                                                        "l_infinity", "kolmogorov_smirnov", "chi_square"};

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (const std::string& word : split(text, ' ')) {
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

[[noreturn]] void fail(std::string_view text, std::string_view why, std::string hint = std::string{forms}) {
  throw Error{ErrorKind::usage, fmt::format("can't read the trigger `{}`: {}", shown(text), why), {std::move(hint)}};
}

[[noreturn]] void fail_near(std::string_view text, std::string_view word, std::span<const std::string> known,
                            std::string_view prefix = "") {
  const auto near = near_miss(word, known);
  fail(text, fmt::format("`{}{}` is unknown", prefix, shown(word)),
       near ? fmt::format("did you mean `{}{}`?", prefix, *near) : std::string{forms});
}

void check_drift_figure(std::string_view text, std::string_view name) {
  const std::size_t dot = name.rfind('.');
  const std::string_view last = dot == std::string_view::npos ? name : name.substr(dot + 1);
  if (name == "share" || std::ranges::find(drift_figures, last) != drift_figures.end()) return;
  std::vector<std::string> known{drift_figures.begin(), drift_figures.end()};
  if (dot == std::string_view::npos) known.emplace_back("share");
  const std::string prefix = dot == std::string_view::npos ? "drift." : fmt::format("drift.{}.", name.substr(0, dot));
  fail_near(text, last, known, prefix);
}

std::string checked_figure(std::string_view text, std::string_view figure) {
  const std::size_t dot = figure.find('.');
  const std::string_view family = figure.substr(0, dot);
  const std::string_view name = dot == std::string_view::npos ? "" : figure.substr(dot + 1);
  const std::vector<std::string> families{"drift", "missing", "metrics", "estimate", "age", "dataset"};
  const auto known = std::find(families.begin(), families.begin() + 4, family);
  if (known == families.begin() + 4) fail_near(text, family, families);
  if (name.empty()) fail(text, fmt::format("`{}` needs a name after a dot", family));
  if (family == "drift") check_drift_figure(text, name);
  return std::string{figure};
}

Trigger parse_data(std::string_view text, const std::vector<std::string>& words) {
  Trigger trigger;
  trigger.kind = Trigger::Kind::data;
  trigger.subject = words[0].substr(words[0].find('.') + 1);
  if (words[0].find('.') == std::string::npos || trigger.subject.empty()) {
    fail(text, "a dataset is named by its role", "such as `dataset.train changed`");
  }
  if (words.size() != 2 || words[1] != "changed") fail(text, "of a dataset it is asked whether it has `changed`");
  return trigger;
}

Trigger parse_age(std::string_view text, const ConditionText::Sides& sides) {
  Trigger trigger;
  trigger.kind = Trigger::Kind::age;
  trigger.subject = "age";
  if (sides.comparison != Comparison::greater && sides.comparison != Comparison::greater_equal) {
    fail(text, "an age is due above a span of time", "such as `age > 30d`");
  }
  const auto span = parse_time_span(sides.right.text);
  if (!span || *span == 0) {
    fail(text, fmt::format("`{}` is no span of time", shown(sides.right.text)), time_span_hint(sides.right.text));
  }
  trigger.age_ms = *span;
  return trigger;
}

Trigger parse_figure(std::string_view text, const ConditionText::Sides& sides) {
  Trigger trigger;
  trigger.subject = checked_figure(text, sides.left.text);
  trigger.comparison = sides.comparison;
  const std::vector<std::string> words = words_of(sides.right.text);
  const auto value = parse_double(words.at(0));
  if (!value) fail(text, fmt::format("`{}` is not a number", shown(words[0])));
  trigger.value = *value;
  if (words.size() == 1) return trigger;
  const auto count = words.size() == 4 ? parse_integer(words[2]) : std::nullopt;
  const bool is_for = words.size() == 4 && words[1] == "for" && (words[3] == "batches" || words[3] == "batch");
  if (!is_for || !count || *count < 1 || *count > static_cast<std::int64_t>(most_batches)) {
    fail(text, "after the number only `for N batches` may stand", "such as `drift.psi > 0.2 for 3 batches`");
  }
  trigger.batches = static_cast<std::size_t>(*count);
  return trigger;
}

Trigger parse(std::string_view text) {
  const std::vector<std::string> words = words_of(text);
  if (words.empty()) fail(text, "it is empty");
  if (words[0] == "dataset" || words[0].starts_with("dataset.")) return parse_data(text, words);
  if (text.find_first_of("<>=!") == std::string_view::npos) {
    if (words.back() == "changed") fail(text, "only a dataset is `changed`", "such as `dataset.train changed`");
    fail(text, "there is no operator in it");
  }
  const ConditionText condition{text, forms};
  const ConditionText::Sides sides = condition.sides();
  return sides.left.text == "age" ? parse_age(text, sides) : parse_figure(text, sides);
}

}  // namespace

Trigger parse_trigger(std::string_view text) {
  Trigger trigger = parse(text);
  trigger.text = std::string{trim(text)};
  return trigger;
}

}  // namespace mlops::domain
