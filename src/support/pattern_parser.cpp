#include "pattern_parser.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "utf8.hpp"

namespace mlops {

namespace {

using Node = PatternNode;
using Ranges = std::vector<Pattern::Range>;

constexpr std::size_t most_repeats = 1000;
constexpr std::size_t deepest_group = 50;
constexpr std::uint32_t last_character = 0x10FFFF;

Ranges all_but(Ranges ranges) {
  std::ranges::sort(ranges);
  Ranges others;
  std::uint32_t next = 0;
  for (const auto& [first, last] : ranges) {
    if (first > next) others.emplace_back(next, first - 1);
    next = std::max(next, last + 1);
  }
  if (next <= last_character) others.emplace_back(next, last_character);
  return others;
}

class PatternParser {
 public:
  explicit PatternParser(std::string_view pattern) : whole_{pattern}, rest_{pattern} {}

  Node parse() {
    static_cast<void>(take('^'));
    Node node = alternatives(0);
    if (!rest_.empty()) fail("a `)` without its `(`");
    return node;
  }

 private:
  [[noreturn]] void fail(std::string_view why) const {
    throw Error{ErrorKind::usage, fmt::format("`{}` is not a pattern: {}", printable(whole_), why)};
  }

  bool take(char wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::uint32_t take_character() {
    const CodePoint point = first_code_point(rest_);
    if (point.length == 0) fail(rest_.empty() ? "it ends too soon" : "it is not UTF-8");
    rest_.remove_prefix(point.length);
    return point.value;
  }

  Node alternatives(std::size_t depth) {
    if (depth > deepest_group) fail("its groups are nested too deeply");
    Node either{.kind = Node::Kind::either, .parts = {}, .ranges = {}};
    do {
      either.parts.push_back(sequence(depth));
    } while (take('|'));
    return either;
  }

  Node sequence(std::size_t depth) {
    Node result;
    while (!rest_.empty() && rest_.front() != '|' && rest_.front() != ')') {
      if (rest_ == "$") {
        rest_ = {};
        break;
      }
      result.parts.push_back(repeated(atom(depth)));
    }
    return result;
  }

  Node atom(std::size_t depth) {
    if (take('(')) {
      if (rest_.starts_with("?:")) rest_.remove_prefix(2);
      Node group = alternatives(depth + 1);
      if (!take(')')) fail("a `(` without its `)`");
      return group;
    }
    Node characters{.kind = Node::Kind::characters, .parts = {}, .ranges = {}};
    if (take('[')) {
      characters.ranges = bracket();
    } else if (take('.')) {
      characters.ranges = {{0, last_character}};
    } else if (take('\\')) {
      characters.ranges = escape();
    } else {
      if (std::string_view{"*+?{^$"}.find(rest_.front()) != std::string_view::npos)
        fail(fmt::format("`{}` has nothing to act on; write `\\{}` for the character", rest_.front(), rest_.front()));
      const std::uint32_t character = take_character();
      characters.ranges = {{character, character}};
    }
    return characters;
  }

  Ranges escape() {
    static const Ranges digits = {{'0', '9'}};
    static const Ranges letters = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
    static const Ranges spaces = {{'\t', '\r'}, {' ', ' '}};
    const std::uint32_t character = take_character();
    switch (character) {
      case 'd':
        return digits;
      case 'D':
        return all_but(digits);
      case 'w':
        return letters;
      case 'W':
        return all_but(letters);
      case 's':
        return spaces;
      case 'S':
        return all_but(spaces);
      case 'n':
        return {{'\n', '\n'}};
      case 't':
        return {{'\t', '\t'}};
      default:
        if (character < 0x80 && (is_digit(static_cast<char>(character)) || (character | 0x20u) - 'a' < 26u))
          fail(fmt::format("`\\{}` is not known", static_cast<char>(character)));
        return {{character, character}};
    }
  }

  Ranges bracket() {
    const bool is_negated = take('^');
    Ranges ranges;
    do {
      if (rest_.empty()) fail("a `[` without its `]`");
      if (take('\\')) {
        const Ranges escaped = escape();
        ranges.insert(ranges.end(), escaped.begin(), escaped.end());
        continue;
      }
      const std::uint32_t first = take_character();
      std::uint32_t last = first;
      if (rest_.size() > 1 && rest_[0] == '-' && rest_[1] != ']') {
        rest_.remove_prefix(1);
        static_cast<void>(take('\\'));
        last = take_character();
      }
      if (last < first) fail("a range that runs backwards");
      ranges.emplace_back(first, last);
    } while (!take(']'));
    return is_negated ? all_but(std::move(ranges)) : ranges;
  }

  Node repeated(Node node) {
    while (!rest_.empty()) {
      std::size_t least = 0;
      std::size_t most = Node::any_number;
      if (take('+')) {
        least = 1;
      } else if (take('?')) {
        most = 1;
      } else if (take('{')) {
        std::tie(least, most) = counts();
      } else if (!take('*')) {
        return node;
      }
      Node repeat{.kind = Node::Kind::repeat, .parts = {}, .ranges = {}, .least = least, .most = most};
      repeat.parts.push_back(std::move(node));
      node = std::move(repeat);
    }
    return node;
  }

  std::pair<std::size_t, std::size_t> counts() {
    const std::size_t least = count();
    std::size_t most = least;
    if (take(',')) most = rest_.starts_with('}') ? Node::any_number : count();
    if (!take('}')) fail("a `{` without its `}`");
    if (most < least) fail("a repeat whose end is below its beginning");
    return {least, most};
  }

  std::size_t count() {
    if (rest_.empty() || !is_digit(rest_.front())) fail("`{` needs a number; write `\\{` for the character");
    std::size_t number = 0;
    while (!rest_.empty() && is_digit(rest_.front())) {
      number = number * 10 + static_cast<std::size_t>(rest_.front() - '0');
      if (number > most_repeats) fail(fmt::format("repeats of more than {}", most_repeats));
      rest_.remove_prefix(1);
    }
    return number;
  }

  std::string_view whole_;
  std::string_view rest_;
};

}  // namespace

PatternNode parse_pattern(std::string_view pattern) { return PatternParser{pattern}.parse(); }

}  // namespace mlops
