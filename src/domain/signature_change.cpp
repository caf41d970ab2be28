// Comparing signatures from the side of those who call the model: inputs may ask for less and accept more, outputs may
// say more and vary less.
#include <mlops/domain/signature.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

namespace mlops::domain {

namespace {

struct Number {
  enum class Kind : std::uint8_t { boolean, natural, integer, real, complex };
  Kind kind = Kind::boolean;
  int bits = 1;
};

std::optional<Number> number_of(std::string_view dtype) {
  using Kind = Number::Kind;
  if (dtype == "bool") return Number{Kind::boolean, 1};
  if (dtype == "bfloat16") return Number{Kind::real, 16};
  constexpr auto prefixes = std::to_array<std::pair<std::string_view, Kind>>(
      {{"uint", Kind::natural}, {"int", Kind::integer}, {"float", Kind::real}, {"complex", Kind::complex}});
  for (const auto& [prefix, kind] : prefixes) {
    if (!dtype.starts_with(prefix)) continue;
    const auto bits = parse_integer(dtype.substr(prefix.size()));
    if (!bits || *bits < 1 || *bits > 1024) return std::nullopt;
    return Number{kind, static_cast<int>(*bits)};
  }
  return std::nullopt;
}

// Whether every number of the one type can be given for the other, as numpy's "same kind" rule has it: integers may
// become floats of 32 bits or more, though a few digits of very large ones are lost.
bool widens(const Number& from, const Number& to) {
  using Kind = Number::Kind;
  if (from.kind == to.kind) return to.bits >= from.bits;
  if (from.kind == Kind::boolean) return true;
  if (to.kind == Kind::boolean || to.kind == Kind::natural) return false;
  if (to.kind == Kind::integer) return from.kind == Kind::natural && to.bits > from.bits;
  constexpr int enough = 32;
  const int part = to.kind == Kind::complex ? to.bits / 2 : to.bits;
  if (from.kind == Kind::real) return to.kind == Kind::complex && part >= from.bits;
  return from.kind != Kind::complex && part >= std::min(enough, 2 * from.bits);
}

// Whether what was right for `from` is right for `to`.
bool accepts(std::string_view to, std::string_view from) {
  if (to == from || to.empty() || from.empty() || to == "any") return true;
  const auto number_from = number_of(from);
  const auto number_to = number_of(to);
  return number_from && number_to && widens(*number_from, *number_to);
}

bool is_free(const Json& dimension) { return !dimension.is_integer(); }

// Whether everything of shape `from` is also of shape `to`.
bool covers(const std::vector<Json>& to, const std::vector<Json>& from) {
  return std::ranges::equal(to, from,
                            [](const Json& wide, const Json& narrow) { return is_free(wide) || wide == narrow; });
}

// Names of dimensions are for people: "batch" is as free as null.
bool same_shape(const std::vector<Json>& a, const std::vector<Json>& b) { return covers(a, b) && covers(b, a); }

std::string text_of(const std::vector<Json>& shape) {
  std::string text;
  for (const Json& dimension : shape) {
    if (!text.empty()) text += ", ";
    text += dimension.is_string() ? printable(dimension.as_string()) : dimension.is_null() ? "?" : to_line(dimension);
  }
  return "[" + text + "]";
}

enum class Side : std::uint8_t { given, answered };  // by callers, by the model

// Compares one list of ports with the one before.
class PartComparison {
 public:
  PartComparison(std::string_view noun, Side side, std::vector<SignatureChange>& changes)
      : noun_{noun}, side_{side}, changes_{changes} {}

  void run(const std::vector<Port>& before, const std::vector<Port>& after) {
    const auto partners = matched(before, after);
    std::vector<bool> is_known(after.size(), false);
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (!partners[i]) continue;
      is_known[*partners[i]] = true;
      compare(before[i], after[*partners[i]], i);
    }
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (partners[i]) continue;
      // Alone of its kind at its place, a name that went and one that came are the same thing renamed.
      const bool is_renamed = before.size() == after.size() && i < after.size() && !is_known[i];
      if (is_renamed) {
        is_known[i] = true;
        report(true, fmt::format("{} is now called `{}`", name(before[i], i), printable(after[i].name)));
        compare(before[i], after[i], i);
      } else {
        report(true, fmt::format("{} is gone", name(before[i], i)));
      }
    }
    for (std::size_t i = 0; i < after.size(); ++i) {
      if (!is_known[i]) report_new(after[i], i);
    }
  }

