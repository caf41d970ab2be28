// Machines that take a training as a job, and run it when there is room: Slurm and Kubernetes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mlops/support/digest.hpp>
#include <mlops/support/json.hpp>
#include <mlops/support/time.hpp>

namespace mlops::runners {

// What a person's settings say of a machine, outside of every recipe: account, partition, image …
struct Profile {
  std::string name;  // "gpu"; of one that nobody wrote down, the same as its kind
  std::string kind;  // "local", "slurm" or "kubernetes"
  std::map<std::string, std::string> values;

  [[nodiscard]] std::optional<std::string> find(std::string_view key) const;
  [[nodiscard]] std::string text(std::string_view key) const;  // "" when it is not said
  // Error{usage} that names the key when it is no whole number from 0 on.
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view key) const;
  [[nodiscard]] std::optional<std::int64_t> seconds(std::string_view key) const;  // "90m", "2h"
  [[nodiscard]] std::vector<std::string> words(std::string_view key) const;       // "a b", or ["a", "b c"]
};

struct ProfileKey {
  std::string_view key;
  std::string_view kind;  // "" for every kind
  std::string_view meaning;
};
const std::vector<ProfileKey>& profile_keys();
const std::vector<std::string>& profile_kinds();

// One command as a job.
struct Job {
  std::string name;                 // no other job has it: finds it again when nobody knows its id
  std::string run;                  // the number of the run
  std::string model;                // "" for none
  std::filesystem::path folder;     // of the run, seen under the same path where it runs
  std::filesystem::path directory;  // where the command runs
  std::vector<std::string> argv;
  std::vector<std::string> setup;   // before it; empty for none
  std::vector<std::string> python;  // its interpreter, to be asked what it is; empty for none
  std::vector<std::pair<std::string, std::string>> environment;
  std::optional<std::vector<std::string>> inherited;  // the only other variables that it sees; nullopt: all
  std::vector<std::string> secrets;                   // names only
  std::vector<std::string> outputs;                   // absolute; a folder ends with '/'
  std::vector<std::string> required;                  // of a stage: those of them that it must write
  std::optional<std::int64_t> timeout_seconds;        // of each attempt
  std::vector<int> retry_codes;
  std::int64_t retry_times = 0;
  std::optional<double> cpus;
  std::optional<std::uint64_t> memory_bytes;
  std::optional<std::int64_t> gpus;
  // Run one after the other in place of argv, each in its own folder below this one; `name` is then that of the stage.
  std::vector<Job> stages;
};

// Many jobs that are submitted as one: the trials of a search.
struct JobArray {
  std::string name;
  std::string run;               // of the search
  std::filesystem::path folder;  // for what belongs to all of them
  std::vector<Job> jobs;         // numbered from 1
  std::int64_t at_once = 1;
};

enum class JobPhase {
  waiting,
  running,
  over,
  unknown,  // the cluster answers, and has no such job
  unheard   // the cluster does not answer: nothing is known
};
enum class JobEnd { completed, failed, cancelled, out_of_time, out_of_memory, preempted, lost };
struct JobState {
  JobPhase phase = JobPhase::unheard;
  JobEnd end = JobEnd::failed;  // of one that is over, as far as the cluster can tell
  std::string word;             // as the cluster says it: "PENDING", "TIMEOUT"
  std::string reason;           // the same: "Resources"; of one that is unheard, why
};

class Cluster {
 public:
  virtual ~Cluster() = default;

  // What is submitted, as a person would write it: a batch script, or a manifest in YAML.
  [[nodiscard]] virtual std::string description(const Job& job) const = 0;
  // The job's id. Error{not_found} when the cluster's command is not there, Error{refused} when it does not take the
  // job, Error{unavailable} when it does not answer: then nobody knows whether it has the job, and find() tells.
  virtual std::string submit(const Job& job) = 0;
  // The ids, in order. Error{usage} where arrays are not known.
  virtual std::vector<std::string> submit(const JobArray& array) = 0;
  // The id of the job with this name; nullopt when there is none. Error{unavailable} when the cluster doesn't answer.
  virtual std::optional<std::string> find(const std::string& name) = 0;
  // Of each id.
  virtual std::map<std::string, JobState> states(const std::vector<std::string>& ids) = 0;
  // Asks it to end. Error{unavailable} when the cluster doesn't answer.
  virtual void stop(const std::string& id, bool at_once) = 0;
  // Brings the log file in the folder up to date, where the cluster does not write it itself.
  virtual void fetch_log(const std::string& id, const std::filesystem::path& folder) = 0;
  // Forgets a job that is over and collected, where the cluster would keep it.
  virtual void let_go(const std::string& id) = 0;
};
// Error{usage} for a kind that takes no jobs.
std::unique_ptr<Cluster> open_cluster(const Profile& profile);

// What a job left in its folder.
struct JobAttempt {
  std::optional<int> exit_code;  // nullopt: it was lost with its machine
  std::string how;               // "", "limit", "terminated", "timeout", "setup"
  std::int64_t seconds = 0;
  std::string host;
};
struct JobResult {
  bool is_over = false;  // its last act: nothing of it runs any more, and the cluster need not be asked
  int exit_code = 0;
  std::string how;  // as of its last attempt
  std::vector<JobAttempt> attempts;
  Json environment;  // of the machine it ran on; null when it did not tell
  std::optional<Timestamp> began;
  std::optional<Timestamp> ended;  // its last attempt
  // Of a stage that is done: the SHA-256 of each file that it wrote, by its absolute path, where the node could tell.
  std::optional<std::map<std::string, Digest>> files;
};
// Of a job, or of one stage of it.
JobResult read_job_result(const std::filesystem::path& folder);
// Before it is submitted once more.
void forget_job_result(const std::filesystem::path& folder);

}  // namespace mlops::runners
