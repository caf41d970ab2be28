#include "compound_text.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "segments.hpp"

namespace mlops::domain {
namespace {

// More than any person writes; they keep a hostile condition from exhausting the stack or the screen.
constexpr int deepest_brackets = 16;
constexpr std::size_t most_comparisons = 32;

// What other languages write, and what is meant.
constexpr auto joint_typos = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"&&", "and"}, {"&", "and"}, {",", "and"}, {";", "and"}, {"||", "or"}, {"|", "or"}});

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_operator_sign(char c) { return c == '<' || c == '>' || c == '=' || c == '!'; }
bool is_joint(std::string_view word) { return word == "and" || word == "or"; }

// `and` or `or` when `word` is another way to write it; "" otherwise.
std::string meant_joint(std::string_view word) {
  for (const auto& [typo, meant] : joint_typos) {
    if (word == typo) return std::string{meant};
  }
  const std::string lower = lower_ascii(word);
  return is_joint(lower) && lower != word ? lower : "";
}

// any = all { "or" all } ; all = one { "and" one } ; one = "(" any ")" | comparison
class ConditionCutter {
 public:
  ConditionCutter(std::string_view text, std::string_view shape) : text_{text}, whole_{text, shape} {}

  CutCondition cut() {
    cut_.whole = any_of(0);
    skip_blanks();
    if (at_ < text_.size()) whole_.fail(at_, "this `)` closes nothing");
    return std::move(cut_);
  }

 private:
  Junction any_of(int depth) { return chain(depth, "or", Junction::Kind::any_of, &ConditionCutter::all_of); }
  Junction all_of(int depth) { return chain(depth, "and", Junction::Kind::all_of, &ConditionCutter::one); }

  Junction chain(int depth, std::string_view joint, Junction::Kind kind, Junction (ConditionCutter::*next)(int)) {
    Junction first = (this->*next)(depth);
    if (next_word() != joint) return first;
    Junction result{.kind = kind, .part = 0, .of = {}};
    result.of.push_back(std::move(first));
    while (next_word() == joint) {
      at_ += joint.size();
      result.of.push_back((this->*next)(depth));
    }
    return result;
  }

  Junction one(int depth) {
    const std::string_view word = next_word();
    if (is_joint(word)) whole_.fail(at_, fmt::format("there is no condition before `{}`", word));
    if (word == "not") whole_.fail(at_, "there is no `not`", "turn the comparison round: `<` for `>=`");
    if (at_ == text_.size() || text_[at_] == ')') whole_.fail(at_, "here a condition is missing");
    if (text_[at_] != '(') return comparison();
    if (depth >= deepest_brackets) whole_.fail(at_, fmt::format("brackets are nested more than {} deep", depth));
    const std::size_t open = at_++;
    Junction inner = any_of(depth + 1);
    skip_blanks();
    if (at_ == text_.size()) whole_.fail(open, "this `(` is never closed");
    ++at_;
    refuse_other_than_joint();
    return inner;
  }

  Junction comparison() {
    if (cut_.comparisons.size() == most_comparisons) {
      whole_.fail(at_, fmt::format("a condition has at most {} comparisons", most_comparisons), "write several");
    }
    const std::size_t begin = at_;
    skip_subject();
    while (at_ < text_.size() && is_operator_sign(text_[at_])) ++at_;
    skip_value();
    cut_.comparisons.push_back(whole_.part(begin, at_));
    return {.kind = Junction::Kind::part, .part = cut_.comparisons.size() - 1, .of = {}};
  }

  // Up to the operator. A class or a column may have brackets of its own, and words that look like ours.
  void skip_subject() {
    const std::size_t begin = at_;
    int open = 0;
    bool is_free_text = false;
    while (at_ < text_.size() && !is_operator_sign(text_[at_])) {
      if (text_[at_] == '(') ++open;
      if (text_[at_] == ')' && --open < 0) whole_.fail(at_, "there is no comparison before this `)`");
      if (at_ == begin || is_blank(text_[at_ - 1])) {
        const std::string_view word = word_here();
        if (word == "of" || word == "by") is_free_text = true;
        if (!is_free_text && is_joint(word)) {
          whole_.fail(at_, fmt::format("there is no comparison before `{}`", word),
                      "write METRIC OP VALUE on each side");
        }
      }
      ++at_;
    }
  }

  void skip_value() {
    bool is_empty = true;
    for (skip_blanks(); at_ < text_.size() && text_[at_] != ')'; skip_blanks()) {
      const std::string_view word = word_here();
      if (is_joint(word)) {
        if (is_empty) whole_.fail(at_, fmt::format("there is no value before `{}`", word));
        return;
      }
      refuse_typo(word);
      if (text_[at_] == '(') whole_.fail(at_, "a value has no brackets");
      at_ += word.size();
      is_empty = false;
    }
  }

  // After a bracket.
  void refuse_other_than_joint() {
    const std::string_view word = next_word();
    if (word.empty() || is_joint(word)) return;
    refuse_typo(word);
    whole_.fail(at_, fmt::format("expected `and` or `or` before `{}`", shown(word)));
  }

  void refuse_typo(std::string_view word) const {
    const std::string meant = meant_joint(word);
    if (meant.empty()) return;
    whole_.fail(at_, fmt::format("`{}` joins nothing", shown(word)), fmt::format("did you mean `{}`?", meant));
  }

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }

  // From here up to a blank or a bracket; "" at a bracket.
  [[nodiscard]] std::string_view word_here() const {
    const std::size_t end = std::min(text_.find_first_of(" \t()", at_), text_.size());
    return text_.substr(at_, end - at_);
  }

  std::string_view next_word() {
    skip_blanks();
    return word_here();
  }

  std::string_view text_;
  ConditionText whole_;
  std::size_t at_ = 0;
  CutCondition cut_;
};

}  // namespace

CutCondition cut_condition(std::string_view text, std::string_view shape) { return ConditionCutter{text, shape}.cut(); }

}  // namespace mlops::domain
