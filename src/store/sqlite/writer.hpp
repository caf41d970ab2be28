// The rows behind each change.
#pragma once

#include <mlops/store/store.hpp>

#include "db.hpp"
#include "reader.hpp"

namespace mlops::store::sqlite {

class Writer : public WriteTransaction {
 public:
  // Takes the write lock at once.
  Writer(Database& database, domain::Origin origin, Timestamp now);

  ReadTransaction& view() override { return view_; }
  void commit() override { transaction_.commit(); }

 protected:
  void do_insert_model(const domain::Model& model) override;
  std::int64_t do_insert_version(const domain::Version& version, const std::vector<domain::FileEntry>& files) override;
  void do_replace_tags(const domain::VersionId& id, const domain::Tags& tags) override;
  void do_set_deprecation(const domain::VersionId& id, const std::optional<domain::Deprecation>& deprecation) override;
  void do_insert_deletion(const domain::VersionId& id, const domain::Deletion& deletion) override;
  void do_set_alias(const std::string& model, const std::string& alias, std::optional<std::int64_t> target) override;
  std::int64_t do_insert_stage_change(const domain::StageChange& change) override;
  std::int64_t do_insert_verdict(const domain::Verdict& verdict) override;
  std::int64_t do_insert_approval(const domain::Approval& approval) override;
  std::int64_t do_insert_waiver(const domain::Waiver& waiver) override;
  void do_insert_withdrawal(std::int64_t waiver, const domain::Withdrawal& withdrawal) override;
  std::int64_t do_insert_dataset(const domain::Dataset& dataset, const std::vector<domain::FileEntry>& files) override;
  std::int64_t do_insert_run(const domain::Run& run) override;
  void do_update_run(const domain::Run& run) override;
  bool do_insert_release(const domain::RunRelease& release) override;
  std::int64_t do_insert_collection(const domain::Collection& collection) override;
  void do_append_event(const domain::Event& event, const std::string& canonical, const Digest& leaf,
                       const domain::MerkleFrontier& head) override;

  // Monitoring
  void do_insert_reference(const domain::MonitorReference& reference) override;
  void do_insert_holdout(const domain::MonitorHoldout& holdout) override;
  std::int64_t do_insert_batch(const domain::Batch& batch, const std::vector<std::uint8_t>& counts) override;
  void do_update_batch(const domain::Batch& batch) override;
  std::int64_t do_insert_outcomes(const domain::Outcomes& outcomes) override;

  // Triggers
  std::int64_t do_insert_firing(const domain::Firing& firing) override;
  void do_update_firing(const domain::Firing& firing) override;

  // Hooks
  void do_insert_hook_delivery(const domain::HookDelivery& delivery) override;
  void do_update_hook_delivery(const domain::HookDelivery& delivery) override;

 private:
  std::int64_t model_id(std::string_view name);
  std::int64_t version_id(const domain::VersionId& id);
  std::optional<std::int64_t> version_id(const std::optional<domain::VersionId>& id);
  std::int64_t dataset_id(const domain::DataUse& use);
  void insert_metrics_and_params(const domain::Version& version, std::int64_t id, std::int64_t model);
  void insert_inputs(const domain::Run& run);
  void insert_figures(const domain::Run& run);

  Database& database_;
  Transaction transaction_;
  Reader view_;
};

}  // namespace mlops::store::sqlite
