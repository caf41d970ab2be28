#include "code/code_format.hpp"

#include <algorithm>
#include <set>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "code/unit.hpp"
#include "json/lenient_json.hpp"
#include "malformed.hpp"

namespace mlops::formats::code {

namespace {

constexpr std::size_t largest = 4u << 20;

bool is_text(std::string_view bytes) {
  return std::ranges::none_of(bytes, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0x7F || (byte < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f');
  });
}

bool has_python_shebang(std::string_view text) {
  return text.starts_with("#!") && text.substr(0, text.find('\n')).find("python") != std::string_view::npos;
}

// `a.b as c`.
bool is_module(TokenSpan item) {
  if (item.size() > 2 && item[item.size() - 2].is("as")) item = item.first(item.size() - 2);
  for (std::size_t i = 0; i < item.size(); ++i) {
    if (i % 2 == 0 ? item[i].kind != Token::Kind::name : !item[i].is(".")) return false;
  }
  return item.size() % 2 == 1;
}

// `def f(…)`, `def f(…) -> int`.
bool is_signature(TokenSpan tokens) {
  constexpr std::size_t shortest = 4;
  if (tokens.size() < shortest || tokens[1].kind != Token::Kind::name) return false;
  return tokens.back().is(")") || std::ranges::any_of(tokens, [](const Token& token) { return token.is("->"); });
}

// `import x`, `from x import y`, `def f(`, `class C:`, `class C(`.
bool is_definition(const Statement& statement) {
  const TokenSpan tokens = statement.tokens;
  if (tokens.size() < 2 || tokens[1].kind == Token::Kind::string) return false;
  if (statement.starts_with("import")) return std::ranges::all_of(items_of(tokens.subspan(1)), is_module);
  if (statement.starts_with("from")) return !Imports::names_of(statement).empty();
  if (statement.starts_with("def")) return is_signature(tokens);
  if (statement.starts_with("class")) return tokens.size() == 2 || tokens[2].is("(");
  return false;
}

// Two names side by side are no Python, but prose.
bool is_prose(const Statement& statement) {
  const TokenSpan tokens = statement.tokens;
  constexpr std::size_t few = 3;
  if (tokens.size() < few) return false;
  return std::ranges::all_of(tokens.first(few), [](const Token& token) {
    return token.kind == Token::Kind::name && !token.is("not") && !token.is("in") && !token.is("is") &&
           !token.is("import") && !token.is("from") && !token.is("lambda") && !token.is("for") && !token.is("await") &&
           !token.is("or") && !token.is("and") && !token.is("if") && !token.is("def") && !token.is("as");
  });
}

}  // namespace

bool is_python(const Head& head) {
  const std::string_view text = head.bytes;
  if (text.empty() || !is_text(text)) return false;
  if (has_python_shebang(text)) return true;
  const bool is_cut = head.source.size() > text.size();
  const Tokens tokens = tokenise(is_cut ? text.substr(0, text.rfind('\n') + 1) : text, Dialect::python);
  if (!is_cut && !tokens.broken.empty()) return false;
  const std::vector<Statement> statements = statements_of(tokens.list);
  return std::ranges::any_of(statements, is_definition) && std::ranges::none_of(statements, is_prose);
}

void inspect_python(const ByteSource& source, domain::Inspection& inspection) {
  const std::string text = read_bytes(source, 0, largest);
  const Unit unit = script("", text);
  std::set<std::string> modules;
  for (const Statement& statement : unit.cells.front().statements) {
    if (!statement.starts_with("import") && !statement.starts_with("from")) continue;
    Imports imports;
    imports.read(statement);
    for (const std::string& name : Imports::names_of(statement)) {
      const std::string meaning = imports.full_name(name);
      if (!meaning.starts_with('.')) modules.insert(meaning.substr(0, meaning.find('.')));
    }
  }
  Json::Array list(modules.begin(), modules.end());
  inspection.facts.emplace_back("imports", bounded(Json{std::move(list)}));
}

bool is_notebook(const Head& head) { return is_text(head.bytes) && looks_like_notebook(head.bytes); }

void inspect_notebook(const ByteSource& source, domain::Inspection& inspection) {
  constexpr std::size_t largest_notebook = 64u << 20;
  if (source.size() > largest_notebook) throw Unscannable{"a notebook of more than " + bytes_text(largest_notebook)};
  try {
    const Unit unit = notebook("", read_bytes(source, 0, largest_notebook));
    inspection.facts.emplace_back("code_cells", unit.cells.size());
  } catch (const Error& error) {
    throw Malformed{error.message()};
  }
}

}  // namespace mlops::formats::code
