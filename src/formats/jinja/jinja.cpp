#include "jinja/jinja.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <unordered_set>
#include <utility>

#include <fmt/core.h>

#include "facts.hpp"
#include "jinja/jinja_lexer.hpp"

namespace mlops::formats {

namespace {

using Kind = JinjaToken::Kind;

constexpr std::size_t most_dangers = 50;

template <std::size_t n>
bool contains(const std::array<std::string_view, n>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// Attributes that lead from any object to the interpreter. Those with underscores in front are found by these.
constexpr auto attributes = std::to_array<std::string_view>(
    {"mro",       "subclasses", "globals",    "builtins", "func_globals", "func_code",    "im_func",      "im_self",
     "gi_frame",  "gi_code",    "cr_frame",   "cr_code",  "ag_frame",     "ag_code",      "tb_frame",     "f_back",
     "f_globals", "f_locals",   "f_builtins", "popen",    "format_map",   "check_output", "import_module"});

// What a template has from Jinja itself or a web framework, and needs for no text: classes and functions of Python.
constexpr auto objects = std::to_array<std::string_view>({"cycler", "joiner", "lipsum"});
constexpr auto web_objects =
    std::to_array<std::string_view>({"request", "config", "self", "url_for", "get_flashed_messages", "application"});
constexpr auto modules = std::to_array<std::string_view>({"os", "sys", "subprocess", "importlib", "builtins", "posix"});
constexpr auto functions = std::to_array<std::string_view>(
    {"getattr", "eval", "exec", "compile", "open", "globals", "locals", "vars", "import_module", "setattr", "popen"});
constexpr auto statements = std::to_array<std::string_view>({"import", "include", "extends", "from"});

// Filters whose arguments name attributes.
constexpr auto attribute_filters = std::to_array<std::string_view>(
    {"attr", "map", "selectattr", "rejectattr", "groupby", "sort", "sum", "unique", "max", "min"});
// Filters that make one text of another.
constexpr auto text_filters = std::to_array<std::string_view>(
    {"join", "format", "replace", "reverse", "lower", "upper", "trim", "string", "urlencode", "title", "capitalize"});

bool is_private(std::string_view name) {
  return name.starts_with("__") || name.ends_with("__") ||
         (name.starts_with('_') && name.find("__") != std::string_view::npos);
}

bool is_word(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto lower = static_cast<char>(c | 0x20);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// "role.__class__" is a path of attributes for some filters.
bool leads_to_private(std::string_view path) {
  for (;;) {
    const std::size_t dot = path.find('.');
    if (is_private(path.substr(0, dot)) || contains(attributes, path.substr(0, dot))) return true;
    if (dot == std::string_view::npos) return false;
    path.remove_prefix(dot + 1);
  }
}

// A bracket that is open.
struct Bracket {
  std::size_t index = 0;   // of its token
  bool is_lookup = false;  // what is inside names an attribute or key
  bool is_joined = false;  // and is put together from parts
  bool has_edge = false;   // one of its literals begins or ends with an underscore
};

class Search {
 public:
  explicit Search(std::string_view text) : tokens_{lex_jinja(text)} {}

  std::vector<JinjaDanger> search() {
    collect_own_names();
    for (at_ = 0; at_ < tokens_.size() && dangers_.size() < most_dangers; ++at_) look();
    return std::move(dangers_);
  }

 private:
  [[nodiscard]] const JinjaToken& token(std::ptrdiff_t distance) const {
    static const JinjaToken outside{};
    const std::ptrdiff_t index = static_cast<std::ptrdiff_t>(at_) + distance;
    return index >= 0 && index < std::ssize(tokens_) ? tokens_[static_cast<std::size_t>(index)] : outside;
  }

  // Names that the template itself gives a meaning: `{% set config = … %}`.
  void collect_own_names() {
    for (at_ = 0; at_ < tokens_.size(); ++at_) {
      if (tokens_[at_].kind != Kind::statement) continue;
      const bool defines = token(1).is_name("set") || token(1).is_name("for") || token(1).is_name("macro");
      if (!defines) continue;
      for (std::ptrdiff_t i = 2; token(i).kind != Kind::end && !token(i).is_sign("=") && !token(i).is_name("in"); ++i) {
        if (token(i).kind == Kind::name) own_names_.insert(token(i).text);
      }
    }
  }

  void look() {
    const JinjaToken& here = tokens_[at_];
    if (here.kind == Kind::statement || here.kind == Kind::print) brackets_.clear();
    if (here.kind == Kind::statement) look_at_statement();
    if (here.kind == Kind::name) look_at_name(here);
    if (here.kind == Kind::literal) look_at_literal(here);
    if (here.kind == Kind::sign) look_at_sign(here);
  }

  void look_at_statement() {
    if (contains(statements, token(1).text) && token(1).kind == Kind::name)
      add("jinja.statement", fmt::format("loads another template: `{}`", token(1).text));
    if (token(1).is_name("filter") && token(2).is_name("attr"))
      add("jinja.attr", "looks up attributes by the filter `attr`");
  }

  void look_at_name(const JinjaToken& here) {
    const bool is_attribute = token(-1).is_sign(".");
    if (is_private(here.text) || (is_attribute && here.text.starts_with('_'))) return reaches(here.text);
    if (is_attribute) {
      if (contains(attributes, here.text)) reaches(here.text);
      return;
    }
    if (token(-1).is_sign("|")) return look_at_filter(here.text);
    if (token(-1).is_name("is")) return;  // the name of a test
    if (!own_names_.contains(here.text)) look_at_global(here.text);
  }

  void look_at_global(std::string_view name) {
    const bool is_called = token(1).is_sign("(");
    const bool is_used = is_called || token(1).is_sign(".") || token(1).is_sign("[") || token(1).is_sign("|");
    if (token(1).is_sign("=") && !token(-1).is_name("set")) return;  // the name of an argument
    const bool is_namespace = name == "namespace" && !is_called;
    if (contains(objects, name) || ((is_namespace || contains(web_objects, name)) && is_used)) {
      add("jinja.object", fmt::format("uses the object `{}`", name));
    } else if (contains(modules, name) && is_used && !is_called) {
      add("jinja.call", fmt::format("uses the module `{}`", name));
    } else if (contains(functions, name) && is_called) {
      add("jinja.call", fmt::format("calls `{}`", name));
    }
  }

  void look_at_filter(std::string_view name) {
    if (name == "attr") add("jinja.attr", "looks up attributes by the filter `attr`");
    const bool is_computed = token(1).is_sign("(") && token(2).kind == Kind::name && !token(3).is_sign("=");
    if (name == "map" && is_computed) add("jinja.hidden", "chooses a filter by a name that it computes");
    if (name == "list" && token(-2).is_name("string") && token(-3).is_sign("|"))
      add("jinja.hidden", "takes a text apart into its letters");
    if (contains(text_filters, name) && !brackets_.empty()) brackets_.back().is_joined = true;
    if (name == "join" && closed_.has_edge) assembles("by `join`");
    if ((name == "join" || name == "list" || name == "first" || name == "string") && closed_is_dict_)
      add("jinja.hidden", "makes a text of the names of arguments");
    if (name == "format" && token(-2).kind == Kind::literal && has_character_code(token(-2).text))
      assembles("from character codes");
  }

  static bool has_character_code(std::string_view text) { return text.find("%c") != std::string_view::npos; }

  void look_at_literal(const JinjaToken& here) {
    if (here.hides_word && (is_word(here.text) || here.text.find('_') != std::string::npos))
      add("jinja.hidden", fmt::format("writes {} with escapes", shown(here.text)));
    const bool is_edge = here.text.starts_with('_') || here.text.ends_with('_');
    if (is_edge && !brackets_.empty()) brackets_.back().has_edge = true;
    if (is_lookup()) {
      if (leads_to_private(here.text) || here.text == "attr") return reaches(here.text);
    }
    const bool is_part = is_joint(token(-1)) || is_joint(token(1));
    if (is_part && !brackets_.empty()) brackets_.back().is_joined = true;
    const bool is_underscores = !here.text.empty() && here.text.find_first_not_of('_') == std::string::npos;
    if (is_part && is_underscores) return assembles("from underscores");
    has_underscores_ = has_underscores_ || (is_underscores && token(-1).is_sign("="));
    if (token(1).is_sign("%") && has_character_code(here.text)) return assembles("from character codes");
    if (is_formatted() && here.text.find("__") != std::string::npos) return reaches(here.text);
    if (is_private(here.text) && is_word(here.text) && !is_only_text()) reaches(here.text);
  }

  static bool is_joint(const JinjaToken& token) {
    return token.is_sign("~") || token.is_sign("+") || token.is_sign("*");
  }

  [[nodiscard]] bool is_lookup() const {
    return std::ranges::any_of(brackets_, [](const Bracket& bracket) { return bracket.is_lookup; });
  }

  // "{0.__class__}".format(x) looks up what stands in the literal.
  [[nodiscard]] bool is_formatted() const {
    return (token(1).is_sign(".") || token(1).is_sign("|")) && token(2).is_name("format");
  }

  // A literal that is printed as it is, or compared with something.
  [[nodiscard]] bool is_only_text() const {
    if (token(-1).kind == Kind::print && token(1).kind == Kind::end) return true;
    const auto compares = [](const JinjaToken& other) {
      return other.is_sign("==") || other.is_sign("!=") || other.is_name("in");
    };
    return compares(token(-1)) || compares(token(1));
  }

  void look_at_sign(const JinjaToken& here) {
    if (here.text == "(" || here.text == "[" || here.text == "{") {
      brackets_.push_back({at_, opens_lookup(here)});
    } else if (!brackets_.empty() && (here.text == ")" || here.text == "]" || here.text == "}")) {
      close();
      return;
    } else if (here.text == "~" && !brackets_.empty()) {
      brackets_.back().is_joined = true;
    }
    forget_closed(here);
  }

  // What was closed last matters only to a filter right behind it.
  void forget_closed(const JinjaToken& here) {
    if (here.text == "|") return;
    closed_ = {};
    closed_is_dict_ = false;
  }

  void close() {
    closed_ = brackets_.back();
    brackets_.pop_back();
    closed_is_dict_ = closed_.index > 0 && tokens_[closed_.index - 1].is_name("dict");
    const bool is_filter = tokens_[closed_.index].is_sign("(");
    if (closed_.is_lookup && closed_.is_joined && (closed_.has_edge || has_underscores_ || is_filter))
      assembles("where an attribute is looked up");
    if (!brackets_.empty() && closed_.is_joined && closed_.has_edge) {
      brackets_.back().is_joined = true;
      brackets_.back().has_edge = true;
    }
  }

  [[nodiscard]] bool opens_lookup(const JinjaToken& here) const {
    const JinjaToken& before = token(-1);
    if (here.text == "[") {
      const bool is_word_of_language = before.is_name("in") || before.is_name("and") || before.is_name("or") ||
                                       before.is_name("not") || before.is_name("if") || before.is_name("else");
      return (before.kind == Kind::name && !is_word_of_language) || before.kind == Kind::literal ||
             before.is_sign(")") || before.is_sign("]") || before.is_sign("}");
    }
    return here.text == "(" && token(-2).is_sign("|") && contains(attribute_filters, before.text);
  }

  void reaches(std::string_view name) { add("jinja.private", fmt::format("reaches for {}", shown(name))); }
  void assembles(std::string_view how) { add("jinja.hidden", fmt::format("puts a name together {}", how)); }

  void add(std::string_view rule, std::string what) {
    const auto is_same = [&](const JinjaDanger& danger) { return danger.rule == rule && danger.what == what; };
    if (std::ranges::none_of(dangers_, is_same))
      dangers_.push_back({std::string{rule}, std::move(what), tokens_[at_].offset});
  }

  std::vector<JinjaToken> tokens_;
  std::size_t at_ = 0;
  std::unordered_set<std::string> own_names_;
  std::vector<Bracket> brackets_;
  Bracket closed_;
  bool closed_is_dict_ = false;
  bool has_underscores_ = false;  // under a name of the template's own
  std::vector<JinjaDanger> dangers_;
};

}  // namespace

std::vector<JinjaDanger> jinja_dangers(std::string_view text) { return Search{text}.search(); }

void report_jinja_dangers(std::string_view text, Scanning& scanning) {
  for (JinjaDanger& danger : jinja_dangers(text))
    scanning.report(domain::Safety::dangerous, danger.rule, std::move(danger.what));
}

}  // namespace mlops::formats
