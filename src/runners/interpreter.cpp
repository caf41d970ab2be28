#include "interpreter.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include <mlops/runners/runner.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/process.hpp>
#include <mlops/support/text.hpp>

#include "packages.hpp"

namespace mlops::runners {

namespace {

namespace fs = std::filesystem;

// The project's own modules must not be taken for Python's: the first entry of the path is the working directory.
// Asking for the path alone takes a tenth of the time that Python needs to read what is installed there. "unusual": a
// finder of packages besides Python's own. What stands before the mark is of a sitecustomize module that prints.
constexpr const char* short_question = R"py(
import sys
sys.path = [p for p in sys.path if p]
import os
unusual = [f for f in sys.meta_path if hasattr(f, "find_distributions") and getattr(f, "__name__", "") != "PathFinder"]
words = [sys.executable or "", sys.implementation.name, sys.version.split()[0], "unusual" if unusual else ""] + sys.path
sys.stdout.buffer.write(b"\nmlops-python\0" + b"".join(os.fsencode(word) + b"\0" for word in words))
)py";
constexpr std::string_view answer_mark{"\nmlops-python\0", 14};

// For packages in archives and behind finders of their own. The answer is the last line.
constexpr const char* long_question = R"py(
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
print("\n" + json.dumps({name: packages[name] for name in sorted(packages)}))
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

// What the interpreter prints for a program; "" when it fails.
class Asking {
 public:
  Asking(const std::vector<std::string>& python, const fs::path& directory) : python_{python}, directory_{directory} {}

  std::string operator()(const char* program) const {
    ProcessRequest request{
        .argv = python_, .directory = directory_, .environment = {}, .timeout = std::chrono::seconds{10}};
    request.argv.insert(request.argv.end(), {"-B", "-c", program});
    try {
      const CapturedOutput output = capture_process(std::move(request));
      return output.result.exit_code == 0 && !output.result.timed_out ? output.out : std::string{};
    } catch (const Error&) {
      return {};
    }
  }

 private:
  const std::vector<std::string>& python_;
  const fs::path& directory_;
};

struct PythonAnswer {
  Json interpreter;
  std::vector<fs::path> path;  // where it looks for packages
  bool is_unusual = false;     // only Python itself knows what is there
};

std::optional<PythonAnswer> python_answer(const std::string& printed, const fs::path& directory) {
  const auto mark = printed.rfind(answer_mark);
  if (mark == std::string::npos) return std::nullopt;
  std::vector<std::string> words = split(std::string_view{printed}.substr(mark + answer_mark.size()), '\0');
  words.pop_back();  // what follows the last one
  constexpr std::size_t fixed = 4;
  if (words.size() < fixed) return std::nullopt;
  PythonAnswer answer;
  answer.interpreter = Json::object(
      {{"path", printable(words[0])}, {"implementation", printable(words[1])}, {"version", printable(words[2])}});
  answer.is_unusual = !words[3].empty();
  for (std::size_t i = fixed; i < words.size(); ++i) {
    answer.path.push_back(directory / words[i]);
    std::error_code absent;
    const bool is_archive = fs::is_regular_file(answer.path.back(), absent);
    const bool is_egg = lower_ascii(answer.path.back().extension().string()) == ".egg";
    if (is_archive || is_egg) answer.is_unusual = true;
  }
  return answer;
}

std::optional<Json> packages_told(const std::string& printed) {
  const std::string_view text = trim(printed);
  try {
    Json packages = parse_json(text.substr(text.rfind('\n') + 1), "the interpreter's answer");
    return packages.is_object() ? std::optional{std::move(packages)} : std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

Json as_json(const std::map<std::string, std::string>& packages) {
  Json::Object members;
  for (const auto& [name, version] : packages) members.emplace_back(name, version);
  return members;
}

}  // namespace

std::vector<std::string> python_of(const std::vector<std::string>& argv, const fs::path& directory) {
  if (auto python = python_in(argv); !python.empty() || argv.empty()) return python;
  const auto script = script_of(argv.front(), directory);
  return script ? python_in(first_line_command(*script)) : std::vector<std::string>{};
}

std::vector<std::string> python_command(const std::vector<std::string>& argv, const fs::path& directory) {
  return python_of(argv, directory);
}

std::optional<Json> describe_python(const std::vector<std::string>& python, const fs::path& directory) {
  const Asking ask{python, directory};
  const auto answer = python_answer(ask(short_question), directory);
  if (!answer) return std::nullopt;
  std::optional<Json> packages;
  if (answer->is_unusual) {
    packages = packages_told(ask(long_question));
  } else {
    packages = as_json(recorded_packages(answer->path));
  }
  if (!packages) return std::nullopt;
  return Json::object({{"interpreter", answer->interpreter}, {"packages", std::move(*packages)}});
}

}  // namespace mlops::runners
