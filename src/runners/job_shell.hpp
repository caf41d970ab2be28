// What is the same in the script of every job.
#pragma once

#include <string_view>

namespace mlops::runners {

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
  date +%s | replace "$job/ended"
}
result() {
  printf '{"attempt":%s,"exit_code":%s,"how":"%s"}\n' "$attempt" "$1" "$2"
}
leave() {
  result "$1" "$2" | replace "$run/job/exit.json"
  exit "$1"
}
finish() {
  note "$1" "$2"
  leave "$1" "$2"
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
  [ -e "$job/began" ] || echo "$began" | replace "$job/began"
  echo "$attempt" | replace "$job/attempt"
}
)sh";

// A stage of a recipe has a folder of its own, of the same shape. When it is done it leaves exit.json there, which
// counts as long as its files are what they were then, since a node may be lost before they are on the disk, and as
// long as no stage before it has run again.
constexpr std::string_view stage_functions = R"sh(
ran=
begin_stage() {
  [ "$stopping" != terminated ] || exit 143
  job=$1/job
  export MLOPS_CHECKPOINT_DIR="$1/checkpoints"
  mkdir -p "$job" "$MLOPS_CHECKPOINT_DIR"
  : >>"$job/attempts"
  attempt=$(cat "$job/attempt" 2>/dev/null || echo 0)
}
is_done() {
  [ -z "$ran" ] && [ -e "$job/exit.json" ] || return 1
  [ ! -e "$job/files" ] || sha256sum -c "$job/files" >/dev/null 2>&1
}
holds_files() {
  [ -f "$1" ] || [ -n "$(ls -A "$1" 2>/dev/null)" ]
}
note_files() {
  command -v find >/dev/null && command -v sha256sum >/dev/null || return 0
  find -L "$@" -type f -exec sha256sum {} + >"$job/files.new" && mv -f "$job/files.new" "$job/files"
}
end_stage() {
  wrote_all || finish 0 ''
  note 0 ''
  result 0 '' | replace "$job/exit.json"
  rm -rf "$MLOPS_CHECKPOINT_DIR"
}
)sh";

// Prints {"interpreter": …, "packages": …} as the same facts are recorded of a local run.
constexpr std::string_view python_facts =
    "import json,sys\n"
    "try:\n"
    "    from importlib.metadata import distributions\n"
    "    found={d.metadata['Name']:d.version for d in reversed(list(distributions())) if d.metadata['Name']}\n"
    "except Exception:\n"
    "    found={}\n"
    "print(json.dumps({'interpreter':{'path':sys.executable,'implementation':sys.implementation.name,"
    "'version':sys.version.split()[0]},'packages':found}))\n";

}  // namespace mlops::runners
