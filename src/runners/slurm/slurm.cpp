#include <chrono>

#include <fmt/format.h>

#include <mlops/runners/cluster.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/process.hpp>
#include <mlops/support/text.hpp>

#include "clusters.hpp"
#include "job_script.hpp"
#include "slurm/batch.hpp"
#include "slurm/states.hpp"

namespace mlops::runners {

namespace fs = std::filesystem;

namespace {

constexpr auto longest_answer = std::chrono::seconds{60};
constexpr std::size_t ids_at_once = 400;

// What Slurm prints on stderr, in one line.
std::string complaint(const CapturedOutput& output) {
  std::string text{trim(output.err)};
  for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n')) text.replace(at, 1, "; ");
  if (output.result.timed_out) text = "it did not answer in time";
  return text.empty() ? fmt::format("it ended with {}", output.result.exit_code) : printable(text);
}

// The controller is away, which says nothing of the job.
bool is_away(const CapturedOutput& output) {
  if (output.result.timed_out) return true;
  for (const char* const word :
       {"Unable to contact slurm controller", "Socket timed out", "Connection refused", "Connection timed out",
        "Communication connection failure", "Zero Bytes were transmitted", "in standby mode", "Slurm backup controller",
        "Munge communication"}) {
    if (output.err.find(word) != std::string::npos) return true;
  }
  return false;
}

std::string plain_id(const std::string& id) { return id.substr(0, id.find(';')); }

// Jobs of a federation are asked for at their own cluster.
std::vector<std::string> with_cluster(std::vector<std::string> argv, const std::string& id) {
  if (const auto at = id.find(';'); at != std::string::npos) argv.push_back("--clusters=" + id.substr(at + 1));
  return argv;
}

class Slurm final : public Cluster {
 public:
  explicit Slurm(Profile profile) : profile_{std::move(profile)} {}

  std::string description(const Job& job) const override { return batch_script(profile_, job); }

  std::string submit(const Job& job) override {
    const fs::path script = job_folder(job.folder) / "sbatch.sh";
    return submit_script(script, batch_script(profile_, job));
  }

  std::vector<std::string> submit(const JobArray& array) override {
    for (const Job& job : array.jobs) {
      make_directories(job_folder(job.folder));
      write_file_atomic(job_folder(job.folder) / "task.sh", task_script(profile_, job));
    }
    const std::string id = submit_script(array.folder / "sbatch.sh", array_script(profile_, array));
    std::vector<std::string> ids;
    for (std::size_t task = 1; task <= array.jobs.size(); ++task) ids.push_back(task_id(id, task));
    return ids;
  }

  std::optional<std::string> find(const std::string& name) override {
    const CapturedOutput output = run({"squeue", "--noheader", "--states=all", "--name=" + name, "--format=%F|%T|%r"});
    if (output.result.exit_code != 0) throw away("squeue", output);
    const auto states = states_in_squeue(output.out);
    return states.empty() ? std::nullopt : std::optional{states.begin()->first};
  }

  std::map<std::string, JobState> states(const std::vector<std::string>& ids) override {
    std::map<std::string, JobState> states;
    for (std::size_t begin = 0; begin < ids.size(); begin += ids_at_once) {
      const auto from = ids.begin() + static_cast<std::ptrdiff_t>(begin);
      const auto count = std::min(ids_at_once, ids.size() - begin);
      ask({from, from + static_cast<std::ptrdiff_t>(count)}, states);
    }
    return states;
  }

  void stop(const std::string& id, bool at_once) override {
    if (at_once) run(with_cluster({"scancel", "--full", "--signal=KILL", plain_id(id)}, id));
    const CapturedOutput output = run(with_cluster({"scancel", plain_id(id)}, id));
    if (output.result.exit_code == 0 || says_no_such_job(output.err)) return;
    if (is_away(output)) throw away("scancel", output);
    throw Error{ErrorKind::refused, fmt::format("scancel could not end job {}: {}", plain_id(id), complaint(output))};
  }

  void fetch_log(const std::string&, const fs::path&) override {}  // Slurm writes it
  void let_go(const std::string&) override {}

 private:
  static std::string task_id(const std::string& id, std::size_t task) {
    const std::string cluster = id.substr(plain_id(id).size());
    return fmt::format("{}_{}{}", plain_id(id), task, cluster);
  }

  static CapturedOutput run(std::vector<std::string> argv) {
    const std::string command = argv.front();
    try {
      // What it says is read, so it must say it in English; and its times must not depend on a person's taste.
      return capture_process({.argv = std::move(argv),
                              .environment = {{"LC_ALL", "C"}, {"SLURM_TIME_FORMAT", "standard"}},
                              .timeout = longest_answer});
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::not_found) throw;
      throw Error{ErrorKind::not_found,
                  fmt::format("`{}` is not here, so there is no Slurm to talk to", command),
                  {"run this on a login node of the cluster, or where its Slurm commands are in PATH",
                   "`--on local` trains on this machine"}};
    }
  }

