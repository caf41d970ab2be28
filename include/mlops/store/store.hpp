// The registry's database, in the words of the domain. One contract suite (tests/contract/) runs against every
// implementation.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mlops/domain/event.hpp>
#include <mlops/domain/filter.hpp>
#include <mlops/domain/hook.hpp>
#include <mlops/domain/lineage.hpp>
#include <mlops/domain/merkle.hpp>
#include <mlops/domain/monitoring.hpp>
#include <mlops/domain/records.hpp>
#include <mlops/domain/reference.hpp>
#include <mlops/domain/trigger.hpp>
#include <mlops/domain/verdict.hpp>
#include <mlops/store/queries.hpp>
#include <mlops/support/error.hpp>

namespace mlops::store {

// A consistent view. Lists are ordered, and bounded by their limit. Nothing here changes the registry.
class ReadTransaction {
 public:
  virtual ~ReadTransaction() = default;

  // Models
  virtual std::optional<domain::Model> model(std::string_view name) = 0;
  virtual Page<ModelSummary> models(std::size_t limit, const std::optional<std::string>& after) = 0;
  virtual std::vector<std::string> model_names(std::string_view prefix, std::size_t limit) = 0;

  // Versions. `find_*` return the number; by semver and digest the newest that matches is returned, and a digest prefix
  // that fits several digests throws Error{usage}. A deleted version is neither the latest nor found by digest; its
  // SemVer stays taken, so it is found by that and counts among the highest.
  virtual std::optional<std::int64_t> latest(std::string_view model) = 0;
  virtual std::optional<std::int64_t> find_by_semver(std::string_view model, const domain::SemVer& semver) = 0;
  virtual std::optional<std::int64_t> find_by_digest(std::string_view model, std::string_view hex_prefix) = 0;
  virtual std::optional<domain::SemVer> highest_semver(std::string_view model) = 0;  // without pre-releases
  virtual std::optional<domain::Version> version(const domain::VersionId& id) = 0;
  virtual std::optional<Timestamp> registered_at(const domain::VersionId& id) = 0;  // nullopt: there is no such version
  virtual std::optional<VersionSummary> version_summary(const domain::VersionId& id) = 0;
  virtual std::vector<domain::FileEntry> version_files(const domain::VersionId& id) = 0;
  virtual Page<VersionSummary> versions(const VersionQuery& query) = 0;
  virtual std::optional<domain::Deletion> deletion(const domain::VersionId& id) = 0;
  // Versions that are not deleted and have this one as their parent, oldest first.
  virtual std::vector<domain::VersionId> children(const domain::VersionId& id, std::size_t limit) = 0;
  virtual std::vector<domain::VersionId> versions_of_commit(std::string_view commit_prefix, std::size_t limit) = 0;

  // Stages and aliases
  virtual std::vector<Holder> holders(std::string_view model) = 0;
  // The change by which its holder came; nullopt when nobody holds it.
  virtual std::optional<domain::StageChange> holding(std::string_view model, std::string_view stage) = 0;
  virtual std::vector<std::string> stages(std::string_view model) = 0;  // that were ever held, by name
  // Newest first. `stage` empty: of all stages. `at`: only changes up to that time.
  virtual std::vector<domain::StageChange> stage_changes(std::string_view model, std::string_view stage,
                                                         std::optional<Timestamp> at, std::size_t limit) = 0;
  // In which this version came or went, newest first.
  virtual std::vector<domain::StageChange> stage_changes_of(const domain::VersionId& id, std::size_t limit) = 0;
  virtual bool has_held(const domain::VersionId& id, std::string_view stage) = 0;
  virtual std::vector<AliasTarget> aliases(std::string_view model) = 0;

  // Evidence
  virtual std::optional<domain::Verdict> verdict(std::int64_t id) = 0;
  virtual std::vector<domain::Verdict> verdicts(const domain::VersionId& id, std::size_t limit) = 0;  // newest first
  virtual std::vector<domain::Approval> approvals(const domain::VersionId& id,
                                                  std::string_view stage) = 0;  // oldest first; "" for all stages
  virtual std::optional<domain::Waiver> waiver(std::int64_t id) = 0;
  virtual std::vector<domain::Waiver> waivers(const domain::VersionId& id,
                                              std::string_view stage) = 0;  // the same

