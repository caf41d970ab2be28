#include "predictions.hpp"

#include <span>
#include <system_error>

#include <fmt/core.h>

#include <mlops/support/directory_lock.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/json.hpp>
#include <mlops/support/text.hpp>

#include "prediction_cache.hpp"
#include "resolve.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view command_name = "the prediction command";
constexpr std::string_view scratch_prefix = "mlops-predict-";

// As the error tells it, and with the last thing that the command said.
[[noreturn]] void fail_command(const CapturedOutput& captured, std::int64_t timeout_seconds) {
  std::string text{command_name};
  if (captured.result.timed_out) {
    text += fmt::format(" was stopped after {}", duration_text(timeout_seconds * 1000));
  } else if (captured.result.signal != 0) {
    text += fmt::format(" was killed by signal {}", captured.result.signal);
  } else {
    text += fmt::format(" exited with {}", captured.result.exit_code);
  }
  const std::string said = last_lines(captured);
  const std::size_t newline = said.find_last_of("\r\n");
  const std::string_view last = std::string_view{said}.substr(newline == std::string::npos ? 0 : newline + 1);
  if (!last.empty()) text += ": " + truncate_to_width(printable(last), 200);
  throw Error{ErrorKind::failed, std::move(text)};
}

Digest digest_of_file(Workspace& workspace, const fs::path& path) {
  const auto progress = workspace.progress(fmt::format("reading {}", path.filename().string()));
  const auto hashed = artifacts::hash_files(artifacts::plan_files({path}), progress, {.cache = &workspace.digests()});
  return hashed.front().digest;
}

formats::TableOptions table_named(const fs::path& path) {
  formats::TableOptions options;
  options.name = path.filename().string();
  return options;
}

// CSV unless it shows that it is JSON Lines.
formats::TableFormat format_of(const fs::path& path) {
  const auto source = open_byte_source(path);
  std::string first(1, '\0');
  const bool is_empty = source->read_at(0, std::as_writable_bytes(std::span{first})) == 0;
  return !is_empty && first == "{" ? formats::TableFormat::json_lines : formats::TableFormat::csv;
}

formats::Table load_predictions(const fs::path& path, const formats::TableLimits& limits) {
  formats::TableOptions options;
  options.name = "predictions";
  options.format = format_of(path);
  return formats::load_table(path, limits, options);
}

// A holdout that is no table has no columns for us; the command reads it all the same.
formats::Table load_holdout(const fs::path& path, const formats::TableLimits& limits) {
  try {
    return formats::load_table(path, limits, table_named(path));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::usage) throw;
    return {};
  }
}

// A folder for one command, known to be in use while this lives. What killed commands left is removed first.
class PredictionScratch {
 public:
  explicit PredictionScratch(const fs::path& parent) : directory_{make(parent)}, in_use_{directory_.path()} {}
  [[nodiscard]] const fs::path& path() const { return directory_.path(); }

 private:
  static TemporaryDirectory make(const fs::path& parent) {
    remove_stale_directories(parent, scratch_prefix);
    return TemporaryDirectory{parent, scratch_prefix};
  }

  TemporaryDirectory directory_;
  DirectoryLock in_use_;
};

}  // namespace

PredictionMaker::PredictionMaker(Workspace& workspace, const PolicySource& source, CheckGround& ground,
                                 const domain::PredictionRecipe& recipe, std::vector<std::string> groups)
    : workspace_{workspace},
      source_{source},
      ground_{ground},
      recipe_{recipe},
      limits_{.columns = std::move(groups), .may_lack = true} {
  limits_.columns.insert(limits_.columns.end(), {recipe.id, recipe.truth, recipe.prediction, recipe.score,
                                                 recipe.weight, recipe.latency, recipe.query});
}

const Predictions& PredictionMaker::of(const domain::VersionId& version) {
  const std::string name = version.text();
  if (const auto failure = failures_.find(name); failure != failures_.end()) throw failure->second;
  if (const auto known = made_.find(name); known != made_.end()) return known->second;
  try {
    return made_.emplace(name, make(version)).first->second;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::interrupted) failures_.emplace(name, error);
    throw;
  }
}

