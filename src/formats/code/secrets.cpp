// Keys and passwords in source and in what cells printed. What was found is shown by its first characters only.
// Source: the forms that the issuers document for their keys.
#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "code/unit.hpp"

namespace mlops::formats::code {

namespace {

constexpr std::string_view secret_rule = "code.secret";

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_alphanumeric(char c) { return is_upper(c) || is_lower(c) || is_digit(c); }
bool is_word(char c) { return is_alphanumeric(c) || c == '_'; }
bool is_base64url(char c) { return is_word(c) || c == '-'; }
bool is_capital(char c) { return is_upper(c) || is_digit(c); }

// Letters of both cases and figures: random text has all of them, names and CSS classes have not.
bool is_mixed(std::string_view text) {
  return std::ranges::any_of(text, is_upper) && std::ranges::any_of(text, is_lower) &&
         std::ranges::any_of(text, is_digit);
}
bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}
bool is_random(std::string_view text) {
  return is_mixed(text) || (is_hex(text) && std::ranges::any_of(text, is_digit));
}
bool is_anything(std::string_view /*text*/) { return true; }

struct KeyForm {
  std::string_view prefix;
  std::string_view what;
  bool (*accepts)(char c);  // the characters behind the prefix
  std::size_t least;        // of which there are
  std::size_t most;
  bool (*looks)(std::string_view body);
};

constexpr auto key_forms = std::to_array<KeyForm>({
    {"AKIA", "an access key of AWS", &is_capital, 16, 16, &is_anything},
    {"ASIA", "an access key of AWS", &is_capital, 16, 16, &is_anything},
    {"ghp_", "a token of GitHub", &is_alphanumeric, 30, 255, &is_anything},
    {"gho_", "a token of GitHub", &is_alphanumeric, 30, 255, &is_anything},
    {"ghu_", "a token of GitHub", &is_alphanumeric, 30, 255, &is_anything},
    {"ghs_", "a token of GitHub", &is_alphanumeric, 30, 255, &is_anything},
    {"ghr_", "a token of GitHub", &is_alphanumeric, 30, 255, &is_anything},
    {"github_pat_", "a token of GitHub", &is_word, 22, 255, &is_anything},
    {"glpat-", "a token of GitLab", &is_base64url, 20, 100, &is_anything},
    {"sk-", "a key of OpenAI or another service", &is_base64url, 20, 255, &is_random},
    {"hf_", "a token of Hugging Face", &is_alphanumeric, 30, 60, &is_mixed},
    {"xoxb-", "a token of Slack", &is_base64url, 10, 255, &is_anything},
    {"xoxp-", "a token of Slack", &is_base64url, 10, 255, &is_anything},
    {"xoxa-", "a token of Slack", &is_base64url, 10, 255, &is_anything},
    {"xoxr-", "a token of Slack", &is_base64url, 10, 255, &is_anything},
    {"xoxs-", "a token of Slack", &is_base64url, 10, 255, &is_anything},
    {"AIza", "a key of Google", &is_base64url, 35, 35, &is_anything},
    {"sk_live_", "a key of Stripe", &is_alphanumeric, 16, 255, &is_anything},
    {"pypi-AgE", "a token of PyPI", &is_base64url, 50, 500, &is_anything},
});

// What is shown of a secret: enough to find it, little of what it is.
std::string hint_of(std::string_view secret) {
  constexpr std::size_t shown = 4;
  return std::string{secret.substr(0, std::min(shown, secret.size() / 3))} + "…";
}

std::size_t run_length(std::string_view text, bool (*accepts)(char)) {
  return static_cast<std::size_t>(std::ranges::find_if_not(text, accepts) - text.begin());
}

// Three parts of base64url, of which the first two are JSON objects.
std::size_t web_token_length(std::string_view text) {
  constexpr std::size_t least = 10;
  std::size_t length = 0;
  for (int part = 0; part < 3; ++part) {
    const std::string_view rest = text.substr(length);
    const std::size_t size = run_length(rest, &is_base64url);
    if (size < least || (part < 2 && !rest.starts_with("eyJ"))) return 0;
    length += size;
    if (part == 2) return length;
    if (length >= text.size() || text[length] != '.') return 0;
    ++length;
  }
  return length;
}

// The header alone is what programs look for; a key has its figures on the next line, behind a line break or its
// escape.
bool begins_private_key(std::string_view text) {
  constexpr std::string_view header = "PRIVATE KEY-----";
  constexpr std::size_t longest_header = 60;
  const std::size_t at = text.substr(0, longest_header).find(header);
  if (at == std::string_view::npos) return false;
  std::string_view rest = text.substr(at + header.size());
  bool has_line_end = false;
  for (const std::string_view end : {"\\r", "\\n", "\r", "\n"}) {
    if (!rest.starts_with(end)) continue;
    rest.remove_prefix(end.size());
    has_line_end = true;
  }
  rest = rest.substr(std::min(rest.find_first_not_of(" \t\"'\n"), rest.size()));
  constexpr std::size_t enough = 4;
  return has_line_end && run_length(rest, &is_alphanumeric) >= enough;
}

class Search {
 public:
  Search(const Cell& cell, std::string_view text, bool is_output, Warnings& warnings)
      : cell_{cell}, text_{text}, is_output_{is_output}, warnings_{warnings} {}

