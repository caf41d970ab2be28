// What kubectl says of jobs and their pods.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/runners/cluster.hpp>
#include <mlops/support/json.hpp>

namespace mlops::runners {

// Of `kubectl get job … -o json`: one job, or a list of them; by name.
std::map<std::string, JobState> states_of_jobs(const Json& answer);
// What keeps a job's pods from running, "" for nothing: "ImagePullBackOff". Of `kubectl get pods -o json`.
std::string trouble_of_pods(const Json& answer);
// Their names, the oldest first.
std::vector<std::string> pods_by_age(const Json& answer);

// How far the log of a pod has been read: the time of its last line, and how many lines had that time.
struct LogMark {
  std::string time;
  std::size_t lines = 0;
};
// The text of the lines of `kubectl logs --timestamps` that come after the mark, which moves on. An answer begins with
// lines that were seen before, since it is asked for by whole seconds.
std::string new_log_lines(std::string_view printed, LogMark& mark);

}  // namespace mlops::runners