const PredictionMaker::Holdout& PredictionMaker::holdout() {
  if (holdout_) return *holdout_;
  std::error_code ignored;
  const fs::path path = ground_.data(recipe_.data);
  if (!fs::is_regular_file(path, ignored)) {
    throw Error{ErrorKind::failed, fmt::format("the holdout {} is not a file", printable(recipe_.data))};
  }
  holdout_ = Holdout{path, digest_of_file(workspace_, path)};
  return *holdout_;
}

// Only scripts of a commit are known to be the same again.
std::optional<Json> PredictionMaker::cache_key(const domain::Version& version) {
  if (!source_.commit) return std::nullopt;
  Json::Array command;
  for (const std::string& word : recipe_.command) command.emplace_back(word);
  return Json::object({{"version", version.digest.text()},
                       {"data", holdout().digest.text()},
                       {"command", Json{std::move(command)}},
                       {"commit", *source_.commit}});
}

domain::Version PredictionMaker::load_version(const domain::VersionId& id) {
  const auto view = workspace_.read();
  return load(*view, id);
}

formats::Table PredictionMaker::predict(const domain::VersionId& version, const fs::path& data) {
  const PredictionScratch scratch{workspace_.context().temporary_directory};
  return load_predictions(run(load_version(version), data, scratch.path()), limits_);
}

Predictions PredictionMaker::make(const domain::VersionId& id) {
  const domain::Version version = load_version(id);
  Predictions predictions;
  predictions.name = id.text();
  predictions.data = holdout().digest;
  const PredictionCache cache{workspace_.registry() / "cache" / "predictions"};
  const auto key = cache_key(version);
  const auto name = key ? std::optional{sha256(canonical(*key)).hex()} : std::nullopt;
  const auto cached = name ? cache.find(*name) : std::nullopt;
  predictions.is_reused = cached.has_value();
  const PredictionScratch scratch{workspace_.context().temporary_directory};
  const fs::path file = cached ? *cached : run(version, holdout().path, scratch.path());
  predictions.made = load_predictions(file, limits_);
  predictions.digest = digest_of_file(workspace_, file);
  predictions.holdout = load_holdout(holdout().path, limits_);
  if (name && !cached) cache.keep(*name, file);
  return predictions;
}

fs::path PredictionMaker::run(const domain::Version& version, const fs::path& data, const fs::path& scratch) {
  const fs::path files = scratch / "files";
  fs::path written = scratch / "predictions";
  std::vector<domain::FileEntry> entries;
  {
    const auto view = workspace_.read();
    entries = view->version_files(version.id);
  }
  artifacts::checkout_files(workspace_.artifacts(), entries, files, {}, {});
  const bool is_holdout = data == holdout().path;
  workspace_.context().tell(
      fmt::format("predicting {}{} with {}", is_holdout ? "" : "copies of ", recipe_.data, version.id.text()));
  const CapturedOutput captured = run_gate_command(
      workspace_, ground_,
      {.name = std::string{command_name},
       .argv = domain::expand_command(
           recipe_.command, {{"files", files.string()}, {"data", data.string()}, {"predictions", written.string()}}),
       .environment = {{"MLOPS_FILES", files.string()},
                       {"MLOPS_DATA", data.string()},
                       {"MLOPS_PREDICTIONS", written.string()}},
       .timeout = std::chrono::seconds{recipe_.timeout_seconds}},
      version.id);
  if (captured.result.timed_out || captured.result.signal != 0 || captured.result.exit_code != 0) {
    fail_command(captured, recipe_.timeout_seconds);
  }
  std::error_code ignored;
  if (!fs::is_regular_file(written, ignored)) {
    throw Error{ErrorKind::failed, fmt::format("{} wrote no predictions", command_name)};
  }
  return written;
}

}  // namespace mlops::app
