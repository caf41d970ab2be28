#include <mlops/runners/cluster.hpp>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>
#include <mlops/support/time.hpp>

#include "clusters.hpp"

namespace mlops::runners {

namespace {

constexpr std::int64_t most_seconds = 366LL * 24 * 3600;

[[noreturn]] void refuse_value(const Profile& profile, std::string_view key, std::string_view wanted) {
  throw Error{ErrorKind::usage,
              fmt::format("setting `profile.{}.{}` can't be `{}`", profile.name, key, printable(profile.text(key))),
              {fmt::format("it takes {}", wanted)}};
}

}  // namespace

const std::vector<std::string>& profile_kinds() {
  static const std::vector<std::string> kinds{"local", "slurm", "kubernetes"};
  return kinds;
}

const std::vector<ProfileKey>& profile_keys() {
  static const std::vector<ProfileKey> keys{
      {"kind", "", "what sort of machine: local, slurm or kubernetes"},
      {"folder", "",
       "where runs have their folders, under the same path for those that run them (empty: `jobs` in the "
       "registry)"},
      {"time", "", "wall time of a job, such as 4h; longer trainings go on from their checkpoints"},
      {"notice", "slurm", "how long before the end of its time a job is told (120s)"},
      {"requeue", "", "how often a job goes on after its time was up, or its node was lost (3)"},
      {"account", "slurm", "whom the job is counted for"},
      {"partition", "slurm", "which machines may take it"},
      {"qos", "slurm", "its quality of service"},
      {"gres", "slurm", "what a GPU is called there (gpu), such as gpu:a100"},
      {"sbatch", "slurm", "more arguments of sbatch"},
      {"before", "", "a line for the shell before the training, such as `module load cuda`"},
      {"context", "kubernetes", "of kubectl"},
      {"namespace", "kubernetes", "of the job"},
      {"image", "kubernetes", "what the container runs, best by digest"},
      {"claim", "kubernetes", "the volume claim that holds the folder"},
      {"mount", "kubernetes", "where that volume is seen (empty: the folder)"},
      {"secret", "kubernetes", "the secret that holds the variables the recipe names as secrets"},
      {"service_account", "kubernetes", "under which the job runs"},
      {"user", "kubernetes", "as whom the pod runs, such as 1000:1000; it must be able to write the folder"},
      {"gpu", "kubernetes", "the resource that a GPU is (nvidia.com/gpu)"},
      {"keep", "kubernetes", "how long Kubernetes keeps a job that is over (7d)"},
  };
  return keys;
}

std::optional<std::string> Profile::find(std::string_view key) const {
  const auto found = values.find(std::string{key});
  return found == values.end() || found->second.empty() ? std::nullopt : std::optional{found->second};
}

std::string Profile::text(std::string_view key) const { return find(key).value_or(""); }

std::optional<std::int64_t> Profile::number(std::string_view key) const {
  const auto value = find(key);
  if (!value) return std::nullopt;
  constexpr std::int64_t most = 1'000'000;
  const auto number = parse_integer(*value);
  if (!number || *number < 0 || *number > most) refuse_value(*this, key, "a whole number");
  return number;
}

std::optional<std::int64_t> Profile::seconds(std::string_view key) const {
  const auto value = find(key);
  if (!value) return std::nullopt;
  const auto span = parse_time_span(*value);
  if (!span || *span < 1000 || *span / 1000 > most_seconds) {
    refuse_value(*this, key, "a span of time such as 90s, 30m, 4h or 2d");
  }
  return *span / 1000;
}

std::vector<std::string> Profile::words(std::string_view key) const {
  const auto value = find(key);
  if (!value) return {};
  std::vector<std::string> words;
  if (value->starts_with('[')) {
    const Json list = parse_json(*value, fmt::format("profile.{}.{}", name, key));
    for (const Json& word : list.as_array()) {
      if (!word.is_string()) refuse_value(*this, key, "a list of texts");
      words.push_back(word.as_string());
    }
    return words;
  }
  words = split(*value, ' ');
  std::erase(words, "");
  return words;
}

std::unique_ptr<Cluster> open_cluster(const Profile& profile) {
  if (profile.kind == "slurm") return open_slurm(profile);
  if (profile.kind == "kubernetes") return open_kubernetes(profile);
  throw Error{ErrorKind::usage, fmt::format("a machine of kind `{}` takes no jobs", printable(profile.kind))};
}

}  // namespace mlops::runners
