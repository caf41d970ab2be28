# shellcheck shell=bash
# What the scripts that tell a story by commands share. Sourced after tests/lib/setup.sh, never run.

# story_options ARGUMENT...: sets `install`; the caller has `usage`.
story_options() {
  install=yes
  while (($#)); do
    case $1 in
      -h | --help) usage && exit 0 ;;
      --no-install) install=no ;;
      *) say "error: unknown argument \`$1\`" && usage >&2 && exit 2 ;;
    esac
    shift
  done
}

# story_setup NAME PACKAGE...: installs, builds Release, and moves to a new folder; sets `build_dir` and `folder`.
story_setup() {
  local name=$1
  shift
  say "examples/$name/run needs these Debian packages: $*"
  install_packages "$install" "$@"
  build_dir=${MLOPS_BUILD_DIR:-$root/build/release}
  # shellcheck disable=SC2154  # of tests/lib/setup.sh
  build "$build_dir" "${release_options[@]}" || {
    say "error: the build failed"
    exit 1
  }
  # Nobody's own settings: whoever runs this sees the same.
  unset "${!MLOPS_@}" "${!GIT_@}"
  export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 PATH=$build_dir/bin:/usr/bin:/bin
  folder=$(mktemp -d "${TMPDIR:-/tmp}/mlops-$name.XXXXXX")
  export XDG_CONFIG_HOME=$folder/settings
  cd "$folder" || exit 1
  bold='' plain=''
  if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
    bold=$'\e[1m' plain=$'\e[0m'
  fi
}

chapter() { printf '\n%s== %s ==%s\n' "$bold" "$1" "$plain"; }

# step EXPLANATION COMMAND [EXIT CODE]: shows the command and runs it; any other exit code than the expected ends it all.
step() {
  local explanation=$1 command=$2 expected=${3:-0} status=0
  printf '\n'
  [[ -z $explanation ]] || printf '# %s\n' "$explanation"
  printf '%s$ %s%s\n' "$bold" "$command" "$plain"
  eval "$command" 2>&1 || status=$?
  if ((status != 0)); then
    printf '[exit %d]\n' "$status"
  fi
  if ((status != expected)); then
    say "error: \`$command\` ended with exit code $status, expected was $expected; everything is left in $folder"
    exit 1
  fi
}
