#include "sentence_words.hpp"

#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "segments.hpp"

namespace mlops::domain {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t'; }

}  // namespace

void SentenceWords::skip_spaces() {
  while (at_ < end_ && is_space(text_.text()[at_])) ++at_;
}

bool SentenceWords::has_next() {
  skip_spaces();
  return at_ < end_;
}

ConditionText::Part SentenceWords::next() {
  skip_spaces();
  const std::size_t begin = at_;
  while (at_ < end_ && !is_space(text_.text()[at_])) ++at_;
  return {text_.text().substr(begin, at_ - begin), begin};
}

void SentenceWords::expect(std::string_view wanted) {
  const ConditionText::Part word = next();
  if (word.text == wanted) return;
  if (word.text.empty()) text_.fail(word.at, fmt::format("there is no `{}`", wanted), std::string{shape_});
  const auto near = near_miss(word.text, std::vector<std::string>{std::string{wanted}});
  text_.fail(word.at, fmt::format("`{}` stands where `{}` is expected", shown(word.text), wanted),
             near ? fmt::format("did you mean `{}`?", *near) : std::string{shape_});
}

void SentenceWords::expect_end() {
  const ConditionText::Part word = next();
  if (!word.text.empty()) text_.fail(word.at, fmt::format("`{}` is too much", shown(word.text)), std::string{shape_});
}

ConditionText::Part SentenceWords::rest() {
  skip_spaces();
  return text_.part(std::exchange(at_, end_), end_);
}

}  // namespace mlops::domain