  // Datasets
  virtual std::optional<domain::Dataset> dataset(std::string_view name, std::int64_t number) = 0;
  virtual std::optional<std::int64_t> latest_dataset(std::string_view name) = 0;
  virtual std::optional<std::int64_t> find_dataset_by_digest(std::string_view name, std::string_view hex_prefix) = 0;
  virtual std::vector<domain::FileEntry> dataset_files(std::string_view name, std::int64_t number) = 0;
  // Newest first by name, then number; "" for all names.
  virtual Page<domain::Dataset> datasets(std::string_view name, std::size_t limit,
                                         const std::optional<std::string>& after) = 0;

  // Runs
  virtual std::optional<domain::Run> run(std::int64_t number) = 0;
  virtual Page<domain::Run> runs(const std::optional<std::string>& model, std::size_t limit,
                                 const std::optional<std::string>& after) = 0;  // newest first
  virtual Page<domain::Run> find_runs(const RunQuery& query) = 0;
  virtual std::vector<domain::Run> trials(std::int64_t search) = 0;  // of a search, oldest first
  virtual std::vector<domain::VersionId> versions_of_run(std::int64_t run) = 0;
  // nullopt while the artifact store keeps its bytes.
  virtual std::optional<domain::RunRelease> run_release(std::int64_t run) = 0;

  // Every object of the artifact store that the registry names, owner by owner: files, manifests and their configs, and
  // the diffs of uncommitted changes, of versions and datasets; what monitoring keeps of a version; outputs, logs and
  // diffs of runs. Deleted versions and released runs need nothing. The same object may come several times.
  virtual void for_each_needed_object(const NeedVisit& visit) = 0;
  // Only those of one version.
  virtual void for_each_object_of(const domain::VersionId& id, const NeedVisit& visit) = 0;

  // One recursive query. An unknown node gives an empty graph.
  virtual domain::Lineage lineage(const LineageQuery& query) = 0;

  // The audit log
  virtual std::vector<domain::Event> events(const EventQuery& query) = 0;  // by sequence
  virtual void for_each_event(const std::function<void(const StoredEvent&)>& visit) = 0;
  virtual domain::MerkleFrontier log_head() = 0;
  virtual Digest log_root() = 0;  // as stored beside the frontier
  // Every subject with its present state, to be compared with what the events lead to: models, versions, tags,
  // deprecations, deletions, stages, aliases, verdicts, approvals, waivers, datasets, runs, releases of runs,
  // collections, references, holdouts, batches and outcomes of monitoring, firings.
  virtual void for_each_subject(const std::function<void(const std::string& subject, const Json& state)>& visit) = 0;
  // Every stage change ever, by id.
  virtual void for_each_stage_change(const std::function<void(const domain::StageChange&)>& visit) = 0;
  // The file lists of versions and datasets, which the events hold only as digests: checked against those digests.
  virtual void for_each_file_list(
      const std::function<void(const std::string& subject, const std::vector<domain::FileEntry>&)>& visit) = 0;

  // Monitoring
  virtual std::optional<domain::MonitorReference> monitor_reference(const domain::VersionId& id) = 0;
  virtual std::optional<domain::MonitorHoldout> monitor_holdout(const domain::VersionId& id) = 0;
  virtual std::optional<domain::Batch> batch(std::int64_t id) = 0;
  virtual std::optional<domain::Batch> find_batch(const domain::VersionId& id, const Digest& content) = 0;
  // Newest first by the time of their data, then by id.
  virtual std::vector<domain::Batch> batches(const domain::VersionId& id, std::size_t limit) = 0;
  // Empty for a batch without inputs. Error{integrity} when they are not what was recorded.
  virtual std::vector<std::uint8_t> batch_counts(std::int64_t batch) = 0;
  virtual std::vector<domain::Outcomes> outcomes(const domain::VersionId& id) = 0;  // oldest first

  // Triggers
  virtual std::optional<domain::Firing> firing(std::int64_t id) = 0;
  virtual std::vector<domain::Firing> firings(std::string_view model, std::size_t limit) = 0;  // newest first

