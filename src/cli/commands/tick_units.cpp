#include "tick_units.hpp"

#include <vector>

#include <fmt/format.h>

namespace mlops::cli {

namespace {

std::vector<std::string> words_of(const TickPlace& place) {
  std::vector<std::string> words{place.program, "-C", place.project};
  if (!place.registry.empty()) words.insert(words.end(), {"--registry", place.registry});
  words.emplace_back("tick");
  return words;
}

// systemd.service(5): quotes and backslashes are escaped; `$` and `%` mean something, and are doubled.
std::string systemd_word(const std::string& word) {
  std::string out = "\"";
  for (const char c : word) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '$' || c == '%') out += c;
    out += c;
  }
  return out + '"';
}

// For a shell; crontab(5) reads `%` as the end of the line, in quotes too.
std::string cron_word(const std::string& word) {
  std::string out = "'";
  for (const char c : word) {
    if (c == '\'') {
      out += "'\\''";
    } else if (c == '%') {
      out += "\\%";
    } else {
      out += c;
    }
  }
  return out + "'";
}

template <typename Quote>
std::string command_line(const TickPlace& place, const Quote& quote) {
  std::string line;
  for (const std::string& word : words_of(place)) line += (line.empty() ? "" : " ") + quote(word);
  return line;
}

}  // namespace

std::string systemd_units(const TickPlace& place) {
  return fmt::format(R"(# ~/.config/systemd/user/mlops-tick.service
[Unit]
Description=Look at the triggers of all models once

[Service]
Type=oneshot
ExecStart={}
# 3: a gate refused what was trained. The decision is recorded, and nothing is wrong with this service.
SuccessExitStatus=3
# Secrets of hooks and trainings, one NAME=value a line, readable by nobody else:
# EnvironmentFile=%h/.config/mlops/tick.env

# ~/.config/systemd/user/mlops-tick.timer
[Unit]
Description=Look at the triggers of all models every quarter of an hour

[Timer]
OnCalendar=*:0/15
RandomizedDelaySec=60
Persistent=true

[Install]
WantedBy=timers.target

# systemctl --user daemon-reload && systemctl --user enable --now mlops-tick.timer
)",
                     command_line(place, systemd_word));
}

std::string crontab_line(const TickPlace& place) {
  return fmt::format("*/15 * * * * {} >/dev/null\n", command_line(place, cron_word));
}

std::string github_workflow() {
  return R"(# .github/workflows/mlops-tick.yml
name: mlops tick
on:
  schedule:
    - cron: "17 * * * *"
  workflow_dispatch:
# Two at once would share the work; one after the other is easier to read.
concurrency: mlops-tick
jobs:
  tick:
    # The registry must outlive the job: a runner of your own, or MLOPS_REGISTRY on a volume.
    runs-on: [self-hosted, mlops]
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
          clean: false
      - name: look at the triggers
        env:
          MLOPS_REGISTRY: ${{ vars.MLOPS_REGISTRY }}
        run: |
          status=0
          mlops tick || status=$?
          # 3: a gate refused what was trained, which is an answer.
          if [ "$status" -ne 3 ]; then exit "$status"; fi
)";
}

}  // namespace mlops::cli
