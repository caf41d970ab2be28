#include "slurm/states.hpp"

#include <algorithm>
#include <array>

#include <mlops/support/text.hpp>

namespace mlops::runners {

namespace {

constexpr std::array<std::string_view, 8> waiting_words{"PENDING",       "REQUEUED",     "REQUEUE_HOLD", "REQUEUE_FED",
                                                        "RESV_DEL_HOLD", "SPECIAL_EXIT", "CONFIGURING",  "REVOKED"};
constexpr std::array<std::string_view, 7> running_words{"RUNNING",   "COMPLETING", "SUSPENDED", "STOPPED",
                                                        "SIGNALING", "STAGE_OUT",  "RESIZING"};
struct EndWord {
  std::string_view word;
  JobEnd end;
};
constexpr std::array<EndWord, 9> end_words{{{"COMPLETED", JobEnd::completed},
                                            {"FAILED", JobEnd::failed},
                                            {"CANCELLED", JobEnd::cancelled},
                                            {"TIMEOUT", JobEnd::out_of_time},
                                            {"DEADLINE", JobEnd::out_of_time},
                                            {"OUT_OF_MEMORY", JobEnd::out_of_memory},
                                            {"PREEMPTED", JobEnd::preempted},
                                            {"NODE_FAIL", JobEnd::lost},
                                            {"BOOT_FAIL", JobEnd::lost}}};

// "CANCELLED by 1000", and "CANCELLED+" of a column that is too narrow.
std::string_view first_word(std::string_view word) { return word.substr(0, word.find_first_of(" +")); }

bool is_one_of(std::string_view word, const auto& words) { return std::ranges::find(words, word) != words.end(); }

JobState state_of(std::string_view word, std::string_view reason) {
  const auto end = std::ranges::find(end_words, first_word(word), &EndWord::word);
  return {.phase = phase_of_slurm(word),
          .end = end == end_words.end() ? JobEnd::failed : end->end,
          .word = printable(word),
          .reason = reason == "None" ? "" : printable(reason)};
}

// The value of "KEY=" up to the next space.
std::string_view field(std::string_view line, std::string_view key) {
  const auto at = line.find(key);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = line.substr(at + key.size());
  return rest.substr(0, rest.find(' '));
}

}  // namespace

JobPhase phase_of_slurm(std::string_view word) {
  word = first_word(word);
  if (is_one_of(word, waiting_words)) return JobPhase::waiting;
  if (is_one_of(word, running_words)) return JobPhase::running;
  if (std::ranges::find(end_words, word, &EndWord::word) != end_words.end()) return JobPhase::over;
  return JobPhase::unheard;
}

std::map<std::string, JobState> states_in_squeue(std::string_view printed) {
  std::map<std::string, JobState> states;
  for (const std::string& line : split(printed, '\n')) {
    const std::vector<std::string> words = split(line, '|');
    if (words.size() >= 3) states.insert_or_assign(std::string{trim(words[0])}, state_of(trim(words[1]), words[2]));
  }
  return states;
}

std::map<std::string, JobState> states_in_sacct(std::string_view printed) {
  std::map<std::string, JobState> states;
  for (const std::string& line : split(printed, '\n')) {
    const std::vector<std::string> words = split(line, '|');
    if (words.size() >= 2) states.insert_or_assign(std::string{trim(words[0])}, state_of(trim(words[1]), ""));
  }
  return states;
}

std::map<std::string, JobState> states_in_scontrol(std::string_view printed) {
  std::map<std::string, JobState> states;
  for (const std::string& line : split(printed, '\n')) {
    const std::string_view id = field(line, "JobId=");
    const std::string_view word = field(line, " JobState=");
    if (id.empty() || word.empty()) continue;
    const JobState state = state_of(word, field(line, " Reason="));
    states.insert_or_assign(std::string{id}, state);
    const std::string_view array = field(line, " ArrayJobId=");
    const std::string_view task = field(line, " ArrayTaskId=");
    if (!array.empty() && !task.empty()) states.insert_or_assign(std::string{array} + "_" + std::string{task}, state);
  }
  return states;
}

bool says_no_such_job(std::string_view complaint) {
  return complaint.find("Invalid job id specified") != std::string_view::npos;
}

}  // namespace mlops::runners