  // Hooks
  virtual std::optional<domain::HookDelivery> hook_delivery(std::int64_t id) = 0;
  virtual std::vector<domain::HookDelivery> hook_deliveries(const DeliveryQuery& query) = 0;  // by id
};

// Error{not_found} that says when, by whom and why.
[[nodiscard]] Error was_deleted(const domain::VersionId& id, const domain::Deletion& deletion);

// One change to the registry: all of it or nothing. The public functions write the rows and the event that tells of
// them together, so that no change can forget its event; implementations supply the do_ functions. Without commit()
// everything is undone.
class WriteTransaction {
 public:
  WriteTransaction(domain::Origin origin, Timestamp now);
  virtual ~WriteTransaction() = default;
  WriteTransaction(const WriteTransaction&) = delete;
  WriteTransaction& operator=(const WriteTransaction&) = delete;

  // What this transaction sees, its own changes included.
  virtual ReadTransaction& view() = 0;

  // The model, made if it does not exist.
  domain::Model ensure_model(const std::string& name);
  // `version.id.number` is given by the store and returned; registered_at and registered_by are set from the origin.
  // Error{conflict} when its SemVer is taken.
  domain::Version add_version(domain::Version version, const std::vector<domain::FileEntry>& files);
  void set_tags(const domain::VersionId& id, const domain::Tags& tags);  // all of them
  void deprecate(const domain::VersionId& id, const std::string& reason);
  void undeprecate(const domain::VersionId& id);
  // Leaves a tombstone: all that is known of the version stays, but it is no longer listed, found or moved. Nothing may
  // point to it: Error{conflict} while it holds a stage or has an alias. A second time changes nothing.
  void delete_version(const domain::VersionId& id, const std::string& reason);
  // Error{conflict} when the name is that of a stage. Target nullopt removes the alias. The same target again changes
  // nothing.
  void set_alias(const std::string& model, const std::string& alias, std::optional<std::int64_t> target);
  // Compare-and-set: Error{conflict} that names the winner unless the holder now is `change.previous`. Returns it with
  // id, at and by.
  domain::StageChange change_stage(domain::StageChange change);
  domain::Verdict add_verdict(domain::Verdict verdict);
  domain::Approval add_approval(domain::Approval approval);
  domain::Waiver add_waiver(domain::Waiver waiver);
  // Error{conflict} when somebody did so before.
  domain::Waiver withdraw_waiver(std::int64_t id, const std::string& reason);
  domain::Dataset add_dataset(domain::Dataset dataset, const std::vector<domain::FileEntry>& files);
  domain::Run start_run(domain::Run run);  // gives it its number
  // What came to be known of a run meanwhile; its status stays. Error{conflict} when somebody else ended it.
  void advance_run(const domain::Run& run);
  void finish_run(const domain::Run& run);
  // A run that was left unfinished goes on, running again. Error{conflict} unless it is recorded as `before` says.
  void resume_run(const domain::Run& before, const domain::Run& run);

  // From now on the artifact store need not keep what the run logged and made. A second time changes nothing.
  void release_run(std::int64_t number);
  domain::Collection add_collection(domain::Collection collection);

  // Monitoring
  // Error{conflict} when the version has another one; the same again changes nothing.
  domain::MonitorReference keep_reference(domain::MonitorReference reference);
  domain::MonitorHoldout keep_holdout(domain::MonitorHoldout holdout);
  // Error{conflict} when the version has a batch with this content. `counts` is empty for one without inputs.
  domain::Batch add_batch(domain::Batch batch, const std::vector<std::uint8_t>& counts);
  // Predictions and figures that came to be known of it: all else stays.
  domain::Batch update_batch(domain::Batch batch);
  // Error{conflict} when the version has outcomes with this content.
  domain::Outcomes add_outcomes(domain::Outcomes outcomes);

  // Triggers
  // Error{conflict} unless the newest firing of the model is `last` (0 for none), which is over.
  domain::Firing start_firing(domain::Firing firing, std::int64_t last);
  // Another process goes on with it. Error{conflict} unless it is recorded as `before`.
  domain::Firing take_up_firing(const domain::Firing& before, const std::string& owner);
  // Error{conflict} when it is over, or another process has taken it up.
  domain::Firing finish_firing(domain::Firing firing);

  // Hooks
  // From now on, each event that hooks can be told of leaves a delivery for each hook that `hooks_of` names, in this
  // transaction: what is committed is going to be told.
  void set_hooks(HooksOf hooks_of) { hooks_of_ = std::move(hooks_of); }
  // Deliveries are no facts of the registry: how they go leaves no event, or telling would never end.
  void update_hook_delivery(const domain::HookDelivery& delivery);

