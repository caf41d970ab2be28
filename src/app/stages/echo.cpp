#include "stages/echo.hpp"

namespace mlops::app {

void StageEcho::print(std::string_view line, bool is_stderr) {
  const std::lock_guard guard{*terminal_};
  echo_(prefix_ + std::string{line} + "\n", is_stderr);
}

void StageEcho::take(std::string_view bytes, bool is_stderr) {
  if (!echo_) return;
  if (terminal_ == nullptr) return echo_(bytes, is_stderr);
  std::string& line = unfinished_.at(is_stderr ? 1 : 0);
  line += bytes;
  for (auto end = line.find('\n'); end != std::string::npos; end = line.find('\n')) {
    print(std::string_view{line}.substr(0, end), is_stderr);
    line.erase(0, end + 1);
  }
}

void StageEcho::finish() {
  for (const bool is_stderr : {false, true}) {
    std::string& line = unfinished_.at(is_stderr ? 1 : 0);
    if (!line.empty() && echo_ && terminal_ != nullptr) print(line, is_stderr);
    line.clear();
  }
}

}  // namespace mlops::app
