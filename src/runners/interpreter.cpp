#include "interpreter.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include <fcntl.h>
#include <unistd.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/process.hpp>
#include <mlops/support/text.hpp>

namespace mlops::runners {

namespace {

namespace fs = std::filesystem;

// The project's own modules must not be taken for Python's: the first entry of the path is the working directory.
// The answer is the last line, after anything that a sitecustomize module prints.
constexpr const char* question = R"py(
import sys
sys.path = [p for p in sys.path if p]
import json
packages = {}
try:
    from importlib import metadata
    for distribution in metadata.distributions():
        name = distribution.metadata["Name"]
        if name and distribution.version:
            packages.setdefault(name, distribution.version)
except ImportError:
    pass
print("\n" + json.dumps({
    "interpreter": {
        "path": sys.executable,
        "implementation": sys.implementation.name,
        "version": sys.version.split()[0],
    },
    "packages": {name: packages[name] for name in sorted(packages)},
}))
)py";

bool is_python(const std::string& word) { return fs::path{word}.filename().string().starts_with("python"); }

// `env NAME=value … python3`; options of env itself are not followed.
std::vector<std::string> after_env(const std::vector<std::string>& argv) {
  auto word = argv.begin() + 1;
  while (word != argv.end() && word->find('=') != std::string::npos && !word->starts_with("-")) ++word;
  return {word, argv.end()};
}

std::optional<fs::path> script_of(const std::string& word, const fs::path& directory) {
  if (word.find('/') == std::string::npos) return find_executable(word);
  return directory / word;
}

// The words after "#!"; empty when the file is no script.
std::vector<std::string> first_line_command(const fs::path& file) {
  std::array<char, 256> start{};
  const FileDescriptor script{open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  const ssize_t count = script.valid() ? read(script.get(), start.data(), start.size()) : 0;
  std::string_view text{start.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
  if (!text.starts_with("#!")) return {};
  text = text.substr(2, text.substr(2).find('\n'));
  std::vector<std::string> words = split(trim(text), ' ');
  std::erase(words, "");
  return words;
}

std::vector<std::string> python_in(std::vector<std::string> argv) {
  if (!argv.empty() && fs::path{argv.front()}.filename() == "env") argv = after_env(argv);
  if (argv.empty() || !is_python(argv.front())) return {};
  return {argv.front()};
}

}  // namespace

std::vector<std::string> python_of(const std::vector<std::string>& argv, const fs::path& directory) {
  if (auto python = python_in(argv); !python.empty() || argv.empty()) return python;
  const auto script = script_of(argv.front(), directory);
  return script ? python_in(first_line_command(*script)) : std::vector<std::string>{};
}

std::optional<Json> describe_python(const std::vector<std::string>& python, const fs::path& directory) {
  ProcessRequest request{
      .argv = python, .directory = directory, .environment = {}, .timeout = std::chrono::seconds{10}};
  request.argv.insert(request.argv.end(), {"-B", "-c", question});
  try {
    const CapturedOutput output = capture_process(std::move(request));
    if (output.result.exit_code != 0 || output.result.timed_out) return std::nullopt;
    const std::string_view text = trim(output.out);
    const auto line = text.rfind('\n');
    Json answer = parse_json(line == std::string_view::npos ? text : text.substr(line + 1), "the interpreter's answer");
    if (answer.find("interpreter") == nullptr || answer.find("packages") == nullptr) return std::nullopt;
    return answer;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace mlops::runners
