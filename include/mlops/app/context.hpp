// What every use case receives from outside: where the person stands, the settings, the clock, and how to tell them
// things.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <mlops/app/settings.hpp>
#include <mlops/artifacts/artifacts.hpp>
#include <mlops/support/time.hpp>

namespace mlops::app {

struct Context {
  std::filesystem::path directory;            // absolute
  std::filesystem::path temporary_directory;  // for work trees and scratch files
  std::filesystem::path helpers;              // the folder of our helper programs; empty when it is not known
  Settings settings;
  Clock clock;
  std::string tool_version;

  // The parts of an Origin that come from the environment.
  std::optional<std::string> actor;  // MLOPS_ACTOR or the CI's user
  std::string login;                 // "ada@laptop", used when git knows no name either
  std::string host;
  std::string command;  // the command line, for the audit log
  std::optional<std::string> ci_url;

  std::function<void(const std::string& message)> warn;  // one line for the person, not part of the result
  std::function<void(const std::string& message)>
      tell;  // the same for progress in words ("training in a clean checkout of 1a2b3c4")
  // Begins a progress display of `total` bytes; the returned function is told of bytes as they move.
  std::function<Progress(const std::string& label, std::uint64_t total)> progress;
  std::function<void(std::string_view bytes, bool is_stderr)> echo;  // output of training commands
  std::function<bool()> interrupted;                                 // a Ctrl-C or SIGTERM was seen
  std::function<bool()> interrupted_twice;                           // and another one after it
  std::function<int()> stop_signal;                                  // which one: SIGINT or SIGTERM
  // Whether a second one is noted too, instead of ending the process.
  std::function<void(bool expected)> expect_second_interruption;
  std::function<void()> owe_hooks;  // something was recorded that hooks are to be told of
  std::function<std::optional<std::string>(std::string_view name)> variable;  // of the environment, for commands' sake
};

}  // namespace mlops::app
