// `artifacts`: is every byte that the registry needs there and intact, what can go, what can be mended, what it costs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/artifacts/maintenance.hpp>
#include <mlops/domain/records.hpp>

namespace mlops::app {

struct ArtifactsVerifyRequest {
  std::optional<std::string> reference;  // only what this version needs
  double sample = 0;                     // how much of the stored data is read, from 0 to 1
};
// Something wrong, and what it touches: "model.bin of churn@7", the first few.
struct ArtifactsFinding {
  std::string file;  // of the store, or the place of a file that stays elsewhere; "" for a missing object
  std::string what;
  bool is_data = true;  // false: nothing is lost, `artifacts repair` mends it
  std::vector<std::string> touches = {};
  bool touches_more = false;
};
struct ArtifactsVerifyOutcome {
  std::optional<domain::VersionId> version;
  std::size_t objects = 0;
  std::size_t references = 0;  // files that stay elsewhere
  std::size_t files = 0;       // of the store, that were looked at
  std::uint64_t bytes = 0;     // that were read and hashed
  std::vector<ArtifactsFinding> findings;
  [[nodiscard]] bool sound() const;  // no data is damaged or missing
};
ArtifactsVerifyOutcome verify_artifacts(Workspace& workspace, const ArtifactsVerifyRequest& request);

struct ArtifactsCollectRequest {
  std::optional<std::string> older_than;  // a span: "7d"
  std::string keep = "runs";              // "runs", "runs=30d" or "versions"
  bool apply = false;
};
struct ArtifactsCollectOutcome {
  artifacts::CollectReport report;
  std::size_t runs = 0;  // whose bytes nothing keeps
  // Of the cache: what was found out about tables that no dataset has, or that nobody asked for in 90 days.
  std::size_t cache_files = 0;
  std::uint64_t cache_bytes = 0;
  bool applied = false;
  std::optional<domain::Collection> collection;  // as recorded; nullopt when nothing was removed
};
ArtifactsCollectOutcome collect_artifacts(Workspace& workspace, const ArtifactsCollectRequest& request);

struct ArtifactsRepairRequest {
  std::vector<std::string> from;  // folders and files with good copies
  bool dry_run = false;
};
struct ArtifactsRepairOutcome {
  artifacts::RepairReport report;
  std::vector<ArtifactsFinding> lost;  // what is lost still, and what it touches
};
ArtifactsRepairOutcome repair_artifacts(Workspace& workspace, const ArtifactsRepairRequest& request);

struct ArtifactsStatsRow {
  std::string name;  // a model, or a version; "" for everything else
  artifacts::GroupUsage usage;
};
struct ArtifactsStatsOutcome {
  std::optional<std::string> model;
  artifacts::StoreUsage store;
  std::vector<ArtifactsStatsRow> rows;  // the last is everything else: other models, datasets, runs
};
ArtifactsStatsOutcome artifacts_stats(Workspace& workspace, const std::optional<std::string>& model);

}  // namespace mlops::app