  void run() {
    int line = 1;
    for (std::size_t at = 0; at < text_.size(); ++at) {
      const char c = text_[at];
      if (c == '\n') ++line;
      const bool is_inside_word = at > 0 && is_word(text_[at - 1]);
      if (is_inside_word && c != '-') continue;
      at += skip_known(at, line);
    }
  }

 private:
  // How far to go on behind a secret that begins here; 0 when none does.
  std::size_t skip_known(std::size_t at, int line) {
    const std::string_view rest = text_.substr(at);
    if (rest.starts_with("-----BEGIN ")) {
      if (begins_private_key(rest)) report(line, "a private key");
      return 10;
    }
    if (rest.starts_with("eyJ")) {
      const std::size_t length = web_token_length(rest);
      if (length > 0) report(line, fmt::format("a JSON web token (`{}`)", hint_of(rest.substr(0, length))));
      return length;
    }
    for (const KeyForm& form : key_forms) {
      if (!rest.starts_with(form.prefix)) continue;
      const std::string_view body =
          rest.substr(form.prefix.size(), run_length(rest.substr(form.prefix.size()), form.accepts));
      const std::string_view next = rest.substr(form.prefix.size() + body.size());
      if (body.size() < form.least || body.size() > form.most || !form.looks(body)) continue;
      if (!next.empty() && is_word(next.front())) continue;
      report(line, fmt::format("{} (`{}`)", form.what, hint_of(rest.substr(0, form.prefix.size() + body.size()))));
      return form.prefix.size() + body.size() - 1;
    }
    return 0;
  }

  void report(int line, const std::string& what) {
    warnings_.add(secret_rule, cell_, is_output_ ? 0 : line,
                  fmt::format("{} {}", is_output_ ? "an output shows" : "holds", what));
  }

