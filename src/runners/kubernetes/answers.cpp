#include "kubernetes/answers.hpp"

#include <algorithm>
#include <utility>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::runners {

namespace {

const Json* inside(const Json& json, std::initializer_list<std::string_view> path) {
  const Json* here = &json;
  for (const std::string_view key : path) {
    if (here == nullptr || !here->is_object()) return nullptr;
    here = here->find(key);
  }
  return here;
}

std::string text_at(const Json& json, std::initializer_list<std::string_view> path) {
  const Json* const found = inside(json, path);
  return found != nullptr && found->is_string() ? printable(found->as_string()) : std::string{};
}

std::int64_t count_at(const Json& json, std::initializer_list<std::string_view> path) {
  const Json* const found = inside(json, path);
  return found != nullptr && found->is_integer() ? found->as_integer() : 0;
}

const Json::Array& items_at(const Json& json, std::initializer_list<std::string_view> path) {
  static const Json::Array none;
  const Json* const found = inside(json, path);
  return found != nullptr && found->is_array() ? found->as_array() : none;
}

std::vector<const Json*> items_of(const Json& answer) {
  std::vector<const Json*> items;
  if (inside(answer, {"items"}) == nullptr) {
    items.push_back(&answer);
  } else {
    for (const Json& item : items_at(answer, {"items"})) items.push_back(&item);
  }
  return items;
}

JobEnd end_of(std::string_view reason) {
  if (reason == "DeadlineExceeded") return JobEnd::out_of_time;
  if (reason == "BackoffLimitExceeded") return JobEnd::lost;
  return JobEnd::failed;
}

JobState state_of_job(const Json& job) {
  for (const Json& condition : items_at(job, {"status", "conditions"})) {
    if (text_at(condition, {"status"}) != "True") continue;
    const std::string type = text_at(condition, {"type"});
    const std::string reason = text_at(condition, {"reason"});
    if (type == "Complete") return {JobPhase::over, JobEnd::completed, type, ""};
    if (type == "Failed") return {JobPhase::over, end_of(reason), type, reason};
    if (type == "Suspended") return {JobPhase::over, JobEnd::cancelled, type, reason};
  }
  if (count_at(job, {"status", "ready"}) > 0) return {JobPhase::running, {}, "Running", ""};
  return {JobPhase::waiting, {}, "Pending", ""};
}

// With nine digits behind the point, so that times compare as text.
std::string padded_time(std::string_view time) {
  constexpr std::size_t seconds_length = 19;  // 2026-05-31T12:00:00
  constexpr std::size_t digits = 9;
  if (time.size() < seconds_length) return std::string{time};
  std::string fraction;
  if (time.size() > seconds_length && time[seconds_length] == '.') {
    for (const char c : time.substr(seconds_length + 1)) {
      if (c < '0' || c > '9' || fraction.size() == digits) break;
      fraction += c;
    }
  }
  fraction.resize(digits, '0');
  return std::string{time.substr(0, seconds_length)} + "." + fraction + "Z";
}

}  // namespace

std::map<std::string, JobState> states_of_jobs(const Json& answer) {
  std::map<std::string, JobState> states;
  for (const Json* const job : items_of(answer)) {
    if (const std::string name = text_at(*job, {"metadata", "name"}); !name.empty())
      states.insert_or_assign(name, state_of_job(*job));
  }
  return states;
}

std::string trouble_of_pods(const Json& answer) {
  for (const Json* const pod : items_of(answer)) {
    for (const Json& status : items_at(*pod, {"status", "containerStatuses"})) {
      const std::string reason = text_at(status, {"state", "waiting", "reason"});
      if (!reason.empty() && reason != "ContainerCreating" && reason != "PodInitializing") return reason;
    }
    for (const Json& condition : items_at(*pod, {"status", "conditions"})) {
      if (text_at(condition, {"type"}) == "PodScheduled" && text_at(condition, {"status"}) == "False")
        return text_at(condition, {"reason"});
    }
  }
  return {};
}

std::vector<std::string> pods_by_age(const Json& answer) {
  std::vector<std::pair<std::string, std::string>> pods;
  for (const Json* const pod : items_of(answer)) {
    if (std::string name = text_at(*pod, {"metadata", "name"}); !name.empty())
      pods.emplace_back(text_at(*pod, {"metadata", "creationTimestamp"}), std::move(name));
  }
  std::ranges::sort(pods);
  std::vector<std::string> names;
  for (auto& [time, name] : pods) names.push_back(std::move(name));
  return names;
}

std::string new_log_lines(std::string_view printed, LogMark& mark) {
  std::string text;
  std::size_t seen_at_mark = 0;
  const std::string from = mark.time;
  const std::size_t already = mark.lines;
  while (!printed.empty()) {
    const std::size_t end = printed.find('\n');
    if (end == std::string_view::npos) break;  // cut off; it comes again
    const std::string_view line = printed.substr(0, end);
    printed.remove_prefix(end + 1);
    const std::size_t space = line.find(' ');
    const std::string time = padded_time(line.substr(0, space));
    if (time < from) continue;
    if (time == from && ++seen_at_mark <= already) continue;
    text += space == std::string_view::npos ? std::string{} : std::string{line.substr(space + 1)};
    text += '\n';
    mark.lines = time == mark.time ? mark.lines + 1 : 1;
    mark.time = time;
  }
  return text;
}

}  // namespace mlops::runners
