#include "help.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "commands/all.hpp"

namespace mlops::cli {

namespace {

constexpr std::size_t page_width = 80;

}  // namespace

std::string wrapped(std::string_view text, const std::string& indent) {
  std::string out;
  std::string line = indent;
  for (const std::string& word : split(text, ' ')) {
    if (line.size() > indent.size() && display_width(line) + 1 + display_width(word) > page_width) {
      out += line + '\n';
      line = indent;
    }
    line += (line.size() > indent.size() ? " " : "") + word;
  }
  return out + line + '\n';
}

std::string two_columns(const std::string& left, std::size_t left_width, std::string_view right, const Style& style) {
  const std::size_t start = 2 + left_width + 2;
  const std::string indent(start, ' ');
  std::string body = wrapped(right, indent);
  const std::size_t width = display_width(left);
  if (width > left_width) return "  " + style.bold(left) + "\n" + body;
  return "  " + style.bold(left) + std::string(left_width - width + 2, ' ') + body.substr(start);
}

namespace {

std::string usage_line(const CommandRow& row, const Args& args) {
  std::string line = fmt::format("mlops {}", row.name);
  std::string rest;
  bool has_options = false;
  for (const Argument& argument : args.all()) {
    if (argument.kind == Argument::Kind::flag || (argument.kind == Argument::Kind::option && !argument.required)) {
      has_options = true;
    } else if (argument.kind == Argument::Kind::option) {
      line += fmt::format(" {} {}", argument.names.back(), argument.value);
    } else if (argument.kind == Argument::Kind::rest) {
      rest = fmt::format(" -- {}…", argument.value);
    } else {
      const std::string shown = argument.title();
      line += argument.required ? " " + shown : " [" + shown + "]";
    }
  }
  return line + (has_options ? " [options]" : "") + rest;
}

bool is_option(const Argument& argument) {
  return argument.kind == Argument::Kind::option || argument.kind == Argument::Kind::flag;
}

std::string arguments_text(const Args& args, bool options, const Style& style) {
  constexpr std::size_t left_width = 24;
  std::string out;
  for (const Argument& argument : args.all()) {
    if (is_option(argument) != options) continue;
    const std::string help = argument.required && options ? argument.help + " (required)" : argument.help;
    out += two_columns(argument.title(), left_width, help, style);
  }
  return out;
}

std::string group_text(Group group, const Style& style) {
  constexpr std::size_t left_width = 14;
  std::string out;
  for (const CommandRow& row : commands()) {
    if (row.group == group) out += two_columns(std::string{row.name}, left_width, row.summary, style);
  }
  return out;
}

// Angle brackets would be taken for HTML.
std::string markdown_text(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '<' ? std::string{"\\<"} : std::string{c};
  return out;
}

std::string markdown_command(const CommandRow& row) {
  const auto command = row.make();
  Args args;
  CommonFlags flags;
  command->declare(args);
  const Help help = command->help();
  std::string summary{row.summary};
  summary.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(summary.front())));
  std::string out = fmt::format("## `mlops {}`\n\n{}.\n\n```console\n", row.name, summary);
  for (const Example& example : help.examples) out += fmt::format("$ {}    # {}\n", example.command, example.meaning);
  out += "```\n\n";
  if (!help.details.empty()) out += fmt::format("{}\n\n", markdown_text(help.details));
  out += fmt::format("Usage: `{}`\n", usage_line(row, args));
  if (!args.all().empty()) out += "\n";
  for (const Argument& argument : args.all()) {
    out += fmt::format("- `{}`: {}{}\n", argument.title(), argument.help,
                       argument.required && is_option(argument) ? " (required)" : "");
  }
  return out + "\n";
}

}  // namespace

bool asks_for_help(const std::vector<std::string>& words) {
  const auto end = std::find(words.begin(), words.end(), "--");
  return std::any_of(words.begin(), end, [](const std::string& word) { return word == "-h" || word == "--help"; });
}

std::string overview(const Style& style) {
  std::string out = style.bold("mlops") + ": a registry for machine-learning models, with gates, history and proof\n\n";
  out += "From a trained file to production\n";
  for (const auto& [command, meaning] :
       {Example{"mlops init", "once per project"},
        Example{"mlops register churn model.pkl --metric auc=0.93", "a version, tied to git and data"},
        Example{"mlops promote churn@1 --to production", "if its gate agrees"},
        Example{"mlops history churn --at 2026-11-01", "what was in production then"}}) {
    out += two_columns(std::string{command}, 48, meaning, Style{false});
  }
  out += "\nEvery day\n" + group_text(Group::everyday, style);
  out += "\nNow and then\n" + group_text(Group::upkeep, style);
  out += "\nTopics\n";
  for (const Topic& topic : topics()) out += two_columns(std::string{topic.name}, 14, topic.summary, style);
  out += "\n`mlops help COMMAND` explains one, examples first. Every command takes --json.\n";
  return out;
}

std::string command_help(const CommandRow& row, const Command& command, const Args& args, const Style& style) {
  const Help help = command.help();
  std::string out = fmt::format("{}: {}\n\n", style.bold(fmt::format("mlops {}", row.name)), row.summary);
  out += "Examples\n";
  for (const Example& example : help.examples) {
    out += fmt::format("  {}\n", example.command);
    out += wrapped(example.meaning, "      ");
  }
  if (!help.details.empty()) out += "\n" + wrapped(help.details, "");
  out += fmt::format("\nUsage: {}\n", usage_line(row, args));
  if (const std::string arguments = arguments_text(args, false, style); !arguments.empty())
    out += "\nArguments\n" + arguments;
  out += "\nOptions\n" + arguments_text(args, true, style);
  return out;
}

std::string noun_help(std::string_view noun) {
  std::string out;
  for (const CommandRow& row : commands()) {
    if (row.name.starts_with(std::string{noun} + " ")) {
      out += two_columns(fmt::format("mlops {}", row.name), 24, row.summary, Style{false});
    }
  }
  return out;
}

std::string reference_page() {
  std::string out =
      "# Command reference\n\n"
      "Made from the commands' own help by `mlops help --markdown`; a test keeps it in step.\n\n"
      "## Options of every command\n\n";
  CommonFlags flags;
  Args common;
  declare_common(common, flags, Needs::write);
  for (const Argument& argument : common.all()) {
    out += fmt::format("- `{}`: {}{}\n", argument.title(), argument.help,
                       argument.names.front() == "-n" ? " (of commands that change something)" : "");
  }
  out += "\n";
  for (const CommandRow& row : commands()) out += markdown_command(row);
  for (const Topic& topic : topics()) {
    out += fmt::format("## `mlops help {}`\n\n```text\n{}```\n\n", topic.name, topic.text);
  }
  out.pop_back();
  return out;
}

}  // namespace mlops::cli
