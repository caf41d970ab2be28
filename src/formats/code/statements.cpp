#include "code/statements.hpp"

#include <algorithm>
#include <array>

namespace mlops::formats::code {

namespace {

using Kind = Token::Kind;

bool opens_bracket(const Token& token) { return token.is("(") || token.is("[") || token.is("{"); }
bool closes_bracket(const Token& token) { return token.is(")") || token.is("]") || token.is("}"); }

bool starts_block(const Token& token) {
  constexpr auto words = std::to_array<std::string_view>(
      {"if", "elif", "else", "for", "while", "with", "try", "except", "finally", "def", "class", "async"});
  return token.kind == Kind::name && std::ranges::find(words, token.text) != words.end();
}

bool starts_scope(TokenSpan tokens) {
  if (tokens.front().is("async") && tokens.size() > 1) tokens = tokens.subspan(1);
  return tokens.front().is("def") || tokens.front().is("class");
}

// The first `wanted` outside of brackets and lambdas; the size when there is none.
std::size_t find_outside(TokenSpan tokens, std::string_view wanted) {
  int depth = 0;
  int lambdas = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (opens_bracket(tokens[i])) ++depth;
    if (closes_bracket(tokens[i])) --depth;
    if (depth > 0) continue;
    if (tokens[i].is("lambda")) ++lambdas;
    if (tokens[i].is(":") && lambdas > 0) {
      --lambdas;
    } else if (tokens[i].is(wanted)) {
      return i;
    }
  }
  return tokens.size();
}

// Which functions and classes the present line is in.
class Scopes {
 public:
  // Of a line with this indent.
  std::size_t at(int indent) {
    while (!open_.empty() && indent <= open_.back().indent) open_.pop_back();
    return open_.empty() ? 0 : open_.back().number;
  }
  void open(int indent) { open_.push_back({indent, ++count_}); }

 private:
  struct Scope {
    int indent;
    std::size_t number;
  };
  std::vector<Scope> open_;
  std::size_t count_ = 0;
};

void add_statements(TokenSpan line, Scopes& scopes, std::vector<Statement>& statements) {
  const int indent = line.front().indent;
  std::size_t scope = scopes.at(indent);
  if (starts_block(line.front())) {
    const std::size_t colon = find_outside(line, ":");
    statements.push_back({line.first(colon), scope});
    if (starts_scope(line)) {
      scopes.open(indent);
      scope = scopes.at(indent + 1);
    }
    line = line.subspan(std::min(colon + 1, line.size()));
  }
  while (!line.empty()) {
    const std::size_t end = find_outside(line, ";");
    if (end > 0) statements.push_back({line.first(end), scope});
    line = line.subspan(std::min(end + 1, line.size()));
  }
}

// Where the bracket that is open at `begin` closes; the end when it does not.
std::size_t closing(TokenSpan tokens, std::size_t begin) {
  int depth = 0;
  for (std::size_t i = begin; i < tokens.size(); ++i) {
    if (opens_bracket(tokens[i])) ++depth;
    if (closes_bracket(tokens[i]) && --depth == 0) return i;
  }
  return tokens.size();
}

// The dotted name that ends at `i`; `before` is the one that ended before.
std::string name_so_far(TokenSpan tokens, std::size_t i, const std::string& before) {
  std::string text{tokens[i].text};
  if (i == 0 || !tokens[i - 1].is(".")) return text;
  constexpr std::size_t longest = 300;
  const bool follows_name = i > 1 && tokens[i - 2].kind == Kind::name && before.size() < longest;
  return (follows_name ? before : "") + "." + text;
}

// Whether the bracket at `i` holds arguments of a call: not those of a definition.
bool is_called(TokenSpan tokens, std::size_t i) {
  if (i == 0 || tokens[i - 1].kind != Kind::name) return false;
  return i < 2 || !(tokens[i - 2].is("def") || tokens[i - 2].is("class"));
}

bool is_keyword_argument(TokenSpan item) { return item.size() > 2 && item[0].kind == Kind::name && item[1].is("="); }

}  // namespace

std::vector<Statement> statements_of(const std::vector<Token>& tokens) {
  std::vector<Statement> statements;
  Scopes scopes;
  const TokenSpan all{tokens};
  std::size_t begin = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].kind != Kind::newline) continue;
    if (i > begin) add_statements(all.subspan(begin, i - begin), scopes, statements);
    begin = i + 1;
  }
  std::erase_if(statements, [](const Statement& statement) { return statement.tokens.empty(); });
  return statements;
}

