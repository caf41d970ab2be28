// What a person sees of several commands that print at once: whole lines, each with the name of its stage.
#pragma once

#include <array>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace mlops::app {

class StageEcho {
 public:
  using Echo = std::function<void(std::string_view bytes, bool is_stderr)>;

  // Without `terminal` the command prints alone, and all is handed on as it comes.
  StageEcho(std::string name, Echo echo, std::mutex* terminal)
      : prefix_{std::move(name) + " | "}, echo_{std::move(echo)}, terminal_{terminal} {}

  void take(std::string_view bytes, bool is_stderr);
  // What is left of lines without an end.
  void finish();

 private:
  void print(std::string_view line, bool is_stderr);

  std::string prefix_;
  Echo echo_;
  std::mutex* terminal_;
  std::array<std::string, 2> unfinished_;  // of stdout and stderr
};

}  // namespace mlops::app
