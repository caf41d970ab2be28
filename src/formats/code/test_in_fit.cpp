// Test data that a model, or what prepares its input, has seen: then the test says too much good of it.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "code/unit.hpp"

namespace mlops::formats::code {

namespace {

constexpr std::string_view test_in_fit_rule = "code.test-in-fit";

bool is_fit(std::string_view word) {
  return word == "fit" || word == "fit_transform" || word == "partial_fit" || word == "fit_resample";
}

// The parts of "X_test_scaled" and "xTest", in lower case.
std::vector<std::string> parts_of(std::string_view name) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool is_capital = c >= 'A' && c <= 'Z';
    const bool after_small = i > 0 && name[i - 1] >= 'a' && name[i - 1] <= 'z';
    if ((c == '_' || (is_capital && after_small)) && !parts.back().empty()) parts.emplace_back();
    if (c != '_') parts.back() += is_capital ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return parts;
}

bool names_test_data(std::string_view name) {
  const std::vector<std::string> parts = parts_of(name);
  const auto has = [&](std::string_view part) { return std::ranges::find(parts, part) != parts.end(); };
  if (has("train") || has("size") || has("split") || has("frac") || has("ratio")) return false;
  return has("test") || has("xtest") || has("ytest");
}

// What is fitted to: the positional arguments, and those that are called as they are.
std::vector<TokenSpan> fitted(const Call& call) {
  std::vector<TokenSpan> arguments = call.positional();
  for (const std::string_view name : {"X", "y", "x"}) {
    if (const auto value = call.keyword(name)) arguments.push_back(*value);
  }
  return arguments;
}

std::optional<std::string_view> test_data_in(TokenSpan argument) {
  for (std::size_t i = 0; i < argument.size(); ++i) {
    const bool is_called = i + 1 < argument.size() && argument[i + 1].is("(");
    if (argument[i].kind == Token::Kind::name && !is_called && names_test_data(argument[i].text))
      return argument[i].text;
  }
  return std::nullopt;
}

void check_arguments(const Cell& cell, const Call& call, Warnings& warnings) {
  for (const TokenSpan argument : fitted(call)) {
    const auto name = test_data_in(argument);
    if (!name) continue;
    warnings.add(test_in_fit_rule, cell, call.line,
                 fmt::format("`{}` is fitted to the test data `{}`", call.last(), *name));
    return;
  }
}

std::string_view simple_name(TokenSpan tokens) {
  return tokens.size() == 1 && tokens[0].kind == Token::Kind::name ? tokens[0].text : std::string_view{};
}

// `X` of `X = …`, and of `X[columns] = …`.
std::string_view assigned_name(const Statement& statement) {
  const TokenSpan tokens = statement.tokens;
  if (tokens.size() < 3 || tokens[0].kind != Token::Kind::name) return {};
  const bool is_plain = tokens[1].is("=");
  const bool is_part = tokens[1].is("[") && std::ranges::any_of(tokens, [](const Token& t) { return t.is("="); });
  return is_plain || is_part ? tokens[0].text : std::string_view{};
}

// Encoding labels learns nothing that a test could give away.
bool is_of_labels(const Call& call, std::string_view name) {
  const std::vector<std::string> parts = parts_of(name);
  const bool is_label = std::ranges::any_of(parts, [](const std::string& part) {
    return part == "y" || part == "label" || part == "labels" || part == "target" || part == "targets";
  });
  const std::string lower = lower_ascii(call.name);
  return is_label || lower.find("label") != std::string::npos || lower.starts_with("le.") || lower.starts_with("lb.");
}

// A preparation that was fitted: to what, and what its result is called.
struct Fit {
  const Cell* cell;
  int line;
  std::string function;
  std::string data;
};

class Splits {
 public:
  explicit Splits(Warnings& warnings) : warnings_{warnings} {}

  void read(const Cell& cell, const Statement& statement) {
    // Outside of functions all cells share their names.
    const Scope scope{statement.scope == 0 ? 0 : cell.number, statement.scope};
    for (const Call& call : calls_of(statement)) {
      if (call.last() == "train_test_split") judge(scope, call);
    }
    // What was fitted is forgotten when its name is given something else.
    const std::string target{assigned_name(statement)};
    bool is_fitted = false;
    for (const Call& call : calls_of(statement)) {
      if (!is_fit(call.last()) || call.positional().empty()) continue;
      TokenSpan argument = call.positional().front();
      if (argument.size() > 1 && argument[1].is("[")) argument = argument.first(1);
      const std::string_view data = simple_name(argument);
      if (data.empty() || is_of_labels(call, data)) continue;
      const Fit fit{&cell, call.line, std::string{call.last()}, std::string{data}};
      // With its result elsewhere, the data itself is as it was; but what was only fitted still knows it all.
      const bool is_apart = call.last() == "fit_transform" && !target.empty();
      if (!is_apart) fits_[{scope, std::string{data}}] = fit;
      if (!target.empty()) fits_[{scope, target}] = fit;
      is_fitted = true;
    }
    if (!target.empty() && !is_fitted && statement.tokens[1].is("=")) fits_.erase({scope, target});
  }

 private:
  using Scope = std::pair<int, std::size_t>;  // cell and scope

  void judge(Scope scope, const Call& call) {
    for (const TokenSpan argument : call.positional()) {
      const auto found = fits_.find({scope, std::string{simple_name(argument)}});
      if (found == fits_.end()) continue;
      const Fit& fit = found->second;
      warnings_.add(test_in_fit_rule, *fit.cell, fit.line,
                    fmt::format("`{}` is fitted to all of `{}` before it is split into training and test data",
                                fit.function, fit.data));
    }
  }

  Warnings& warnings_;
  std::map<std::pair<Scope, std::string>, Fit> fits_;  // by name
};

}  // namespace

void check_test_in_fit(const Unit& unit, Warnings& warnings) {
  Splits splits{warnings};
  for (const Cell& cell : unit.cells) {
    for (const Statement& statement : cell.statements) {
      for (const Call& call : calls_of(statement)) {
        if (is_fit(call.last()) && call.name != call.last()) check_arguments(cell, call, warnings);
      }
      splits.read(cell, statement);
    }
  }
}

}  // namespace mlops::formats::code
