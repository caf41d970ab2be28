#include "job_script.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace mlops::runners {

namespace fs = std::filesystem;

namespace {

// A job may begin several times: after a node was lost, a preemption, or the end of its time. Each beginning is an
// attempt, and only the last act of the last one writes exit.json.
constexpr std::string_view opening = R"sh(
umask 077
job=$run/job
mkdir -p "$job"
: >>"$job/attempts"
[ -e "$job/exit.json" ] && exit 0
attempt=$(cat "$job/attempt" 2>/dev/null || echo 0)
child=
watch=
stopping=

# Replaces a file as a whole or not at all.
replace() {
  cat >"$1.new" && { sync "$1.new" 2>/dev/null || :; } && mv -f "$1.new" "$1"
}
note() {
  printf '%s %s %s %s %s\n' "$attempt" "$1" "$(($(date +%s) - began))" "$(uname -n)" "$2" >>"$job/attempts"
}
finish() {
  note "$1" "$2"
  printf '{"attempt":%s,"exit_code":%s,"how":"%s"}\n' "$attempt" "$1" "$2" | replace "$job/exit.json"
  exit "$1"
}
tell_machine() {
  {
    echo "host=$(uname -n)"
    echo "kernel=$(uname -srm)"
    sed -n 's/^PRETTY_NAME="\{0,1\}\([^"]*\)"\{0,1\}$/os=\1/p' /etc/os-release
    sed -n 's/^model name[[:space:]]*: /cpu=/p' /proc/cpuinfo | head -n 1
    echo "cores=$(getconf _NPROCESSORS_ONLN || nproc --all)"
    sed -n 's/^MemTotal:[[:space:]]*\([0-9]*\) kB$/memory_kb=\1/p' /proc/meminfo
    nvidia-smi --query-gpu=name,driver_version --format=csv,noheader | sed 's/^/gpu=/'
  } 2>/dev/null | replace "$job/machine"
}
)sh";

// SIGTERM is the cluster's wish, SIGUSR1 its warning that the time is nearly up, SIGALRM our own time limit. Who has no
// checkpoint and does not listen to SIGTERM gains nothing by being stopped early.
constexpr std::string_view signals = R"sh(
end_child() {
  stopping=$1
  [ -z "$child" ] || kill -TERM "-$child" 2>/dev/null || kill -TERM "$child" 2>/dev/null
}
saves() {
  [ -n "$(ls -A "$MLOPS_CHECKPOINT_DIR" 2>/dev/null)" ] && return 0
  caught=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$child/status" 2>/dev/null | tail -c 5)
  [ $((0x${caught:-0} & 0x4000)) -ne 0 ]
}
trap 'end_child terminated' TERM INT
trap 'if saves; then end_child limit; fi' USR1
trap 'end_child timeout' ALRM
)sh";

constexpr std::string_view running = R"sh(
# Waits for what was begun in the background; a signal that came meanwhile has been looked after.
await() {
  while :; do
    wait "$child"
    code=$?
    kill -0 "$child" 2>/dev/null || break
  done
  child=
}
begin_attempt() {
  attempt=$((attempt + 1))
  export MLOPS_ATTEMPT=$attempt
  began=$(date +%s)
  echo "$attempt" | replace "$job/attempt"
}
)sh";

std::string words(const std::vector<std::string>& argv) {
  std::string text;
  for (const std::string& word : argv) text += " " + shell_word(word);
  return text;
}

std::string variables(const Job& job) {
  std::string text;
  for (const auto& [name, value] : job.environment) text += fmt::format("export {}={}\n", name, shell_word(value));
  return text;
}

// In a group of its own where that is possible, so that all it starts can be asked to end.
std::string launcher(const Job& job) {
  std::string text = "launch() {\n";
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

// Prints {"interpreter": …, "packages": …} as the same facts are recorded of a local run.
constexpr std::string_view python_facts =
    "import json,platform,sys\n"
    "try:\n"
    "    from importlib.metadata import distributions\n"
    "    found={d.metadata['Name']:d.version for d in reversed(list(distributions())) if d.metadata['Name']}\n"
    "except Exception:\n"
    "    found={}\n"
    "print(json.dumps({'interpreter':{'path':sys.executable,'implementation':platform.python_implementation(),"
    "'version':platform.python_version()},'packages':found}))\n";

std::string preparation(const Job& job) {
  std::string text = "tell_machine\n";
  if (!job.python.empty()) {
    text += fmt::format("{} -B -c {} 2>/dev/null | replace \"$job/python.json\"\n", words(job.python).substr(1),
                        shell_word(python_facts));
  }
  if (job.setup.empty()) return text;
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
      "      printf '{{\"attempt\":%s,\"exit_code\":%s,\"how\":\"\"}}\\n' \"$attempt\" \"$code\" | replace "
      "\"$job/exit.json\"\n"
      "      exit \"$code\" ;;\n",
      codes, pattern, job.retry_times);
}

std::string limit_case(const ScriptOptions& options) {
  if (options.requeue.empty() || options.requeues == 0) return "    limit:*) finish \"$code\" limit ;;\n";
  return fmt::format(
      "    limit:*)\n"
      "      if [ \"$(grep -c ' limit$' \"$job/attempts\" 2>/dev/null || :)\" -lt {} ]; then\n"
      "        note \"$code\" limit\n"
      "        {} && exit 0\n"
      "      fi\n"
      "      finish \"$code\" limit ;;\n",
      options.requeues, options.requeue);
}

std::string attempts(const Job& job, const ScriptOptions& options) {
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
  text += "    :0) finish 0 '' ;;\n";
  text += "    terminated:*) note \"$code\" terminated; exit 143 ;;\n";
  text += limit_case(options);
  text += "    timeout:*) finish \"$((code == 0 ? 124 : code))\" timeout ;;\n";
  text += retry_case(job);
  text += "    *) finish \"$code\" '' ;;\n";
  return text + "  esac\ndone\n";
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
  return text + preparation(job) + attempts(job, options);
}

}  // namespace mlops::runners
