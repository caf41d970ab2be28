// Every command's maker; each is defined in the file that bears its verb.
#pragma once

#include <memory>

#include "command.hpp"

namespace mlops::cli {

std::unique_ptr<Command> make_alias();
std::unique_ptr<Command> make_approvals();
std::unique_ptr<Command> make_approve();
std::unique_ptr<Command> make_artifacts_verify();
std::unique_ptr<Command> make_artifacts_gc();
std::unique_ptr<Command> make_artifacts_repair();
std::unique_ptr<Command> make_artifacts_stats();
std::unique_ptr<Command> make_audit_log();
std::unique_ptr<Command> make_audit_verify();
std::unique_ptr<Command> make_card();
std::unique_ptr<Command> make_checkout();
std::unique_ptr<Command> make_compare();
std::unique_ptr<Command> make_completion();
std::unique_ptr<Command> make_config_check();
std::unique_ptr<Command> make_config_get();
std::unique_ptr<Command> make_config_list();
std::unique_ptr<Command> make_config_set();
std::unique_ptr<Command> make_dataset_add();
std::unique_ptr<Command> make_dataset_check();
std::unique_ptr<Command> make_dataset_diff();
std::unique_ptr<Command> make_dataset_list();
std::unique_ptr<Command> make_dataset_drift();
std::unique_ptr<Command> make_dataset_profile();
std::unique_ptr<Command> make_dataset_schema();
std::unique_ptr<Command> make_dataset_show();
std::unique_ptr<Command> make_delete();
std::unique_ptr<Command> make_deprecate();
std::unique_ptr<Command> make_diff();
std::unique_ptr<Command> make_doctor();
std::unique_ptr<Command> make_help();
std::unique_ptr<Command> make_history();
std::unique_ptr<Command> make_hook_deliver();
std::unique_ptr<Command> make_hook_list();
std::unique_ptr<Command> make_hook_log();
std::unique_ptr<Command> make_hook_redeliver();
std::unique_ptr<Command> make_hook_test();
std::unique_ptr<Command> make_importance();
std::unique_ptr<Command> make_init();
std::unique_ptr<Command> make_inspect();
std::unique_ptr<Command> make_lineage();
std::unique_ptr<Command> make_list();
std::unique_ptr<Command> make_monitor_check();
std::unique_ptr<Command> make_monitor_list();
std::unique_ptr<Command> make_monitor_record();
std::unique_ptr<Command> make_promote();
std::unique_ptr<Command> make_register();
std::unique_ptr<Command> make_report();
std::unique_ptr<Command> make_reproduce();
std::unique_ptr<Command> make_retrain();
std::unique_ptr<Command> make_rollback();
std::unique_ptr<Command> make_run();
std::unique_ptr<Command> make_run_compare();
std::unique_ptr<Command> make_run_diff();
std::unique_ptr<Command> make_run_list();
std::unique_ptr<Command> make_run_log();
std::unique_ptr<Command> make_run_stop();
std::unique_ptr<Command> make_run_gc();
std::unique_ptr<Command> make_run_rerun();
std::unique_ptr<Command> make_run_show();
std::unique_ptr<Command> make_run_wait();
std::unique_ptr<Command> make_scan();
std::unique_ptr<Command> make_show();
std::unique_ptr<Command> make_tag();
std::unique_ptr<Command> make_tick();
std::unique_ptr<Command> make_validate();
std::unique_ptr<Command> make_waive();
std::unique_ptr<Command> make_waivers();

}  // namespace mlops::cli
