// Makes a registry as large as a busy team has after years, through the interface that every command uses.
//
//   generate_registry FOLDER MODELS VERSIONS       MODELS models with VERSIONS versions each, in FOLDER/registry.db
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include <mlops/artifacts/artifacts.hpp>
#include <mlops/domain/files.hpp>
#include <mlops/store/store.hpp>
#include <mlops/support/digest.hpp>
#include <mlops/support/error.hpp>

namespace {

namespace fs = std::filesystem;
using namespace mlops;

constexpr std::int64_t versions_per_transaction = 5000;
constexpr std::int64_t versions_per_run = 10;
constexpr std::int64_t versions_per_staging = 20;
constexpr std::int64_t versions_per_promotion = 100;
constexpr std::int64_t versions_per_dataset = 250;
constexpr std::int64_t batches_per_holder = 3;
constexpr int columns_per_batch = 20;

// 2026-01-01T00:00:00Z (date -u -d 2026-01-01 +%s), and a version a minute after it.
Timestamp time_of(std::int64_t version) { return {(1767225600 + 60 * version) * 1000}; }

std::string commit_of(std::int64_t version) {
  return sha256(fmt::format("commit {}", version / 3)).hex().substr(0, 40);
}

domain::GitState git_of(std::int64_t version) {
  domain::GitState git;
  git.commit = commit_of(version);
  git.branch = "main";
  git.remote = "https://git.example.org/team/models.git";
  return git;
}

// Figures that look measured and are the same in every registry: digits of the name's digest.
double figure(std::string_view name, std::int64_t version) {
  const auto bytes = sha256(fmt::format("{} {}", name, version)).bytes();
  return (bytes[0] * 256 + bytes[1]) / 65536.0;
}

class Generator {
 public:
  Generator(const fs::path& folder, std::int64_t versions) : versions_{versions} {
    const std::string url = "sqlite:" + (folder / "registry.db").string();
    store::create_store(url);
    store_ = store::open_store({.url = url, .for_writing = true});
    // One object stands for the bytes of all versions: they differ in the name of their file, and so in their digests.
    object_ = artifacts::open_local_store(folder)->put_bytes(std::string(100'000, 'm'));
  }

  void add_model(std::int64_t model_index) {
    const std::string model = fmt::format("team-{}/model-{:04}", model_index % 10, model_index);
    production_.reset();
    staging_.reset();
    for (std::int64_t first = 1; first <= versions_; first += versions_per_transaction) {
      const auto write = begin(model_index * versions_ + first);
      write->ensure_model(model);
      for (std::int64_t number = first; number < first + versions_per_transaction && number <= versions_; ++number) {
        add_version(*write, model, model_index, number);
      }
      if (first + versions_per_transaction > versions_) write->set_alias(model, "champion", versions_ / 2 + 1);
      if (first + versions_per_transaction > versions_ && staging_) add_batches(*write, {model, *staging_});
      write->commit();
    }
  }

 private:
  std::unique_ptr<store::WriteTransaction> begin(std::int64_t version) {
    return store_->write(
        {.actor = "Ada <ada@example.org>", .host = "build-1", .command = "register", .ci_url = std::nullopt},
        time_of(version));
  }

  void add_version(store::WriteTransaction& write, const std::string& model, std::int64_t model_index,
                   std::int64_t number) {
    const std::int64_t index = model_index * versions_ + number;
    if (number % versions_per_dataset == 1) add_dataset(write, index);
    const std::vector<domain::FileEntry> files{{.path = fmt::format("model-{}.bin", index),
                                                .digest = object_.digest,
                                                .size = object_.size,
                                                .executable = false}};
    domain::Version version;
    version.id.model = model;
    version.digest = domain::make_manifest(files, domain::Content::model).digest;
    version.message = fmt::format("training {}", index);
    version.metrics = {{"accuracy", figure("accuracy", index)}, {"auc", figure("auc", index)}, {"latency_ms", 12.5}};
    version.params = {{"lr", Json{0.001 * static_cast<double>(index % 7)}}, {"solver", Json{"adam"}}};
    version.data = {data_};
    if (number > 1) version.parent = domain::VersionId{model, number - 1};
    if (number % versions_per_run == 0) version.run = add_run(write, version, index);
    version.git = git_of(index);
    version.id = write.add_version(version, files).id;
    write.set_tags(version.id, {{"team", index % 3 == 0 ? "risk" : "growth"}});
    if (number % versions_per_staging == 0) change_stage(write, version.id, "staging", staging_);
    if (number % versions_per_promotion == 0) change_stage(write, version.id, "production", production_);
  }

  void add_dataset(store::WriteTransaction& write, std::int64_t index) {
    const std::vector<domain::FileEntry> files{{.path = fmt::format("train-{}.csv", index),
                                                .digest = object_.digest,
                                                .size = object_.size,
                                                .executable = false}};
    domain::Dataset dataset;
    dataset.name = "train";
    dataset.digest = domain::dataset_digest(files);
    dataset.rows = 1000;
    dataset.columns = {{"age", "integer"}, {"income", "number"}};
    dataset.source = "data/train.csv";
    dataset = write.add_dataset(dataset, files);
    data_ = {.role = "train", .dataset = dataset.name, .number = dataset.number, .digest = dataset.digest};
  }

  static void add_batches(store::WriteTransaction& write, const domain::VersionId& version) {
    for (std::int64_t day = 1; day <= batches_per_holder; ++day) {
      domain::Batch batch;
      batch.version = version;
      batch.source = fmt::format("day-{}.csv", day);
      batch.content = sha256(fmt::format("{} {}", version.text(), day));
      batch.rows = 10'000;
      batch.figures = {{"drift.share", 0.1}, {"drift.psi", 0.05}, {"missing.share", 0.01}};
      for (int column = 0; column < columns_per_batch; ++column)
        batch.figures.emplace(fmt::format("drift.column_{}.psi", column), 0.001 * column);
      batch.at = time_of(day);
      write.add_batch(batch, {});
    }
  }

  static std::int64_t add_run(store::WriteTransaction& write, const domain::Version& version, std::int64_t index) {
    domain::Run run;
    run.model = version.id.model;
    run.parent = version.parent;
    run.command = {"python3", "train.py"};
    run.inputs = version.data;
    run.params = version.params;
    run.environment = Json::object({{"python", "3.11.2"}});
    run.git = git_of(index);
    run.host = "build-1";
    run = write.start_run(run);
    run.status = domain::RunStatus::succeeded;
    run.exit_code = 0;
    run.metrics = version.metrics;
    run.ended_at = time_of(index);
    write.finish_run(run);
    return run.number;
  }

  static void change_stage(store::WriteTransaction& write, const domain::VersionId& id, const std::string& stage,
                           std::optional<std::int64_t>& holder) {
    domain::Verdict verdict;
    verdict.version = id;
    verdict.stage = stage;
    verdict.result = domain::VerdictResult::passed;
    verdict.evidence.push_back({.check = "artifacts.intact",
                                .result = domain::CheckResult::passed,
                                .wanted = "intact files",
                                .found = "1 of 1",
                                .reason = "",
                                .figures = {},
                                .duration_ms = 1});
    verdict.policy_source = "built-in";
    verdict.tool_version = "0.1.0";
    domain::StageChange change;
    change.model = id.model;
    change.stage = stage;
    change.version = id.number;
    change.previous = holder;
    change.verdict = write.add_verdict(verdict).id;
    write.change_stage(change);
    holder = id.number;
  }

  std::int64_t versions_;
  std::unique_ptr<store::Store> store_;
  artifacts::StoredObject object_;
  domain::DataUse data_;
  std::optional<std::int64_t> staging_;
  std::optional<std::int64_t> production_;
};

std::int64_t count_from(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size() || count < 1) {
    throw Error{ErrorKind::usage, fmt::format("`{}` is not a count", text)};
  }
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: generate_registry FOLDER MODELS VERSIONS\n");
    return 2;
  }
  try {
    const fs::path folder = argv[1];
    const std::int64_t models = count_from(argv[2]);
    fs::create_directories(folder);
    Generator generator{folder, count_from(argv[3])};
    for (std::int64_t model = 0; model < models; ++model) generator.add_model(model);
  } catch (const mlops::Error& error) {
    fmt::print(stderr, "error: {}\n", error.message());
    return 1;
  }
  return 0;
}