  static Error away(std::string_view command, const CapturedOutput& output) {
    return Error{ErrorKind::unavailable,
                 fmt::format("Slurm does not answer ({}: {})", command, complaint(output)),
                 {"`scontrol ping` tells whether its controller is up"}};
  }

  // The environment may say the same as the script, and would win.
  static std::vector<std::string> sbatch_command(const fs::path& script) {
    std::vector<std::string> argv{"env"};
    for (const char* const name :
         {"SBATCH_ARRAY_INX", "SBATCH_EXPORT", "SBATCH_JOB_NAME", "SBATCH_MEM_PER_CPU", "SBATCH_MEM_PER_NODE",
          "SBATCH_NO_REQUEUE", "SBATCH_OPEN_MODE", "SBATCH_OUTPUT", "SBATCH_ERROR", "SBATCH_REQUEUE", "SBATCH_SIGNAL",
          "SBATCH_TIMELIMIT", "SBATCH_WAIT", "SBATCH_WAIT_ALL_NODES"}) {
      argv.insert(argv.end(), {"-u", name});
    }
    argv.insert(argv.end(), {"sbatch", "--parsable", script.string()});
    return argv;
  }

  static std::string submit_script(const fs::path& script, const std::string& text) {
    make_directories(script.parent_path());
    write_file_atomic(script, text);
    if (!find_executable("sbatch")) run({"sbatch", "--version"});  // which says what is missing
    const CapturedOutput output = run(sbatch_command(script));
    if (output.result.exit_code != 0) {
      if (is_away(output)) throw away("sbatch", output);
      throw Error{ErrorKind::refused,
                  fmt::format("Slurm does not take the job: {}", complaint(output)),
                  {"account, partition, qos and more arguments of sbatch are settings of the profile",
                   "`mlops help clusters` tells which", fmt::format("what was submitted: {}", script.string())}};
    }
    // Before it, sbatch may print what the site wants to say.
    const std::vector<std::string> lines = split(trim(output.out), '\n');
    const std::string id{trim(lines.back())};
    if (!parse_integer(plain_id(id)))
      throw Error{ErrorKind::failed, fmt::format("sbatch printed no job id, but `{}`", printable(output.out))};
    return id;
  }

  // Not to be heard of is no state: what one command does not know, or does not say, the next one may.
  void ask(const std::vector<std::string>& ids, std::map<std::string, JobState>& states) {
    std::map<std::string, std::vector<std::string>> by_cluster;
    for (const std::string& id : ids) by_cluster[id.substr(plain_id(id).size())].push_back(id);
    for (const auto& [cluster, members] : by_cluster) ask_cluster(members, states);
  }

  void ask_cluster(const std::vector<std::string>& ids, std::map<std::string, JobState>& states) {
    std::string list;
    for (const std::string& id : ids) list += (list.empty() ? "" : ",") + plain_id(id);
    const CapturedOutput queue = run(with_cluster(
        {"squeue", "--noheader", "--array", "--states=all", "--jobs=" + list, "--format=%i|%T|%r"}, ids.front()));
    const bool queue_answers = queue.result.exit_code == 0 || says_no_such_job(queue.err);
    const auto queued = states_in_squeue(queue.out);
    std::map<std::string, JobState> accounted;
    bool asked_accounts = false;
    for (const std::string& id : ids) {
      JobState& state = states[id];
      if (take(queued, id, state)) continue;
      if (!asked_accounts) accounted = ask_accounts(list, ids.front());
      asked_accounts = true;
      if (take(accounted, id, state)) continue;
      state = ask_controller(id);
      if (state.phase == JobPhase::unheard && queue_answers && state.reason.empty()) state.phase = JobPhase::unknown;
      if (state.phase == JobPhase::unheard && state.reason.empty()) state.reason = complaint(queue);
    }
  }

  static bool take(const std::map<std::string, JobState>& told, const std::string& id, JobState& state) {
    const auto found = told.find(plain_id(id));
    if (found == told.end() || found->second.phase == JobPhase::unheard) return false;
    state = found->second;
    return true;
  }

  // Many clusters have no accounting, or let nobody ask it.
  static std::map<std::string, JobState> ask_accounts(const std::string& list, const std::string& id) {
    if (!find_executable("sacct")) return {};
    const CapturedOutput output = run(with_cluster(
        {"sacct", "--noheader", "--allocations", "--parsable2", "--format=JobID,State", "--jobs=" + list}, id));
    return output.result.exit_code == 0 ? states_in_sacct(output.out) : std::map<std::string, JobState>{};
  }

  static JobState ask_controller(const std::string& id) {
    const CapturedOutput output = run(with_cluster({"scontrol", "show", "job", "--oneliner", plain_id(id)}, id));
    JobState state;
    if (take(states_in_scontrol(output.out), id, state)) return state;
    if (says_no_such_job(output.err)) return {.phase = JobPhase::unknown, .end = {}, .word = "", .reason = ""};
    return {.phase = JobPhase::unheard, .end = {}, .word = "", .reason = complaint(output)};
  }

  Profile profile_;
};

}  // namespace

std::unique_ptr<Cluster> open_slurm(const Profile& profile) { return std::make_unique<Slurm>(profile); }

}  // namespace mlops::runners
