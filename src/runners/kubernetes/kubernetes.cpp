#include <algorithm>
#include <cerrno>
#include <chrono>
#include <span>

#include <fcntl.h>
#include <sys/file.h>

#include <fmt/format.h>

#include <mlops/runners/cluster.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/process.hpp>
#include <mlops/support/text.hpp>

#include "clusters.hpp"
#include "job_script.hpp"
#include "kubernetes/answers.hpp"
#include "kubernetes/manifest.hpp"
#include "kubernetes/yaml.hpp"

namespace mlops::runners {

namespace fs = std::filesystem;

namespace {

constexpr auto longest_reply = std::chrono::seconds{60};
constexpr std::size_t largest_log_part = 256u << 20;

std::string kubectl_complaint(const CapturedOutput& output) {
  std::string text{trim(output.err)};
  for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n')) text.replace(at, 1, "; ");
  if (output.result.timed_out) text = "it did not answer in time";
  return text.empty() ? fmt::format("it ended with {}", output.result.exit_code) : printable(text);
}

bool says_not_found(const CapturedOutput& output) { return output.err.find("(NotFound)") != std::string::npos; }

// The server is away, which says nothing of the job.
bool is_server_away(const CapturedOutput& output) {
  if (output.result.timed_out) return true;
  for (const char* const word :
       {"Unable to connect to the server", "The connection to the server", "connection refused", "i/o timeout",
        "TLS handshake timeout", "no route to host", "(ServiceUnavailable)", "(Timeout)", "(TooManyRequests)",
        "(InternalError)", "etcdserver"}) {
    if (output.err.find(word) != std::string::npos) return true;
  }
  return false;
}

LogMark read_mark(const fs::path& file) {
  try {
    const std::vector<std::string> words = split(trim(read_file(file, 1024)), ' ');
    if (words.size() != 2) return {};
    return {.time = words[0],
            .lines = static_cast<std::size_t>(std::max<std::int64_t>(0, parse_integer(words[1]).value_or(0)))};
  } catch (const Error&) {
    return {};
  }
}

void append_text(const fs::path& file, std::string_view text) {
  const FileDescriptor to{::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (!to.valid()) throw system_error("can't write", file.string(), errno);
  write_all(to.get(), std::as_bytes(std::span{text}), file);
}

// Several may look at the log at the same time, and each line must come into it once.
FileDescriptor lock_log(const fs::path& folder) {
  const fs::path file = job_folder(folder) / "log.lock";
  make_directories(file.parent_path());
  FileDescriptor lock{::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (!lock.valid() || ::flock(lock.get(), LOCK_EX) != 0) throw system_error("can't lock", file.string(), errno);
  return lock;
}

class Kubernetes final : public Cluster {
 public:
  explicit Kubernetes(Profile profile) : profile_{std::move(profile)} {}

  std::string description(const Job& job) const override { return yaml_text(job_manifest(profile_, job)); }

  std::string submit(const Job& job) override {
    const fs::path file = job_folder(job.folder) / "manifest.json";
    make_directories(file.parent_path());
    write_file_atomic(file, to_text(job_manifest(profile_, job)) + "\n");
    const CapturedOutput output = run({"create", "--filename", file.string(), "--output", "name"});
    if (output.result.exit_code == 0) return job.name;
    // Its name is no other job's.
    if (output.err.find("(AlreadyExists)") != std::string::npos) return job.name;
    if (is_server_away(output)) throw away(output);
    throw Error{ErrorKind::refused,
                fmt::format("Kubernetes does not take the job: {}", kubectl_complaint(output)),
                {"namespace, image, claim and service_account are settings of the profile",
                 fmt::format("what was submitted: {}", file.string())}};
  }

  std::vector<std::string> submit(const JobArray&) override {
    throw Error{ErrorKind::usage, "a search can't be run on Kubernetes yet", {"`--on slurm` and `--on local` can"}};
  }

  std::optional<std::string> find(const std::string& name) override {
    const CapturedOutput output = run({"get", "job", name, "--output", "name"});
    if (output.result.exit_code == 0) return name;
    if (says_not_found(output)) return std::nullopt;
    throw away(output);
  }

  std::map<std::string, JobState> states(const std::vector<std::string>& ids) override {
    std::vector<std::string> words{"get", "job", "--ignore-not-found", "--output", "json"};
    words.insert(words.end(), ids.begin(), ids.end());
    const CapturedOutput output = run(words);
    std::map<std::string, JobState> told;
    std::string reason = output.result.exit_code == 0 ? std::string{} : kubectl_complaint(output);
    try {
      if (reason.empty() && !trim(output.out).empty()) told = states_of_jobs(parse_json(output.out, "kubectl"));
    } catch (const Error& error) {
      reason = error.message();
    }
    std::map<std::string, JobState> states;
    for (const std::string& id : ids) {
      const auto found = told.find(id);
      JobState& state = states[id];
      if (found != told.end()) {
        state = found->second;
        if (state.phase == JobPhase::waiting) state.reason = trouble_of(id);
      } else {
        state.phase = reason.empty() ? JobPhase::unknown : JobPhase::unheard;
        state.reason = reason;
      }
    }
    return states;
  }

  // A suspended job has no pods and keeps its log and its name until it is taken in.
  void stop(const std::string& id, bool at_once) override {
    const CapturedOutput output =
        run({"patch", "job", id, "--type", "merge", "--patch", R"({"spec":{"suspend":true}})"});
    if (output.result.exit_code != 0 && !says_not_found(output)) {
      if (is_server_away(output)) throw away(output);
      throw Error{ErrorKind::refused, fmt::format("kubectl could not end job {}: {}", id, kubectl_complaint(output))};
    }
    if (at_once)
      run({"delete", "pods", "--selector", "job-name=" + id, "--grace-period", "0", "--force", "--wait=false"});
  }

  // `kubectl logs --follow` ends when a log is rotated or a connection idles, and says nothing of it: so it is asked
  // again and again for what came since.
  void fetch_log(const std::string& id, const fs::path& folder) override {
    const FileDescriptor alone = lock_log(folder);
    for (const std::string& pod : pods_by_age(pods_of(id))) {
      const fs::path mark_file = job_folder(folder) / ("log-" + pod);
      LogMark mark = read_mark(mark_file);
      std::vector<std::string> words{"logs", pod, "--container", "training", "--timestamps"};
      constexpr std::size_t seconds_length = 19;
      if (!mark.time.empty()) words.insert(words.end(), {"--since-time", mark.time.substr(0, seconds_length) + "Z"});
      const CapturedOutput output = run(words);
      if (output.result.exit_code != 0) continue;  // it has not begun, or is gone
      const std::string text = new_log_lines(output.out, mark);
      if (text.empty()) continue;
      append_text(folder / "log", text);
      make_directories(mark_file.parent_path());
      write_file_atomic(mark_file, fmt::format("{} {}\n", mark.time, mark.lines));
    }
  }

  void let_go(const std::string& id) override {
    run({"delete", "job", id, "--ignore-not-found", "--wait=false", "--cascade=background"});
  }

 private:
  CapturedOutput run(std::vector<std::string> words) const {
    std::vector<std::string> argv{"kubectl"};
    if (const auto context = profile_.find("context")) argv.insert(argv.end(), {"--context", *context});
    if (const auto space = profile_.find("namespace")) argv.insert(argv.end(), {"--namespace", *space});
    argv.insert(argv.end(), words.begin(), words.end());
    try {
      return capture_process({.argv = std::move(argv), .environment = {{"LC_ALL", "C"}}, .timeout = longest_reply},
                             largest_log_part);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::not_found) throw;
      throw Error{ErrorKind::not_found,
                  "`kubectl` is not here, so there is no Kubernetes to talk to",
                  {"install kubectl, and put it into PATH", "`--on local` trains on this machine"}};
    }
  }

  static Error away(const CapturedOutput& output) {
    return Error{ErrorKind::unavailable,
                 fmt::format("Kubernetes does not answer: {}", kubectl_complaint(output)),
                 {"`kubectl cluster-info` tells whether it is up"}};
  }

  [[nodiscard]] Json pods_of(const std::string& id) const {
    const CapturedOutput output = run({"get", "pods", "--selector", "job-name=" + id, "--output", "json"});
    Json no_pods = Json::object({{"items", Json::array()}});
    if (output.result.exit_code != 0) return no_pods;
    try {
      return parse_json(output.out, "kubectl");
    } catch (const Error&) {
      return no_pods;  // what can't be read is no answer
    }
  }

  [[nodiscard]] std::string trouble_of(const std::string& id) const { return trouble_of_pods(pods_of(id)); }

  Profile profile_;
};

}  // namespace

std::unique_ptr<Cluster> open_kubernetes(const Profile& profile) { return std::make_unique<Kubernetes>(profile); }

}  // namespace mlops::runners