  const Cell& cell_;
  std::string_view text_;
  bool is_output_;
  Warnings& warnings_;
};

// What the name of a variable says of its value.
enum class Naming : std::uint8_t { none, password, token };

Naming naming_of(std::string_view name) {
  const std::string lower = lower_ascii(name);
  const auto mentions = [&](std::string_view word) { return lower.find(word) != std::string::npos; };
  const auto ends = [&](std::string_view word) { return lower.ends_with(word); };
  if (ends("password") || ends("passwd") || ends("passphrase") || lower == "pwd" || ends("_pwd"))
    return Naming::password;
  if (mentions("api_key") || mentions("apikey") || mentions("secret") || mentions("access_key") ||
      mentions("private_key") || mentions("auth_key")) {
    return Naming::token;
  }
  // Of a tokeniser's `pad_token` and its likes there are more than of real ones.
  if (lower == "token" || ends("access_token") || ends("auth_token") || ends("api_token") || ends("hf_token") ||
      ends("github_token") || ends("bearer_token")) {
    return Naming::token;
  }
  return Naming::none;
}

bool is_placeholder(std::string_view name, std::string_view value) {
  constexpr auto marks =
      std::to_array<std::string_view>({"your", "xxx", "***", "...", "changeme", "change_me", "example", "placeholder",
                                       "dummy", "redacted", "<", "{", "$", "env", "secret", "password", "none"});
  const std::string lower = lower_ascii(value);
  if (std::ranges::any_of(marks, [&](std::string_view mark) { return lower.find(mark) != std::string::npos; }))
    return true;
  const bool is_name = std::ranges::all_of(value, [](char c) { return is_upper(c) || c == '_'; });
  return is_name || lower_ascii(name).find(lower) != std::string::npos ||
         value.find_first_of(" \n/") != std::string_view::npos;
}

bool is_secret_value(Naming naming, std::string_view name, const Token& value) {
  if (value.kind != Token::Kind::string || value.prefix.find_first_of("fF") != std::string_view::npos) return false;
  if (is_placeholder(name, value.content)) return false;
  constexpr std::size_t shortest_password = 4;
  constexpr std::size_t shortest_token = 12;
  if (naming == Naming::password) return value.content.size() >= shortest_password;
  return value.content.size() >= shortest_token && std::ranges::any_of(value.content, is_digit);
}

// `password = "…"`, `connect(password="…")`, `{"password": "…"}`.
void check_assignments(const Cell& cell, Warnings& warnings) {
  for (const Statement& statement : cell.statements) {
    const TokenSpan tokens = statement.tokens;
    for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
      const Token& name = tokens[i];
      const bool is_key = name.kind == Token::Kind::string;
      if (!is_key && name.kind != Token::Kind::name) continue;
      if (!tokens[i + 1].is("=") && !(is_key && tokens[i + 1].is(":"))) continue;
      const std::string_view word = is_key ? name.content : name.text;
      const Naming naming = naming_of(word);
      if (naming == Naming::none || !is_secret_value(naming, word, tokens[i + 2])) continue;
      if (i + 3 < tokens.size() && tokens[i + 3].is(".")) continue;
      warnings.add(secret_rule, cell, tokens[i + 2].line,
                   fmt::format("gives `{}` the value `{}`", printable(word), hint_of(tokens[i + 2].content)));
    }
  }
}

// `postgresql://user:password@host`.
void check_urls(const Cell& cell, Warnings& warnings) {
  for (const Token& token : cell.tokens.list) {
    if (token.kind != Token::Kind::string) continue;
    const std::size_t scheme = token.content.find("://");
    if (scheme == std::string_view::npos) continue;
    std::string_view authority = token.content.substr(scheme + 3);
    authority = authority.substr(0, authority.find_first_of("/ ?#\n"));
    const std::size_t at = authority.rfind('@');
    if (at == std::string_view::npos) continue;
    const std::size_t colon = authority.find(':');
    if (colon >= at || colon + 1 == at) continue;
    const std::string_view password = authority.substr(colon + 1, at - colon - 1);
    constexpr auto words = std::to_array<std::string_view>({"pass", "password", "pwd", "token", "secret"});
    if (is_placeholder("", password) || std::ranges::find(words, lower_ascii(password)) != words.end()) continue;
    warnings.add(secret_rule, cell, token.line, fmt::format("holds a URL with a password (`{}`)", hint_of(password)));
  }
}

}  // namespace

void check_secrets(const Unit& unit, Warnings& warnings) {
  for (const Cell& cell : unit.cells) {
    Search{cell, cell.text, false, warnings}.run();
    for (const std::string& output : cell.outputs) Search{cell, output, true, warnings}.run();
    check_assignments(cell, warnings);
    check_urls(cell, warnings);
  }
}

}  // namespace mlops::formats::code
