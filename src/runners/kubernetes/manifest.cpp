#include "kubernetes/manifest.hpp"

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "job_script.hpp"

namespace mlops::runners {

namespace {

constexpr std::int64_t default_backoff = 3;
constexpr std::int64_t default_keep_seconds = std::int64_t{7} * 24 * 3600;
constexpr std::int64_t grace_seconds = 120;
// Of a container that was killed, and of a script that was asked to end: those begin again.
constexpr std::int64_t exit_killed = 137;
constexpr std::int64_t exit_terminated = 143;

std::string required(const Profile& profile, std::string_view key, std::string_view why) {
  if (auto value = profile.find(key)) return *value;
  throw Error{ErrorKind::usage,
              fmt::format("the profile `{}` has no `{}`, {}", printable(profile.name), key, why),
              {fmt::format("`mlops config set profile.{}.{} VALUE`", printable(profile.name), key)}};
}

// Kubernetes puts variables in the place of $(NAME), and one $ in that of two.
std::string without_expansion(std::string_view script) {
  std::string text;
  for (std::size_t i = 0; i < script.size(); ++i) {
    const bool is_special = script[i] == '$' && i + 1 < script.size() && (script[i + 1] == '$' || script[i + 1] == '(');
    if (!is_special) {
      text += script[i];
      continue;
    }
    text += "$$";
    if (script[i + 1] == '$') {
      text += "$$";
      ++i;
    }
  }
  return text;
}

Json texts(const std::vector<std::string>& words) {
  Json array = Json::array();
  for (const std::string& word : words) array.push_back(word);
  return array;
}

Json labels(const Job& job) {
  return Json::object({{"app.kubernetes.io/managed-by", "mlops"}, {"mlops/run", job.run}});
}

// What is asked for is also the most: a training that takes more ends, and not its neighbour.
Json resources(const Profile& profile, const Job& job) {
  Json requests = Json::object();
  Json limits = Json::object();
  if (job.cpus) requests.set("cpu", fmt::format("{:g}", *job.cpus));
  if (job.memory_bytes) {
    requests.set("memory", std::to_string(*job.memory_bytes));
    limits.set("memory", std::to_string(*job.memory_bytes));
  }
  if (job.gpus && *job.gpus > 0) limits.set(profile.find("gpu").value_or("nvidia.com/gpu"), std::to_string(*job.gpus));
  Json both = Json::object();
  if (!requests.as_object().empty()) both.set("requests", requests);
  if (!limits.as_object().empty()) both.set("limits", limits);
  return both;
}

Json container(const Profile& profile, const Job& job) {
  const std::string before = profile.find("before") ? profile.text("before") + "\n" : std::string{};
  const std::string script = before + job_script(job, {.writes_log = false, .requeue = "", .requeues = 0});
  const std::string folder = required(profile, "folder", "the folder that the volume holds");
  Json container = Json::object(
      {{"name", "training"},
       {"image", required(profile, "image", "which container the training runs in")},
       {"command", texts({"/bin/sh", "-c", without_expansion(script)})},
       {"volumeMounts",
        Json{Json::Array{Json::object({{"name", "shared"}, {"mountPath", profile.find("mount").value_or(folder)}})}}}});
  if (const Json needs = resources(profile, job); !needs.as_object().empty()) container.set("resources", needs);
  if (!job.secrets.empty()) {
    const std::string secret = required(profile, "secret", "and the recipe names secrets");
    container.set("envFrom", Json{Json::Array{Json::object({{"secretRef", Json::object({{"name", secret}})}})}});
  }
  return container;
}

// "1000" or "1000:1000"
Json pod_user(const Profile& profile, const std::string& user) {
  const std::vector<std::string> ids = split(user, ':');
  const auto uid = parse_integer(ids.front());
  const auto gid = ids.size() == 2 ? parse_integer(ids.back()) : uid;
  if (!uid || !gid || *uid < 0 || *gid < 0 || ids.size() > 2) {
    throw Error{ErrorKind::usage, fmt::format("`user` of profile `{}` is a number, or two such as 1000:1000, not `{}`",
                                              printable(profile.name), printable(user))};
  }
  return Json::object({{"runAsUser", *uid}, {"runAsGroup", *gid}});
}

Json pod(const Profile& profile, const Job& job) {
  const std::string claim = required(profile, "claim", "the volume claim that holds the folder of runs");
  Json spec = Json::object(
      {{"restartPolicy", "Never"},
       {"terminationGracePeriodSeconds", grace_seconds},
       {"containers", Json{Json::Array{container(profile, job)}}},
       {"volumes", Json{Json::Array{Json::object(
                       {{"name", "shared"}, {"persistentVolumeClaim", Json::object({{"claimName", claim}})}})}}}});
  if (const auto user = profile.find("user")) spec.set("securityContext", pod_user(profile, *user));
  if (const auto account = profile.find("service_account")) spec.set("serviceAccountName", *account);
  return Json::object({{"metadata", Json::object({{"labels", labels(job)}})}, {"spec", spec}});
}

// A pod that its node or a person took away begins again without being counted; one whose training has said its last
// word does not.
Json failure_policy() {
  const Json disrupted = Json::object(
      {{"action", "Ignore"},
       {"onPodConditions", Json{Json::Array{Json::object({{"type", "DisruptionTarget"}, {"status", "True"}})}}}});
  const Json ended = Json::object(
      {{"action", "FailJob"},
       {"onExitCodes",
        Json::object({{"containerName", "training"},
                      {"operator", "NotIn"},
                      {"values", Json{Json::Array{Json{0}, Json{exit_killed}, Json{exit_terminated}}}}})}});
  return Json::object({{"rules", Json{Json::Array{disrupted, ended}}}});
}

std::optional<std::int64_t> deadline(const Profile& profile, const Job& job) {
  constexpr std::int64_t spare = 600;  // until there is room, and the image is there
  if (const auto given = profile.seconds("time")) return given;
  if (!job.timeout_seconds) return std::nullopt;
  return *longest_work(job) + spare;
}

}  // namespace

Json job_manifest(const Profile& profile, const Job& job) {
  Json metadata = Json::object({{"name", job.name}, {"labels", labels(job)}});
  if (const auto space = profile.find("namespace")) metadata.set("namespace", *space);
  if (!job.model.empty()) metadata.set("annotations", Json::object({{"mlops/model", job.model}}));
  Json spec = Json::object({{"backoffLimit", profile.number("requeue").value_or(default_backoff)},
                            {"podReplacementPolicy", "Failed"},
                            {"ttlSecondsAfterFinished", profile.seconds("keep").value_or(default_keep_seconds)},
                            {"podFailurePolicy", failure_policy()},
                            {"template", pod(profile, job)}});
  if (const auto seconds = deadline(profile, job)) spec.set("activeDeadlineSeconds", *seconds);
  return Json::object({{"apiVersion", "batch/v1"}, {"kind", "Job"}, {"metadata", metadata}, {"spec", spec}});
}

}  // namespace mlops::runners
