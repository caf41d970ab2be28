// Packages that are installed while the code runs, in whatever version there is on that day.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "code/unit.hpp"

namespace mlops::formats::code {

namespace {

using Words = std::vector<std::string>;

// A command line as words, with separators of commands as words of their own.
Words words_of(std::string_view line) {
  Words words;
  std::string word;
  char quote = '\0';
  const auto finish = [&] {
    if (!word.empty()) words.push_back(std::exchange(word, {}));
  };
  for (const char c : line) {
    if (quote != '\0') {
      if (c == quote) {
        quote = '\0';
      } else {
        word += c;
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\\') {
      finish();
    } else if (c == ';' || c == '&' || c == '|') {
      finish();
      words.emplace_back(";");
    } else {
      word += c;
    }
  }
  finish();
  return words;
}

enum class Installer : std::uint8_t { none, pip, conda };

Installer installer_of(std::string_view word) {
  word = word.substr(word.rfind('/') + 1);
  if (word.starts_with('%') || word.starts_with('!')) word.remove_prefix(1);
  if (word == "pip" || word == "pip3" || word.starts_with("pip3.")) return Installer::pip;
  if (word == "conda" || word == "mamba" || word == "micromamba") return Installer::conda;
  return Installer::none;
}

bool takes_value(std::string_view option, Installer installer) {
  constexpr auto of_pip = std::to_array<std::string_view>({"-r",
                                                           "--requirement",
                                                           "-c",
                                                           "--constraint",
                                                           "-e",
                                                           "--editable",
                                                           "-i",
                                                           "--index-url",
                                                           "--extra-index-url",
                                                           "-f",
                                                           "--find-links",
                                                           "-t",
                                                           "--target",
                                                           "--platform",
                                                           "--prefix",
                                                           "--proxy",
                                                           "--timeout",
                                                           "--progress-bar",
                                                           "--root",
                                                           "--python-version",
                                                           "--only-binary",
                                                           "--no-binary",
                                                           "--trusted-host",
                                                           "--cache-dir"});
  constexpr auto of_conda =
      std::to_array<std::string_view>({"-c", "--channel", "-n", "--name", "-p", "--prefix", "--file", "--solver"});
  const auto is_among = [&](const auto& options) { return std::ranges::find(options, option) != options.end(); };
  return installer == Installer::pip ? is_among(of_pip) : is_among(of_conda);
}

// Whether what is installed by this word is the same on every day.
bool is_pinned(std::string_view word, Installer installer) {
  if (word.find_first_of("${") != std::string_view::npos) return true;  // nobody can tell
  if (word.find("git+") != std::string_view::npos) return word.find('@', word.rfind('/')) != std::string_view::npos;
  constexpr auto archives = std::to_array<std::string_view>({".whl", ".gz", ".zip", ".tar", ".bz2"});
  if (std::ranges::any_of(archives, [&](std::string_view end) { return word.ends_with(end); })) return true;
  if (word.starts_with('.') || word.starts_with('/') || word.find("://") != std::string_view::npos) return true;
  const std::size_t equals = word.find("==");
  if (equals != std::string_view::npos) return word.find('*', equals) == std::string_view::npos;
  if (installer == Installer::pip) return false;
  const std::size_t equal = word.find('=');
  return equal != std::string_view::npos &&
         (equal == 0 || std::string_view{"<>!~"}.find(word[equal - 1]) == std::string_view::npos);
}

// The words that name packages behind `install`, up to the end of the command.
Words unpinned_packages(const Words& words, std::size_t at, Installer installer) {
  Words packages;
  for (; at < words.size(); ++at) {
    const std::string_view word = words[at];
    if (word == ";" || word.starts_with('#') || word.starts_with('>')) break;
    if (word.starts_with('-')) {
      if (takes_value(word, installer)) ++at;
      continue;
    }
    if (!is_pinned(word, installer)) packages.emplace_back(word);
  }
  return packages;
}

Words unpinned_in(const Words& words) {
  Words found;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const Installer installer = installer_of(words[i]);
    if (installer == Installer::none) continue;
    std::size_t at = i + 1;
    while (at < words.size() && words[at].starts_with('-')) ++at;
    if (at >= words.size() || words[at] != "install") continue;
    for (std::string& package : unpinned_packages(words, at + 1, installer)) found.push_back(std::move(package));
    i = at;
  }
  return found;
}

// `subprocess.run([sys.executable, "-m", "pip", "install", "x"])`, `os.system("pip install x")`, `pip.main(["install",
// "x"])`: the literals of the call, in their order.
std::optional<Words> words_of_call(const Call& call) {
  constexpr auto runners = std::to_array<std::string_view>(
      {"system", "popen", "Popen", "run", "call", "check_call", "check_output", "getoutput", "main", "run_line_magic"});
  if (std::ranges::find(runners, call.last()) == runners.end()) return std::nullopt;
  Words words;
  if (call.name == "pip.main" || call.name.ends_with("internal.main")) words.emplace_back("pip");
  for (const Token& token : call.arguments) {
    if (token.kind == Token::Kind::string) {
      for (std::string& word : words_of(token.content)) words.push_back(std::move(word));
    } else if (token.kind == Token::Kind::name) {
      words.emplace_back("$");  // something that nobody can tell
    }
  }
  return words;
}

void report(const Cell& cell, int line, Words packages, Warnings& warnings) {
  if (packages.empty()) return;
  constexpr std::size_t most = 8;
  if (packages.size() > most) packages.resize(most);
  for (std::string& package : packages) package = fmt::format("`{}`", package);
  warnings.add("code.unpinned-install", cell, line, fmt::format("installs {} without a version", join(packages, ", ")));
}

}  // namespace

void check_installs(const Unit& unit, Warnings& warnings) {
  for (const Cell& cell : unit.cells) {
    for (const Statement& statement : cell.statements) {
      for (const Token& token : statement.tokens) {
        if (token.kind == Token::Kind::shell) report(cell, token.line, unpinned_in(words_of(token.text)), warnings);
      }
      for (const Call& call : calls_of(statement)) {
        if (const auto words = words_of_call(call)) report(cell, call.line, unpinned_in(*words), warnings);
      }
    }
    // A cell of shell commands as a whole.
    if (!cell.is_python && cell.text.find("install") != std::string::npos) {
      int line = 0;
      for (const std::string& text : split(cell.text, '\n'))
        report(cell, ++line, unpinned_in(words_of(text)), warnings);
    }
  }
}

}  // namespace mlops::formats::code
