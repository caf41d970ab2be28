#include "job_script.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "job_shell.hpp"

namespace mlops::runners {

namespace fs = std::filesystem;

namespace {

std::string words(const std::vector<std::string>& argv) {
  std::string text;
  for (const std::string& word : argv) text += " " + shell_word(word);
  return text;
}

std::string variables(const Job& job, std::string_view indentation = "") {
  std::string text;
  for (const auto& [name, value] : job.environment)
    text += fmt::format("{}export {}={}\n", indentation, name, shell_word(value));
  return text;
}

// In a group of its own where that is possible, so that all it starts can be asked to end. What is set there, others
// don't see.
std::string launcher(const Job& job, const std::string& set = {}) {
  std::string text = "launch() {\n" + set;
  if (job.inherited) {
    std::string kept = " MLOPS_ATTEMPT";
    for (const std::string& name : *job.inherited) kept += " " + name;
    for (const std::string& name : job.secrets) kept += " " + name;
    for (const auto& [name, value] : job.environment) kept += " " + name;
    text += fmt::format(
        "  kept={}\n"
        "  for name in $(env | sed -n 's/^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/\\1/p'); do\n"
        "    case $kept in *\" $name \"*) ;; *) unset \"$name\" ;; esac\n"
        "  done\n",
        shell_word(kept + " "));
  }
  return text +
         "  if command -v setsid >/dev/null; then exec setsid \"$@\"; fi\n"
         "  exec \"$@\"\n"
         "}\n";
}

std::string clearing(const Job& job) {
  std::string text = "clear_outputs() {\n  :\n";
  for (const std::string& output : job.outputs) {
    const fs::path path = output.ends_with('/') ? fs::path{output}.parent_path() : fs::path{output};
    const fs::path folder = output.ends_with('/') ? path : path.parent_path();
    text += fmt::format("  rm -rf {}\n  mkdir -p {}\n", shell_word(path.string()), shell_word(folder.string()));
  }
  return text + "}\n";
}

// As the log of a run has it whose stages ran where mlops does.
std::string heading(const std::string& name) { return fmt::format("echo '[mlops: {}]'\n", name); }

std::string asking_python(const Job& job) {
  if (job.python.empty()) return {};
  return fmt::format("{} -B -c {} 2>/dev/null | replace \"$job/python.json\"\n", words(job.python).substr(1),
                     shell_word(python_facts));
}

std::string preparation(const Job& job) {
  std::string text = "tell_machine\n" + asking_python(job);
  if (job.setup.empty()) return text;
  if (!job.stages.empty()) text += heading("env.setup");
  return text + fmt::format(
                    "launch{} &\nchild=$!\nawait\n"
                    "[ \"$stopping\" != terminated ] || {{ note \"$code\" terminated; exit 143; }}\n"
                    "[ \"$code\" -eq 0 ] || finish \"$code\" setup\n",
                    words(job.setup));
}

std::string retry_case(const Job& job) {
  if (job.retry_codes.empty()) return {};
  std::string codes, pattern;
  for (const int code : job.retry_codes) {
    codes += fmt::format("{}:{}", codes.empty() ? "" : "|", code);
    pattern += fmt::format("{}{}", pattern.empty() ? "" : "\\|", code);
  }
  return fmt::format(
      "    {})\n"
      "      note \"$code\" ''\n"
      "      if [ \"$(grep -c '^[0-9]* \\({}\\) ' \"$job/attempts\")\" -le {} ]; then continue; fi\n"
      "      leave \"$code\" '' ;;\n",
      codes, pattern, job.retry_times);
}

std::string limit_case(const ScriptOptions& options) {
  if (options.requeue.empty() || options.requeues == 0) return "    limit:*) finish \"$code\" limit ;;\n";
  return fmt::format(
      "    limit:*)\n"
      "      if [ \"$(cat \"$run/job/attempts\" \"$run\"/stages/*/job/attempts 2>/dev/null | grep -c ' limit$')\" -lt "
      "{} "
      "]; then\n"
      "        note \"$code\" limit\n"
      "        {} && exit 0\n"
      "      fi\n"
      "      finish \"$code\" limit ;;\n",
      options.requeues, options.requeue);
}

// `done` is what follows an attempt that ended well.
std::string attempts(const Job& job, const ScriptOptions& options, std::string_view done) {
  std::string text =
      "while :; do\n"
      "  begin_attempt\n"
      "  [ \"$attempt\" -eq 1 ] || clear_outputs\n";
  text += fmt::format("  launch{} &\n  child=$!\n", words(job.argv));
  if (job.timeout_seconds) {
    text += fmt::format(
        "  (trap - TERM INT USR1 ALRM; sleep {}; kill -ALRM $$; sleep 10; kill -KILL \"-$child\") "
        ">/dev/null 2>&1 &\n  watch=$!\n",
        *job.timeout_seconds);
  }
  text += "  await\n";
  if (job.timeout_seconds) text += "  kill \"$watch\" 2>/dev/null\n";
  // A cluster tells all processes at once, and the training may end before we have heard it.
  text += "  [ \"$code\" -eq 0 ] || [ -n \"$stopping\" ] || sleep 1\n";
  // Whoever was told to stop and ends with 0 has saved its work, and has not done it.
  text += "  case $stopping:$code in\n";
  text += fmt::format("    :0) {} ;;\n", done);
  text += "    terminated:*) note \"$code\" terminated; exit 143 ;;\n";
  text += limit_case(options);
  text += "    timeout:*) finish \"$((code == 0 ? 124 : code))\" timeout ;;\n";
  text += retry_case(job);
  text += "    *) finish \"$code\" '' ;;\n";
  return text + "  esac\ndone\n";
}

// The paths that it must have written.
std::string required_words(const Job& stage) {
  std::vector<std::string> paths;
  for (const std::string& path : stage.required)
    paths.push_back(path.ends_with('/') ? path.substr(0, path.size() - 1) : path);
  return words(paths);
}

std::string checking(const Job& stage) {
  std::string text = "wrote_all() {\n";
  const std::string paths = required_words(stage);
  if (paths.empty()) return text + "  :\n}\n";
  return text + fmt::format("  for path in{}; do holds_files \"$path\" || return 1; done\n  note_files{}\n  :\n}}\n",
                            paths, paths);
}

std::string one_stage(const Job& stage, const ScriptOptions& options) {
  std::string text = fmt::format("\n# stage {}\n", stage.name);
  text += fmt::format("begin_stage {}\n", shell_word(stage.folder.string()));
  text += launcher(stage, variables(stage, "  ")) + clearing(stage) + checking(stage);
  text += "if ! is_done; then\nran=1\n";
  text += "rm -f \"$job/exit.json\" \"$job/files\"\n";
  text += heading("stage " + stage.name);
  text += asking_python(stage);
  return text + attempts(stage, options, "end_stage; break") + "fi\n";
}

// One after the other; the first that fails ends the job.
std::string all_stages(const Job& job, const ScriptOptions& options) {
  std::string text{stage_functions};
  for (const Job& stage : job.stages) text += one_stage(stage, options);
  return text + "\nleave 0 ''\n";
}

}  // namespace

fs::path job_folder(const fs::path& run_folder) { return run_folder / "job"; }

std::string shell_word(std::string_view word) {
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::optional<std::int64_t> longest_work(const Job& job) {
  if (!job.timeout_seconds) return std::nullopt;
  const auto commands = static_cast<std::int64_t>(std::max<std::size_t>(1, job.stages.size()));
  return *job.timeout_seconds * (job.retry_times + 1) * commands;
}

std::string job_script(const Job& job, const ScriptOptions& options) {
  std::string text = fmt::format("# Run {} of mlops{}. It leaves its result in the folder of the run.\n", job.run,
                                 job.model.empty() ? std::string{} : fmt::format(", training {}", job.model));
  text += fmt::format("run={}\n", shell_word(job.folder.string()));
  if (options.writes_log) text += "exec >>\"$run/log\" 2>&1\n";
  text += fmt::format("cd {} || exit 125\n", shell_word(job.directory.string()));
  text += opening;
  text += variables(job);
  text += signals;
  text += running;
  text += launcher(job) + clearing(job);
  text += "began=$(date +%s)\n";
  text += preparation(job);
  return text + (job.stages.empty() ? attempts(job, options, "finish 0 ''") : all_stages(job, options));
}

}  // namespace mlops::runners
