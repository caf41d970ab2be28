# shellcheck shell=bash
# What the scripts of this repository share: Debian packages, the build, and how a number of results is told.
# Sourced, never run. The caller has `set -euo pipefail` and the repository's root in $root.

# shellcheck disable=SC2034  # the lists are for the scripts that source this file
{
build_packages=(g++ cmake ninja-build ccache mold git libbz2-dev libcli11-dev libcurl4-openssl-dev libfmt-dev libgit2-dev liblz4-dev liblzma-dev
  libonnx-dev libprotobuf-dev libsqlite3-dev libssl-dev libtomlplusplus-dev libyaml-dev libzstd-dev nlohmann-json3-dev zlib1g-dev)
slurm_packages=(munge slurm-client slurmctld slurmd)
test_packages=("${build_packages[@]}" catch2 python3 python3-sklearn strace "${slurm_packages[@]}")
example_packages=("${build_packages[@]}" python3 python3-sklearn)
loop_packages=("${example_packages[@]}" python3-statsmodels)
look_packages=("${example_packages[@]}" python3-onnx python3-xgboost)
peer_packages=(borgbackup git-lfs openssl python3-numpy restic)
fuzz_packages=("${build_packages[@]}" catch2 clang-19 libclang-rt-19-dev)
interop_packages=("${build_packages[@]}" libonnx-testdata python3-h5py python3-onnx python3-sklearn python3-venv python3-xgboost)
ci_packages=("${test_packages[@]}" "${fuzz_packages[@]}" "${interop_packages[@]}" clang-format-19 clang-tidy-19 gcovr llvm-19 shellcheck)
}

: "${root:?set it before sourcing setup.sh}"

say() { printf '%s\n' "$*" >&2; }

missing_packages() {
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || printf '%s\n' "$package"
  done
}

# install_packages yes|no PACKAGE...: touches neither apt nor the network when nothing is missing.
install_packages() {
  local allowed=$1 missing as_root=()
  shift
  mapfile -t missing < <(missing_packages "$@")
  if ((${#missing[@]} == 0)); then
    return
  fi
  if [[ $allowed == no ]]; then
    say "error: missing Debian packages: ${missing[*]}"
    say "hint: install them with \`apt-get install ${missing[*]}\`, or run this without \`--no-install\`"
    exit 2
  fi
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      say "error: missing Debian packages: ${missing[*]}"
      say "hint: run this as root, install \`sudo\`, or ask an administrator for \`apt-get install ${missing[*]}\`"
      exit 2
    fi
    as_root=(sudo)
  fi
  say "installing from Debian: ${missing[*]}"
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0)
  "${apt[@]}" update >&2 </dev/null
  "${apt[@]}" install --no-install-recommends "${missing[@]}" >&2 </dev/null
  keep_idle "${missing[@]}"
}

# keep_idle PACKAGE...: of what was just installed, no service of a cluster runs on a machine that is none; tests start their own.
keep_idle() {
  local services
  mapfile -t services < <(printf '%s\n' "$@" | grep -xE 'munge|slurmctld|slurmd')
  if ((${#services[@]} > 0)) && [[ -d /run/systemd/system ]]; then
    "${as_root[@]}" systemctl --quiet disable --now "${services[@]}" >&2 || say "warning: ${services[*]} could not be switched off"
  fi
}

# What those who build once to use the program want.
# shellcheck disable=SC2034  # for the scripts that source this file
release_options=(-DCMAKE_BUILD_TYPE=Release -DMLOPS_TESTS=OFF -DMLOPS_UNITY=ON)

# build DIRECTORY [CMAKE OPTION...] [--target TARGET]: configures and builds with all cores.
build() {
  local directory=$1 options=() target=()
  shift
  while (($#)); do
    if [[ $1 == --target ]]; then
      target=("$1" "$2")
      shift
    else
      options+=("$1")
    fi
    shift
  done
  say "building in $directory"
  mkdir -p "$directory"
  if ! cmake -S "$root" -B "$directory" -G Ninja "${options[@]}" >"$directory/configure.log" 2>&1; then
    cat "$directory/configure.log" >&2
    return 1
  fi
  cmake --build "$directory" --parallel "$(nproc)" "${target[@]}" >&2
}