std::string_view Call::last() const { return std::string_view{name}.substr(name.rfind('.') + 1); }

std::optional<TokenSpan> Call::keyword(std::string_view wanted) const {
  for (const TokenSpan item : items_of(arguments)) {
    if (is_keyword_argument(item) && item[0].is(wanted)) return item.subspan(2);
  }
  return std::nullopt;
}

std::vector<TokenSpan> Call::positional() const {
  std::vector<TokenSpan> items = items_of(arguments);
  std::erase_if(items, [](TokenSpan item) { return is_keyword_argument(item); });
  return items;
}

std::vector<Call> calls_of(const Statement& statement) {
  // Calls within calls within calls would make reading their arguments quadratic work.
  constexpr std::size_t deepest = 30;
  const TokenSpan tokens = statement.tokens;
  std::vector<Call> calls;
  struct Open {
    std::size_t begin;
    std::optional<std::size_t> call;  // whose arguments it holds
  };
  std::vector<Open> open;
  std::string name;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.kind == Kind::name) {
      name = name_so_far(tokens, i, name);
    } else if (opens_bracket(token)) {
      open.push_back({i + 1, std::nullopt});
      if (!token.is("(") || open.size() > deepest || !is_called(tokens, i)) continue;
      open.back().call = calls.size();
      calls.push_back({name, tokens.subspan(i + 1), token.line});
    } else if (closes_bracket(token) && !open.empty()) {
      if (open.back().call)
        calls[*open.back().call].arguments = tokens.subspan(open.back().begin, i - open.back().begin);
      open.pop_back();
    }
  }
  return calls;
}

std::vector<TokenSpan> items_of(TokenSpan tokens) {
  std::vector<TokenSpan> items;
  while (!tokens.empty()) {
    const std::size_t comma = find_outside(tokens, ",");
    if (comma > 0) items.push_back(tokens.first(comma));
    tokens = tokens.subspan(std::min(comma + 1, tokens.size()));
  }
  return items;
}

std::vector<Imports::Import> Imports::imports_of(const Statement& statement) {
  TokenSpan tokens = statement.tokens;
  std::string module;
  if (tokens.front().is("from")) {
    const auto import = std::ranges::find_if(tokens, [](const Token& token) { return token.is("import"); });
    for (auto token = tokens.begin() + 1; token != import; ++token) module += token->text;
    module += '.';
    tokens = tokens.subspan(static_cast<std::size_t>(import - tokens.begin()));
  }
  std::vector<Import> imports;
  if (tokens.empty() || !tokens.front().is("import")) return imports;
  tokens = tokens.subspan(1);
  if (!tokens.empty() && tokens.front().is("(")) tokens = tokens.subspan(1, closing(tokens, 0) - 1);
  for (const TokenSpan item : items_of(tokens)) {
    std::string name;
    std::string alias;
    bool after_as = false;
    for (const Token& token : item) {
      if (token.is("as")) {
        after_as = true;
      } else {
        (after_as ? alias : name) += token.text;
      }
    }
    if (alias.empty() && module.empty()) {
      const std::string top = name.substr(0, name.find('.'));
      imports.push_back({top, top});
    } else {
      imports.push_back({alias.empty() ? name : alias, module + name});
    }
  }
  return imports;
}

void Imports::read(const Statement& statement) {
  constexpr std::size_t most_imports = 2000;
  if (!statement.starts_with("import") && !statement.starts_with("from")) return;
  for (Import& import : imports_of(statement)) {
    if (imports_.size() < most_imports) imports_.push_back(std::move(import));
  }
}

std::string Imports::full_name(std::string_view dotted) const {
  const std::string_view first = dotted.substr(0, dotted.find('.'));
  const auto found = std::ranges::find(imports_, first, &Import::name);
  if (first.empty() || found == imports_.end()) return std::string{dotted};
  return found->meaning + std::string{dotted.substr(first.size())};
}

std::vector<std::string> Imports::names_of(const Statement& statement) {
  std::vector<std::string> names;
  if (!statement.starts_with("import") && !statement.starts_with("from")) return names;
  for (Import& import : imports_of(statement)) names.push_back(std::move(import.name));
  return names;
}

}  // namespace mlops::formats::code