 private:
  using Partners = std::vector<std::optional<std::size_t>>;

  // By name; where one of the two has none, by place.
  static Partners matched(const std::vector<Port>& before, const std::vector<Port>& after) {
    std::unordered_map<std::string_view, std::size_t> by_name;
    for (std::size_t i = 0; i < after.size(); ++i) {
      if (!after[i].name.empty()) by_name.emplace(after[i].name, i);
    }
    Partners partners(before.size());
    std::vector<bool> is_taken(after.size(), false);
    for (std::size_t i = 0; i < before.size(); ++i) {
      const auto found = by_name.find(before[i].name);
      if (found == by_name.end()) continue;
      partners[i] = found->second;
      is_taken[found->second] = true;
    }
    for (std::size_t i = 0; i < std::min(before.size(), after.size()); ++i) {
      const bool is_unnamed = before[i].name.empty() || after[i].name.empty();
      if (!partners[i] && !is_taken[i] && is_unnamed) partners[i] = i;
    }
    return partners;
  }

  void compare(const Port& before, const Port& after, std::size_t place) {
    compare_need(before, after, place);
    if (before.dtype != after.dtype) {
      const bool fits =
          side_ == Side::given ? accepts(after.dtype, before.dtype) : before.dtype.empty() || after.dtype.empty();
      report(!fits, fmt::format("{} was {} and is {}", name(before, place), dtype_text(before), dtype_text(after)));
    }
    if (!before.shape || !after.shape || same_shape(*before.shape, *after.shape)) return;
    const bool fits = side_ == Side::given ? covers(*after.shape, *before.shape) : covers(*before.shape, *after.shape);
    report(!fits, fmt::format("{} had the shape {} and has {}", name(before, place), text_of(*before.shape),
                              text_of(*after.shape)));
  }

  void compare_need(const Port& before, const Port& after, std::size_t place) {
    if (before.required == after.required) return;
    const std::string subject = name(before, place);
    if (side_ == Side::given) {
      report(after.required, subject + (after.required ? " must now be given" : " may now be left out"));
    } else {
      report(!after.required, subject + (after.required ? " is now always there" : " may now be missing"));
    }
  }

  void report_new(const Port& port, std::size_t place) {
    if (side_ == Side::answered) return report(false, fmt::format("{} is new", name(port, place)));
    report(port.required,
           fmt::format("{} is new and {}", name(port, place), port.required ? "must be given" : "may be left out"));
  }

  void report(bool breaks, std::string what) { changes_.push_back({breaks, std::move(what)}); }

  [[nodiscard]] std::string name(const Port& port, std::size_t place) const {
    if (port.name.empty()) return fmt::format("{} {}", noun_, place + 1);
    return fmt::format("{} `{}`", noun_, printable(port.name));
  }

  static std::string dtype_text(const Port& port) {
    return port.dtype.empty() ? "of no told type" : printable(port.dtype);
  }

  std::string_view noun_;
  Side side_;
  std::vector<SignatureChange>& changes_;
};

// A signature without inputs, or without outputs, says nothing of them: no model is called with nothing.
bool is_told(const std::vector<Port>& before, const std::vector<Port>& after, std::string_view nouns,
             std::vector<SignatureChange>& changes) {
  if (before.empty() == after.empty()) return !before.empty();
  changes.push_back({after.empty(), fmt::format("the {} are {}", nouns,
                                                after.empty() ? "not told any more" : "told for the first time")});
  return false;
}

}  // namespace

std::vector<SignatureChange> compare_signatures(const Signature& before, const Signature& after) {
  std::vector<SignatureChange> changes;
  if (is_told(before.inputs, after.inputs, "inputs", changes)) {
    PartComparison{"input", Side::given, changes}.run(before.inputs, after.inputs);
  }
  if (is_told(before.outputs, after.outputs, "outputs", changes)) {
    PartComparison{"output", Side::answered, changes}.run(before.outputs, after.outputs);
  }
  PartComparison{"param", Side::given, changes}.run(before.params, after.params);
  return changes;
}

}  // namespace mlops::domain
