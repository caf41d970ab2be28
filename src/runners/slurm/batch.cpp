#include "slurm/batch.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "job_script.hpp"

namespace mlops::runners {

namespace {

constexpr std::int64_t minute = 60;
constexpr std::int64_t default_requeues = 3;

std::int64_t requeues_of(const Profile& profile) { return profile.number("requeue").value_or(default_requeues); }

// Slurm counts in minutes. Our own limit is exact and comes first; Slurm's is for what escapes it.
std::optional<std::int64_t> minutes_of(const Profile& profile, const Job& job) {
  constexpr std::int64_t spare = 2 * minute;
  const auto given = profile.seconds("time");
  if (given) return (*given + minute - 1) / minute;
  if (!job.timeout_seconds) return std::nullopt;
  return (*longest_work(job) + spare + minute - 1) / minute;
}

// A line of its own for each, so that a person can read and change it.
class Directives {
 public:
  void add(std::string_view option, std::string_view value) {
    if (value.find_first_of("\n\r") != std::string_view::npos)
      throw Error{ErrorKind::usage, fmt::format("`--{}` of sbatch can't have a line break", option)};
    // Slurm reads quotes in these lines as a shell does.
    const bool is_plain = value.find_first_of(" \t\"'\\#") == std::string_view::npos;
    std::string shown{value};
    if (!is_plain) {
      shown = "\"";
      for (const char c : value) {
        if (c == '"' || c == '\\') shown += '\\';
        shown += c;
      }
      shown += '"';
    }
    text_ += fmt::format("#SBATCH --{}={}\n", option, shown);
  }
  void add(std::string_view option) { text_ += fmt::format("#SBATCH --{}\n", option); }
  void add_words(const std::vector<std::string>& words) {
    for (const std::string& word : words) {
      if (word.find_first_of("\n\r") != std::string::npos || word.find(' ') != std::string::npos) {
        throw Error{ErrorKind::usage,
                    fmt::format("`{}` can't stand in a batch script", printable(word)),
                    {"arguments of sbatch are written as `--name=value`"}};
      }
      text_ += fmt::format("#SBATCH {}\n", word);
    }
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

void add_machine(const Profile& profile, Directives& lines) {
  for (const char* const key : {"account", "partition", "qos"}) {
    if (const auto value = profile.find(key)) lines.add(key, *value);
  }
}

void add_needs(const Profile& profile, const Job& job, Directives& lines) {
  lines.add("nodes", "1");
  lines.add("ntasks", "1");
  if (job.cpus) lines.add("cpus-per-task", fmt::format("{}", static_cast<std::int64_t>(std::ceil(*job.cpus))));
  if (job.memory_bytes) {
    constexpr std::uint64_t megabyte = std::uint64_t{1024} * 1024;
    lines.add("mem", fmt::format("{}M", (*job.memory_bytes + megabyte - 1) / megabyte));
  }
  if (job.gpus && *job.gpus > 0)
    lines.add("gres", fmt::format("{}:{}", profile.find("gres").value_or("gpu"), *job.gpus));
  if (const auto minutes = minutes_of(profile, job)) {
    lines.add("time", fmt::format("{}", *minutes));
    constexpr std::int64_t usual_notice = 120;
    const std::int64_t notice = std::min(profile.seconds("notice").value_or(usual_notice), *minutes * minute - 1);
    lines.add("signal", fmt::format("B:USR1@{}", notice));
  }
}

std::string directives(const Profile& profile, const std::string& name, const std::string& run,
                       const std::string& output, const Job& job) {
  Directives lines;
  lines.add("job-name", name);
  lines.add("comment", fmt::format("mlops run {}", run));
  lines.add("output", output);
  lines.add("open-mode", "append");
  lines.add(requeues_of(profile) > 0 ? "requeue" : "no-requeue");
  add_machine(profile, lines);
  add_needs(profile, job, lines);
  lines.add_words(profile.words("sbatch"));
  return lines.text();
}

// Slurm replaces %j and the like in the path.
std::string without_patterns(const std::string& path) {
  std::string plain;
  for (const char c : path) {
    if (c == '%') plain += '%';
    plain += c;
  }
  return plain;
}

std::string prologue(const Profile& profile) {
  const auto before = profile.find("before");
  return before ? *before + "\n" : std::string{};
}

ScriptOptions options_of(const Profile& profile, bool writes_log) {
  return {.writes_log = writes_log, .requeue = "scontrol requeue \"$SLURM_JOB_ID\"", .requeues = requeues_of(profile)};
}

}  // namespace

std::string batch_script(const Profile& profile, const Job& job) {
  return "#!/bin/sh\n" + directives(profile, job.name, job.run, without_patterns((job.folder / "log").string()), job) +
         prologue(profile) + job_script(job, options_of(profile, false));
}

std::string task_script(const Profile& profile, const Job& job) {
  return prologue(profile) + job_script(job, options_of(profile, true));
}

std::string array_script(const Profile& profile, const JobArray& array) {
  std::string text = "#!/bin/sh\n";
  text += directives(profile, array.name, array.run, without_patterns(array.folder.string()) + "/slurm-%A_%a.log",
                     array.jobs.front());
  text += fmt::format("#SBATCH --array=1-{}%{}\n", array.jobs.size(), array.at_once);
  text += fmt::format("# Each task is a trial of the search, run {}.\ncase $SLURM_ARRAY_TASK_ID in\n", array.run);
  std::size_t number = 0;
  for (const Job& job : array.jobs) {
    text +=
        fmt::format("  {}) exec /bin/sh {} ;;\n", ++number, shell_word((job_folder(job.folder) / "task.sh").string()));
  }
  return text + "esac\n";
}

}  // namespace mlops::runners
