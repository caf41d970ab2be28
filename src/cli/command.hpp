// A command: what it takes, how its help reads, what it does.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include <mlops/cli/exit_code.hpp>

#include "args.hpp"
#include "session.hpp"

namespace mlops::cli {

struct Example {
  std::string_view command;
  std::string_view meaning;
};

struct Help {
  std::vector<Example> examples;
  std::string_view details;  // paragraphs, wrapped at 80 columns; may be empty
};

class Command {
 public:
  Command() = default;
  virtual ~Command() = default;
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  [[nodiscard]] virtual Help help() const = 0;
  virtual void declare(Args& args) = 0;
  virtual ExitCode run(const Session& session) = 0;
};

}  // namespace mlops::cli
