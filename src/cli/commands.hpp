// The table of commands.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "command.hpp"

namespace mlops::cli {

enum class Group { everyday, upkeep };
// What it does: nothing to a registry, reads one, or changes something (the registry or files). Those that change
// something take --dry-run, and are told of a Ctrl-C instead of being ended by it.
enum class Needs { nothing, read, write };

struct CommandRow {
  std::string_view name;  // "promote", "dataset add"
  std::string_view summary;
  Group group;
  Needs needs;
  std::unique_ptr<Command> (*make)();
};

const std::vector<CommandRow>& commands();

// The row that the words begin with, and how many words its name takes; nullptr when there is none.
struct FoundCommand {
  const CommandRow* row = nullptr;
  std::size_t words = 0;
};
FoundCommand find_command(const std::vector<std::string>& words);

// Names of the commands "NOUN …": {"add", "list"} for "dataset"; empty when there are none.
std::vector<std::string> subcommands(std::string_view noun);

// The flags that every command takes; --dry-run only where something changes.
void declare_common(Args& args, CommonFlags& flags, Needs needs);

}  // namespace mlops::cli
