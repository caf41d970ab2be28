#include "code/names.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace mlops::formats::code {

namespace {

using Kind = Token::Kind;

bool opens(const Token& token) { return token.is("(") || token.is("[") || token.is("{"); }
bool closes(const Token& token) { return token.is(")") || token.is("]") || token.is("}"); }

bool writes_names(const Token& token) {
  return token.is("exec") || token.is("eval") || token.is("globals") || token.is("locals");
}

// Reading the tokens of a statement for names in the places where they get a value.
class Reader {
 public:
  explicit Reader(CellNames& names) : names_{names} {}

  void read(const Statement& statement) {
    tokens_ = statement.tokens;
    note_imports(statement);
    if (tokens_.front().is("import") || tokens_.front().is("from")) return;
    note_given();
    note_read(statement.scope != 0);
  }

 private:
  void note_imports(const Statement& statement) {
    for (const std::string& name : Imports::names_of(statement)) {
      if (name == "*") names_.gives_anything = true;
      names_.given.insert(name);
    }
  }

  void give(const Token& token) {
    if (token.kind == Kind::name) names_.given.emplace(token.text);
  }

  [[nodiscard]] bool is_attribute(std::size_t i) const { return i > 0 && tokens_[i - 1].is("."); }

  void note_given() {
    const Token& first = tokens_.front();
    const std::size_t begin = first.is("async") && tokens_.size() > 1 ? 1 : 0;
    const Token& word = tokens_[begin];
    const bool is_pattern = word.is("case") && tokens_.back().is(":");
    const bool is_alias = word.is("type") && tokens_.size() > begin + 1 && tokens_[begin + 1].kind == Kind::name;
    const bool is_scope = word.is("def") || word.is("class") || word.is("global") || word.is("nonlocal");
    if (is_pattern || is_alias || is_scope || word.is("del")) give_all(begin + 1, tokens_.size());
    give_targets();
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (tokens_[i].is(":=") && i > 0) give(tokens_[i - 1]);
      if (tokens_[i].is("as")) give_until(i + 1, {});
      if (tokens_[i].is("for") && !is_attribute(i)) give_until(i + 1, "in");
      if (tokens_[i].is("lambda")) give_until(i + 1, ":");
    }
  }

  void give_all(std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) give(tokens_[i]);
  }

  // Up to the word; without one, the name or the bracket of names that comes next.
  void give_until(std::size_t begin, std::string_view word) {
    constexpr std::size_t most = 200;  // more names than that nobody binds in one place
    int depth = 0;
    for (std::size_t i = begin; i < std::min(begin + most, tokens_.size()); ++i) {
      if (opens(tokens_[i])) ++depth;
      if (closes(tokens_[i])) --depth;
      if (depth < 0 || (depth == 0 && !word.empty() && tokens_[i].is(word))) return;
      give(tokens_[i]);
      if (word.empty() && depth == 0) return;
    }
  }

  // `a, (b, c) = d = …` and `a: int = …`; not the x of `x.y = …` and `x[y] = …`, nor the end of `x == …`.
  void give_targets() {
    std::size_t last = 0;
    int depth = 0;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (opens(tokens_[i])) ++depth;
      if (closes(tokens_[i])) --depth;
      if (depth == 0 && tokens_[i].is("=")) last = i;
    }
    std::vector<bool> in_index;  // of each open bracket: whether it is that of `x[…]` or `f(…)`, or within one
    for (std::size_t i = 0; i < last; ++i) {
      if (opens(tokens_[i])) {
        const bool follows = i > 0 && (tokens_[i - 1].kind == Kind::name || closes(tokens_[i - 1]));
        in_index.push_back(follows || (!in_index.empty() && in_index.back()));
      } else if (closes(tokens_[i]) && !in_index.empty()) {
        in_index.pop_back();
      }
      const bool has_part = tokens_[i + 1].is(".") || tokens_[i + 1].is("[") || tokens_[i + 1].is("(");
      const bool is_index = !in_index.empty() && in_index.back();
      if (!has_part && !is_attribute(i) && !is_index) give(tokens_[i]);
    }
    if (tokens_.size() > 1 && tokens_[1].is(":")) give(tokens_[0]);
  }

  void note_read(bool later) {
    int depth = 0;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const Token& token = tokens_[i];
      if (opens(token)) ++depth;
      if (closes(token)) --depth;
      if (token.kind != Kind::name || is_attribute(i) || is_known_name(token.text)) continue;
      const bool is_keyword = depth > 0 && i + 1 < tokens_.size() && tokens_[i + 1].is("=");
      if (is_keyword) continue;
      (later ? names_.read_later : names_.read).emplace(token.text, token.line);
    }
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      // Not `model.eval()`.
      if (!is_attribute(i) && writes_names(tokens_[i])) names_.gives_anything = true;
    }
  }

  CellNames& names_;
  TokenSpan tokens_;
};

// Magics that give no names.
bool is_harmless(std::string_view magic) {
  constexpr auto words = std::to_array<std::string_view>(
      {"%matplotlib", "%config", "%load_ext", "%reload_ext", "%autoreload", "%pip", "%conda", "%time", "%timeit", "%cd",
       "%env", "%ls", "%pwd", "%mkdir", "%%time", "%%timeit", "%tensorboard", "%watermark"});
  return std::ranges::find(words, magic.substr(0, magic.find_first_of(" \t\r\n"))) != words.end();
}

// `%run x.py`, `%store -r`, `%pylab`, the `out` of `%%capture out`: names may come from anywhere.
void note_magics(const Cell& cell, CellNames& names) {
  for (const Token& token : cell.tokens.list) {
    if (token.kind == Kind::shell && !is_harmless(token.text) && token.text.starts_with('%'))
      names.gives_anything = true;
  }
}

}  // namespace

CellNames names_of(const Cell& cell) {
  CellNames names;
  // What another language does to the names of Python can't be seen; nor what is behind something that is no Python.
  names.gives_anything = !cell.tokens.broken.empty();
  Reader reader{names};
  for (const Statement& statement : cell.statements) reader.read(statement);
  note_magics(cell, names);
  return names;
}

}  // namespace mlops::formats::code
