#include <mlops/support/pattern.hpp>

#include <algorithm>
#include <ranges>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "pattern_parser.hpp"
#include "utf8.hpp"

namespace mlops {

namespace {

using Step = Pattern::Step;
using Node = PatternNode;
using Ranges = std::vector<Pattern::Range>;

constexpr std::size_t most_steps = 20'000;
constexpr std::size_t most_work = 100'000;  // also where nothing is repeated

// Steps are made from the end on: each knows the one that comes after it.
class Compiler {
 public:
  Compiler(std::vector<Step>& steps, std::string_view pattern) : steps_{steps}, pattern_{pattern} {}

  std::size_t compile(const Node& node, std::size_t next) {
    if (++work_ > most_work) fail();
    switch (node.kind) {
      case Node::Kind::characters:
        return add({.kind = Step::Kind::character, .next = next, .ranges = node.ranges});
      case Node::Kind::sequence:
        for (const Node& part : std::views::reverse(node.parts)) next = compile(part, next);
        return next;
      case Node::Kind::either:
        return either(node, next);
      case Node::Kind::repeat:
        break;
    }
    return repeat(node, next);
  }

 private:
  [[noreturn]] void fail() const {
    throw Error{ErrorKind::usage, fmt::format("`{}` is too large for a pattern", printable(pattern_))};
  }

  std::size_t add(Step step) {
    if (steps_.size() >= most_steps) fail();
    steps_.push_back(std::move(step));
    return steps_.size() - 1;
  }

  std::size_t either(const Node& node, std::size_t next) {
    std::size_t start = compile(node.parts.back(), next);
    for (std::size_t i = node.parts.size() - 1; i-- > 0;) {
      const std::size_t other = start;
      const std::size_t first = compile(node.parts[i], next);
      start = add({.kind = Step::Kind::split, .next = first, .other = other, .ranges = {}});
    }
    return start;
  }

  std::size_t repeat(const Node& node, std::size_t next) {
    const Node& part = node.parts.front();
    std::size_t start = next;
    if (node.most == Node::any_number) {
      const std::size_t loop = add({.kind = Step::Kind::split, .other = next, .ranges = {}});
      const std::size_t body = compile(part, loop);
      steps_[loop].next = body;
      start = loop;
    } else {
      for (std::size_t i = node.least; i < node.most; ++i) {
        const std::size_t body = compile(part, start);
        start = add({.kind = Step::Kind::split, .next = body, .other = next, .ranges = {}});
      }
    }
    for (std::size_t i = 0; i < node.least; ++i) start = compile(part, start);
    return start;
  }

  std::vector<Step>& steps_;
  std::string_view pattern_;
  std::size_t work_ = 0;
};

bool holds_character(const Ranges& ranges, std::uint32_t character) {
  return std::ranges::any_of(ranges,
                             [&](const auto& range) { return range.first <= character && character <= range.second; });
}

}  // namespace

// All the steps that a text may have come to, moved on character by character.
class Pattern::Run {
 public:
  explicit Run(const std::vector<Step>& steps) : steps_{steps}, marks_(steps.size()) {}

  void enter(std::size_t step) {
    waiting_.push_back(step);
    while (!waiting_.empty()) {
      const std::size_t at = waiting_.back();
      waiting_.pop_back();
      if (marks_[at] == round_) continue;
      marks_[at] = round_;
      if (steps_[at].kind == Step::Kind::split) {
        waiting_.push_back(steps_[at].other);
        waiting_.push_back(steps_[at].next);
      } else {
        present_.push_back(at);
      }
    }
  }

  // False when nothing is left.
  bool advance(std::uint32_t character) {
    before_.swap(present_);
    present_.clear();
    ++round_;
    for (const std::size_t at : before_) {
      const Step& step = steps_[at];
      if (step.kind == Step::Kind::character && holds_character(step.ranges, character)) enter(step.next);
    }
    return !present_.empty();
  }

  [[nodiscard]] bool is_at_end() const {
    return std::ranges::any_of(present_, [this](std::size_t at) { return steps_[at].kind == Step::Kind::end; });
  }

 private:
  const std::vector<Step>& steps_;
  std::vector<std::size_t> marks_;  // in which round a step was last entered
  std::size_t round_ = 1;
  std::vector<std::size_t> present_, before_, waiting_;
};

Pattern::Pattern(std::string_view pattern) : text_{pattern} {
  const PatternNode node = parse_pattern(pattern);
  steps_.emplace_back();
  start_ = Compiler{steps_, pattern}.compile(node, 0);
}

bool Pattern::matches(std::string_view text) const {
  Run run{steps_};
  run.enter(start_);
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    if (point.length == 0 || !run.advance(point.value)) return false;
    text.remove_prefix(point.length);
  }
  return run.is_at_end();
}

}  // namespace mlops
