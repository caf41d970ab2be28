// Absolute paths in literals, which exist on one machine.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "code/unit.hpp"

namespace mlops::formats::code {

namespace {

// Where people and clusters keep their own files. What every Linux has (/usr, /etc, /dev, /proc) is not among them.
constexpr auto roots =
    std::to_array<std::string_view>({"/home/",   "/Users/", "/root/", "/mnt/",     "/media/",  "/Volumes/",  "/tmp/",
                                     "/var/",    "/opt/",   "/srv/",  "/scratch/", "/data/",   "/datasets/", "/gpfs/",
                                     "/lustre/", "/nfs/",   "/dbfs/", "/content/", "/kaggle/", "/workspace/"});

constexpr auto data_suffixes = std::to_array<std::string_view>(
    {".csv",  ".tsv", ".parquet", ".feather", ".pkl",  ".pickle",      ".joblib", ".npy",   ".npz", ".h5",
     ".hdf5", ".pt",  ".pth",     ".onnx",    ".ckpt", ".safetensors", ".xlsx",   ".jsonl", ".db",  ".sqlite"});

bool is_path_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || byte >= 0x80 ||
         std::string_view{"._-+ ~@,=%{}*"}.find(c) != std::string_view::npos;
}

bool is_posix_path(std::string_view text) {
  if (text.size() < 2 || text[0] != '/' || !is_path_character(text[1])) return false;
  // In an f-string anything may stand between braces; in a pattern there are characters that paths have not.
  const std::string_view fixed = text.substr(0, text.find('{'));
  if (!std::ranges::all_of(fixed, [](char c) { return c == '/' || is_path_character(c); })) return false;
  if (std::ranges::any_of(roots,
                          [&](std::string_view root) { return text.size() > root.size() && text.starts_with(root); }))
    return true;
  const std::string lower = lower_ascii(text);
  return std::ranges::any_of(data_suffixes, [&](std::string_view end) { return lower.ends_with(end); });
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// `C:\x`, `C:/x`, `\\server\share`. Where backslashes escape, `x:\n` is text and only `x:\\n` or `x:\D` are paths.
bool is_windows_path(std::string_view text, bool is_raw) {
  constexpr std::size_t shortest = 4;
  if (text.size() < shortest) return false;
  const std::string_view share = is_raw ? "\\\\" : "\\\\\\\\";
  if (text.starts_with(share)) {
    const std::string_view rest = text.substr(share.size());
    const std::string_view server = rest.substr(0, rest.find('\\'));
    return server.size() > 1 && server.size() < rest.size() && server[0] != '.' &&
           std::ranges::all_of(server, [](char c) { return is_path_character(c) && c != '*' && c != '+'; });
  }
  if (!is_letter(text[0]) || text[1] != ':') return false;
  if (text[2] == '/') return text[3] != '/';
  if (text[2] != '\\') return false;
  constexpr std::string_view escapes = "abfnrtvxuUN01234567'\"\r\n";
  return is_raw || escapes.find(text[3]) == std::string_view::npos;
}

bool is_raw(const Token& token) { return token.prefix.find_first_of("rR") != std::string_view::npos; }

bool is_absolute(const Token& token) {
  const std::string_view text = token.content.substr(0, token.content.find('\n'));
  return is_posix_path(text) || is_windows_path(text, is_raw(token));
}

// A string that is a statement of its own is documentation.
bool is_documentation(const Statement& statement) {
  return std::ranges::all_of(statement.tokens, [](const Token& token) { return token.kind == Token::Kind::string; });
}

void check_command(const Cell& cell, const Token& command, Warnings& warnings) {
  std::string_view rest = command.text.substr(1);
  while (!rest.empty()) {
    const std::size_t begin = std::min(rest.find_first_not_of(" \t\r\n'\"=;"), rest.size());
    rest.remove_prefix(begin);
    const std::string_view word = rest.substr(0, rest.find_first_of(" \t\r\n'\"=;"));
    if (is_posix_path(word))
      warnings.add("code.absolute-path", cell, command.line, fmt::format("names the absolute path `{}`", word));
    rest.remove_prefix(word.size());
  }
}

}  // namespace

void check_paths(const Unit& unit, Warnings& warnings) {
  constexpr std::size_t shown = 100;
  for (const Cell& cell : unit.cells) {
    for (const Statement& statement : cell.statements) {
      if (is_documentation(statement)) continue;
      for (const Token& token : statement.tokens) {
        if (token.kind == Token::Kind::shell) check_command(cell, token, warnings);
        if (token.kind != Token::Kind::string || !is_absolute(token)) continue;
        warnings.add("code.absolute-path", cell, token.line,
                     fmt::format("names the absolute path `{}`", truncate_to_width(printable(token.content), shown)));
      }
    }
  }
}

}  // namespace mlops::formats::code