  virtual void commit() = 0;

 protected:
  virtual void do_insert_model(const domain::Model& model) = 0;
  virtual std::int64_t do_insert_version(const domain::Version& version,
                                         const std::vector<domain::FileEntry>& files) = 0;
  virtual void do_replace_tags(const domain::VersionId& id, const domain::Tags& tags) = 0;
  virtual void do_set_deprecation(const domain::VersionId& id,
                                  const std::optional<domain::Deprecation>& deprecation) = 0;
  virtual void do_insert_deletion(const domain::VersionId& id, const domain::Deletion& deletion) = 0;
  virtual void do_set_alias(const std::string& model, const std::string& alias, std::optional<std::int64_t> target) = 0;
  virtual std::int64_t do_insert_stage_change(const domain::StageChange& change) = 0;
  virtual std::int64_t do_insert_verdict(const domain::Verdict& verdict) = 0;
  virtual std::int64_t do_insert_approval(const domain::Approval& approval) = 0;
  virtual std::int64_t do_insert_waiver(const domain::Waiver& waiver) = 0;
  virtual void do_insert_withdrawal(std::int64_t waiver, const domain::Withdrawal& withdrawal) = 0;
  virtual std::int64_t do_insert_dataset(const domain::Dataset& dataset,
                                         const std::vector<domain::FileEntry>& files) = 0;
  virtual std::int64_t do_insert_run(const domain::Run& run) = 0;
  virtual void do_update_run(const domain::Run& run) = 0;
  // False when it was released before.
  virtual bool do_insert_release(const domain::RunRelease& release) = 0;
  virtual std::int64_t do_insert_collection(const domain::Collection& collection) = 0;
  virtual void do_append_event(const domain::Event& event, const std::string& canonical, const Digest& leaf,
                               const domain::MerkleFrontier& head) = 0;

  // Monitoring
  virtual void do_insert_reference(const domain::MonitorReference& reference) = 0;
  virtual void do_insert_holdout(const domain::MonitorHoldout& holdout) = 0;
  virtual std::int64_t do_insert_batch(const domain::Batch& batch, const std::vector<std::uint8_t>& counts) = 0;
  virtual void do_update_batch(const domain::Batch& batch) = 0;
  virtual std::int64_t do_insert_outcomes(const domain::Outcomes& outcomes) = 0;

  // Triggers
  virtual std::int64_t do_insert_firing(const domain::Firing& firing) = 0;
  virtual void do_update_firing(const domain::Firing& firing) = 0;

  // Hooks
  virtual void do_insert_hook_delivery(const domain::HookDelivery& delivery) = 0;
  virtual void do_update_hook_delivery(const domain::HookDelivery& delivery) = 0;

 private:
  void record(std::string kind, std::string subject, Json before, Json after);
  void owe(const domain::Event& event);

  domain::Origin origin_;
  Timestamp now_;
  HooksOf hooks_of_;
};

struct Health {
  std::string engine;    // "sqlite 3.40.1, rollback journal"
  std::string location;  // path or URL without credentials
  std::int64_t schema = 0;
  std::int64_t newest_schema = 0;     // that this program knows
  std::vector<std::string> problems;  // of the database itself: integrity_check, foreign keys; empty when sound
};

class Store {
 public:
  virtual ~Store() = default;
  virtual std::unique_ptr<ReadTransaction> read() = 0;
  // Takes the write lock at once; Error{unavailable} when it can't be had within the busy timeout.
  virtual std::unique_ptr<WriteTransaction> write(const domain::Origin& origin, Timestamp now) = 0;
  virtual Health health() = 0;
};

struct OpenOptions {
  std::string url;           // "sqlite:/path/registry.db"
  bool for_writing = false;  // reading never creates, migrates or locks
  std::int64_t busy_timeout_ms = 30000;
};

// Creates the database with the present schema; Error{conflict} when it exists.
void create_store(const std::string& url);
// Error{not_found} without a database, Error{integrity} when it is not ours or damaged, Error{failed} with words when
// its schema is newer than this program; an older schema is migrated, after a backup, when opened for writing, and
// refused in words when reading.
std::unique_ptr<Store> open_store(const OpenOptions& options);

}  // namespace mlops::store
