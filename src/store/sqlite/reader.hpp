// Everything that can be asked, by topic: reader_models.cpp, reader_versions.cpp, reader_stages.cpp, …
#pragma once

#include <mlops/store/store.hpp>

#include "db.hpp"

namespace mlops::store::sqlite {

class Reader : public ReadTransaction {
 public:
  explicit Reader(Database& database) : database_{database} {}

  std::optional<domain::Model> model(std::string_view name) override;
  Page<ModelSummary> models(std::size_t limit, const std::optional<std::string>& after) override;
  std::vector<std::string> model_names(std::string_view prefix, std::size_t limit) override;

  std::optional<std::int64_t> latest(std::string_view model) override;
  std::optional<std::int64_t> find_by_semver(std::string_view model, const domain::SemVer& semver) override;
  std::optional<std::int64_t> find_by_digest(std::string_view model, std::string_view hex_prefix) override;
  std::optional<domain::SemVer> highest_semver(std::string_view model) override;
  std::optional<domain::Version> version(const domain::VersionId& id) override;
  std::optional<VersionSummary> version_summary(const domain::VersionId& id) override;
  std::optional<Timestamp> registered_at(const domain::VersionId& id) override;
  std::vector<domain::FileEntry> version_files(const domain::VersionId& id) override;
  Page<VersionSummary> versions(const VersionQuery& query) override;
  std::optional<domain::Deletion> deletion(const domain::VersionId& id) override;
  std::vector<domain::VersionId> children(const domain::VersionId& id, std::size_t limit) override;
  std::vector<domain::VersionId> versions_of_commit(std::string_view commit_prefix, std::size_t limit) override;

  std::vector<Holder> holders(std::string_view model) override;
  std::optional<domain::StageChange> holding(std::string_view model, std::string_view stage) override;
  std::vector<std::string> stages(std::string_view model) override;
  std::vector<domain::StageChange> stage_changes(std::string_view model, std::string_view stage,
                                                 std::optional<Timestamp> at, std::size_t limit) override;
  std::vector<domain::StageChange> stage_changes_of(const domain::VersionId& id, std::size_t limit) override;
  bool has_held(const domain::VersionId& id, std::string_view stage) override;
  std::vector<AliasTarget> aliases(std::string_view model) override;

  std::optional<domain::Verdict> verdict(std::int64_t id) override;
  std::vector<domain::Verdict> verdicts(const domain::VersionId& id, std::size_t limit) override;
  std::vector<domain::Approval> approvals(const domain::VersionId& id, std::string_view stage) override;
  std::optional<domain::Waiver> waiver(std::int64_t id) override;
  std::vector<domain::Waiver> waivers(const domain::VersionId& id, std::string_view stage) override;

  std::optional<domain::Dataset> dataset(std::string_view name, std::int64_t number) override;
  std::optional<std::int64_t> latest_dataset(std::string_view name) override;
  std::optional<std::int64_t> find_dataset_by_digest(std::string_view name, std::string_view hex_prefix) override;
  std::vector<domain::FileEntry> dataset_files(std::string_view name, std::int64_t number) override;
  Page<domain::Dataset> datasets(std::string_view name, std::size_t limit,
                                 const std::optional<std::string>& after) override;

  std::optional<domain::Run> run(std::int64_t number) override;
  Page<domain::Run> runs(const std::optional<std::string>& model, std::size_t limit,
                         const std::optional<std::string>& after) override;
  Page<domain::Run> find_runs(const RunQuery& query) override;
  std::vector<domain::Run> trials(std::int64_t search) override;
  std::vector<domain::VersionId> versions_of_run(std::int64_t run) override;
  std::optional<domain::RunRelease> run_release(std::int64_t run) override;

  void for_each_needed_object(const NeedVisit& visit) override;
  void for_each_object_of(const domain::VersionId& id, const NeedVisit& visit) override;

  domain::Lineage lineage(const LineageQuery& query) override;

  std::vector<domain::Event> events(const EventQuery& query) override;
  void for_each_event(const std::function<void(const StoredEvent&)>& visit) override;
  domain::MerkleFrontier log_head() override;
  Digest log_root() override;
  void for_each_subject(const std::function<void(const std::string& subject, const Json& state)>& visit) override;
  void for_each_stage_change(const std::function<void(const domain::StageChange&)>& visit) override;
  void for_each_file_list(
      const std::function<void(const std::string& subject, const std::vector<domain::FileEntry>&)>& visit) override;

  // Monitoring
  std::optional<domain::MonitorReference> monitor_reference(const domain::VersionId& id) override;
  std::optional<domain::MonitorHoldout> monitor_holdout(const domain::VersionId& id) override;
  std::optional<domain::Batch> batch(std::int64_t id) override;
  std::optional<domain::Batch> find_batch(const domain::VersionId& id, const Digest& content) override;
  std::vector<domain::Batch> batches(const domain::VersionId& id, std::size_t limit) override;
  std::vector<std::uint8_t> batch_counts(std::int64_t batch) override;
  std::vector<domain::Outcomes> outcomes(const domain::VersionId& id) override;

  // Triggers
  std::optional<domain::Firing> firing(std::int64_t id) override;
  std::vector<domain::Firing> firings(std::string_view model, std::size_t limit) override;

  // Hooks
  std::optional<domain::HookDelivery> hook_delivery(std::int64_t id) override;
  std::vector<domain::HookDelivery> hook_deliveries(const DeliveryQuery& query) override;

 protected:
  std::optional<std::int64_t> model_id(std::string_view name);
  std::optional<std::int64_t> version_id(const domain::VersionId& id);

 private:
  struct SummaryRow {
    std::int64_t id = 0;
    VersionSummary summary;
  };
  SummaryRow summary_from(Statement& row);

  Database& database_;
};

// A limit as SQL takes it, one more than wanted, so that the row too many tells of a next page.
std::int64_t one_more(std::size_t limit);

// The digests that begin with `hex_prefix`: from the first to the last. nullopt when it is not hexadecimal.
struct DigestRange {
  Digest first;
  Digest last;
};
std::optional<DigestRange> digests_with_prefix(std::string_view hex_prefix);

// From two rows with the lowest and the highest digest in range: the only digest. Error{usage} when there are several.
std::optional<Digest> only_digest(Statement lowest, Statement highest, std::string_view name,
                                  std::string_view hex_prefix);

// A cursor that was not made here: Error{usage}.
[[noreturn]] void refuse_cursor(std::string_view cursor);

}  // namespace mlops::store::sqlite
