// Help: the overview, one command, a topic, and the reference page made from all of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands.hpp"
#include "style.hpp"

namespace mlops::cli {

// Words of `text`, broken into lines that begin with `indent`.
std::string wrapped(std::string_view text, const std::string& indent);
// "left  right", with the right side wrapped under itself.
std::string two_columns(const std::string& left, std::size_t left_width, std::string_view right, const Style& style);

// What `mlops help` prints.
std::string overview(const Style& style);
// Examples first, then what it does, then its arguments.
std::string command_help(const CommandRow& row, const Command& command, const Args& args, const Style& style);
// The commands of a noun: `mlops dataset --help`.
std::string noun_help(std::string_view noun);

struct Topic {
  std::string_view name;
  std::string_view summary;
  std::string text;
};
const std::vector<Topic>& topics();

// The whole reference as Markdown: docs/commands.md.
std::string reference_page();

// Whether -h or --help stands among the words, before any "--".
bool asks_for_help(const std::vector<std::string>& words);

}  // namespace mlops::cli
