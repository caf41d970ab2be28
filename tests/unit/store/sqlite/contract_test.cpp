#include <catch2/catch.hpp>

#include "contract/store_contract.hpp"

#include "store_for_tests.hpp"

using namespace mlops::store;

namespace {

void run(void (*example)(const contract::FreshUrl&)) {
  sqlite::Folder folder;
  example([&] { return folder.fresh_url(); });
}

}  // namespace

TEST_CASE("SQLite: versions are numbered and kept") { run(contract::versions_are_numbered_and_kept); }
TEST_CASE("SQLite: versions are found by SemVer, digest and commit") { run(contract::versions_are_found); }
TEST_CASE("SQLite: tags and deprecations change") { run(contract::tags_and_deprecations_change); }
TEST_CASE("SQLite: stages move by compare-and-set") { run(contract::stages_move_by_compare_and_set); }
TEST_CASE("SQLite: evidence is kept") { run(contract::evidence_is_kept); }
TEST_CASE("SQLite: waivers are kept, and withdrawn once") { run(contract::waivers_are_kept); }
TEST_CASE("SQLite: a deleted version gets no waiver") { run(contract::a_deleted_version_gets_no_waiver); }
TEST_CASE("SQLite: firings are claimed once") { run(contract::firings_are_claimed_once); }
TEST_CASE("SQLite: events leave deliveries for hooks") { run(contract::events_leave_deliveries); }
TEST_CASE("SQLite: deliveries are updated and found") { run(contract::deliveries_are_updated_and_found); }
TEST_CASE("SQLite: datasets and runs are kept") { run(contract::datasets_and_runs_are_kept); }
TEST_CASE("SQLite: runs are filtered, sorted and paged") { run(contract::runs_are_filtered_sorted_and_paged); }
TEST_CASE("SQLite: a run is resumed") { run(contract::a_run_is_resumed); }
TEST_CASE("SQLite: models are listed") { run(contract::models_are_listed); }
TEST_CASE("SQLite: versions are sorted and paged") { run(contract::versions_are_sorted_and_paged); }
TEST_CASE("SQLite: hostile list queries are refused") { run(contract::hostile_list_queries_are_refused); }
TEST_CASE("SQLite: versions are filtered") { run(contract::versions_are_filtered); }
TEST_CASE("SQLite: lineage is walked") { run(contract::lineage_is_walked); }
TEST_CASE("SQLite: lineage leads from drift to promotion") { run(contract::lineage_leads_from_drift_to_promotion); }
TEST_CASE("SQLite: long lineage stays small") { run(contract::long_lineage_stays_small); }
TEST_CASE("SQLite: deleted versions leave a tombstone") { run(contract::deleted_versions_leave_a_tombstone); }
TEST_CASE("SQLite: needed objects are told") { run(contract::needed_objects_are_told); }
TEST_CASE("SQLite: batches are kept") { run(contract::batches_are_kept); }
TEST_CASE("SQLite: a reference is kept once") { run(contract::a_reference_is_kept_once); }
TEST_CASE("SQLite: outcomes are kept") { run(contract::outcomes_are_kept); }
TEST_CASE("SQLite: monitoring is told and needed") { run(contract::monitoring_is_told_and_needed); }
TEST_CASE("SQLite: events tell everything") { run(contract::events_tell_everything); }
TEST_CASE("SQLite: many writers lose nothing") { run(contract::many_writers_lose_nothing); }
TEST_CASE("SQLite: one promotion wins") { run(contract::one_promotion_wins); }
TEST_CASE("SQLite: a killed writer leaves a sound store") { run(contract::a_killed_writer_leaves_a_sound_store); }
TEST_CASE("SQLite: a held lock is reported") { run(contract::a_held_lock_is_reported); }
TEST_CASE("SQLite: a snapshot stays as it is") { run(contract::a_snapshot_stays_as_it_is); }
