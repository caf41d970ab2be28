#include "commands.hpp"

#include "commands/all.hpp"

namespace mlops::cli {

const std::vector<CommandRow>& commands() {
  using enum Group;
  using enum Needs;
  static const std::vector<CommandRow> table = {
      {"init", "make a registry in this folder", everyday, write, make_init},
      {"register", "make a version of a model from files", everyday, write, make_register},
      {"run", "run a command and record what it used and made", everyday, write, make_run},
      {"retrain", "train the next version from the recipe in mlops.toml", everyday, write, make_retrain},
      {"reproduce", "make a version again, and tell how near that came", everyday, write, make_reproduce},
      {"validate", "ask the gates about a version and keep the evidence", everyday, write, make_validate},
      {"promote", "let a version into a stage, if its gate agrees", everyday, write, make_promote},
      {"rollback", "bring the former version of a stage back", everyday, write, make_rollback},
      {"approve", "approve or reject a version for a stage", everyday, write, make_approve},
      {"waive", "let a version pass a gate without one check, for a time", everyday, write, make_waive},
      {"tick", "train what the triggers of mlops.toml say is due", everyday, write, make_tick},
      {"list", "list models, or the versions of one", everyday, read, make_list},
      {"show", "show everything known about a version", everyday, read, make_show},
      {"report", "tell what the gates decided about a version, and why", everyday, write, make_report},
      {"card", "write the model card of a version", everyday, write, make_card},
      {"inspect", "tell what model files are, without running them", everyday, Needs::nothing, make_inspect},
      {"scan", "tell whether loading files can run code", everyday, Needs::nothing, make_scan},
      {"importance", "tell which columns a version's predictions live on", everyday, read, make_importance},
      {"diff", "compare two versions", everyday, read, make_diff},
      {"compare", "tell whether a challenger is better, and how sure that is", everyday, write, make_compare},
      {"history", "who held a stage, when, and why", everyday, read, make_history},
      {"lineage", "what a version was made from, and what was made from it", everyday, read, make_lineage},
      {"checkout", "write the files of a version to a folder", everyday, write, make_checkout},
      {"tag", "set, remove or show tags of a version", everyday, write, make_tag},
      {"alias", "give a version a movable name", everyday, write, make_alias},
      {"deprecate", "warn against a version", everyday, write, make_deprecate},
      {"delete", "delete a version: its facts stay, its bytes may go", everyday, write, make_delete},
      {"approvals", "who approved or rejected a version", upkeep, read, make_approvals},
      {"waivers", "who waived which checks of a version", upkeep, read, make_waivers},
      {"run list", "list recorded runs", upkeep, read, make_run_list},
      {"run show", "show everything known about a run", upkeep, read, make_run_show},
      {"run log", "print the output of a run", upkeep, read, make_run_log},
      {"run wait", "wait for a run, and take in what came of it", upkeep, write, make_run_wait},
      {"run stop", "end a run that is still going", upkeep, write, make_run_stop},
      {"run rerun", "run a recorded command again", upkeep, write, make_run_rerun},
      {"run gc", "remove what crashed runs left behind", upkeep, write, make_run_gc},
      {"run compare", "put the params and metrics of runs beside each other", upkeep, read, make_run_compare},
      {"run diff", "tell what is not the same in two runs", upkeep, read, make_run_diff},
      {"dataset add", "snapshot input data under a name", upkeep, write, make_dataset_add},
      {"dataset list", "list datasets, or the snapshots of one", upkeep, read, make_dataset_list},
      {"dataset show", "show everything known about a dataset", upkeep, read, make_dataset_show},
      {"dataset diff", "compare two datasets", upkeep, read, make_dataset_diff},
      {"dataset drift", "tell whether columns have changed", upkeep, Needs::nothing, make_dataset_drift},
      {"dataset profile", "tell what the columns of a table hold", upkeep, Needs::nothing, make_dataset_profile},
      {"dataset schema", "write down what a table holds, to be edited and kept", upkeep, Needs::nothing,
       make_dataset_schema},
      {"dataset check", "tell where a table does not hold to its schema", upkeep, Needs::nothing, make_dataset_check},
      {"monitor record", "count what production sends a version", upkeep, write, make_monitor_record},
      {"monitor check", "tell whether what production sends is still what it was", upkeep, read, make_monitor_check},
      {"monitor list", "list the batches of a version", upkeep, read, make_monitor_list},
      {"artifacts verify", "is every stored byte there and what it was", upkeep, read, make_artifacts_verify},
      {"artifacts gc", "free the bytes that nothing needs any more", upkeep, write, make_artifacts_gc},
      {"artifacts repair", "rebuild indexes and heal what is damaged", upkeep, write, make_artifacts_repair},
      {"artifacts stats", "what is stored, and what deleting would free", upkeep, read, make_artifacts_stats},
      {"hook list", "who is told of what, and what still waits", upkeep, read, make_hook_list},
      {"hook log", "what hooks were told, and what they answered", upkeep, read, make_hook_log},
      {"hook deliver", "tell hooks what has not arrived yet", upkeep, write, make_hook_deliver},
      {"hook redeliver", "tell a hook again", upkeep, write, make_hook_redeliver},
      {"hook test", "send a hook a test, to see whether it arrives", upkeep, read, make_hook_test},
      {"audit log", "print the log of every change", upkeep, read, make_audit_log},
      {"audit verify", "prove that the log and the registry were not edited", upkeep, read, make_audit_verify},
      {"config list", "list settings, and where each comes from", upkeep, Needs::nothing, make_config_list},
      {"config get", "print one setting", upkeep, Needs::nothing, make_config_get},
      {"config set", "change or unset a setting", upkeep, write, make_config_set},
      {"config check", "check the policy file mlops.toml", upkeep, Needs::nothing, make_config_check},
      {"doctor", "find out what is missing or broken, and how to mend it", upkeep, Needs::nothing, make_doctor},
      {"completion", "print a completion script for bash, zsh or fish", upkeep, Needs::nothing, make_completion},
      {"help", "explain a command or a topic", upkeep, Needs::nothing, make_help},
  };
  return table;
}

namespace {

const CommandRow* row_named(std::string_view name) {
  for (const CommandRow& row : commands()) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace

FoundCommand find_command(const std::vector<std::string>& words) {
  if (words.empty()) return {};
  if (words.size() > 1) {
    if (const CommandRow* row = row_named(words[0] + " " + words[1])) return {row, 2};
  }
  if (const CommandRow* row = row_named(words[0])) return {row, 1};
  return {};
}

std::vector<std::string> subcommands(std::string_view noun) {
  std::vector<std::string> names;
  const std::string prefix = std::string{noun} + " ";
  for (const CommandRow& row : commands()) {
    if (row.name.starts_with(prefix)) names.emplace_back(row.name.substr(prefix.size()));
  }
  return names;
}

void declare_common(Args& args, CommonFlags& flags, Needs needs) {
  if (needs == Needs::write) args.flag({"-n", "--dry-run"}, flags.dry_run, "say what would happen, change nothing");
  args.flag({"--json"}, flags.json, "print the result as JSON");
  args.flag({"-q", "--quiet"}, flags.quiet, "print only what a script would want");
  args.flag({"-y", "--yes"}, flags.yes, "never ask (no command asks today)");
  args.option({"-C"}, "DIR", flags.directory, "work as if started in DIR", Completes::files);
  args.option({"--registry"}, "DIR", flags.registry, "use the registry in DIR", Completes::files);
  args.option({"--color"}, "WHEN", flags.color, "colour: auto, always or never");
  args.flag({"--no-progress"}, flags.no_progress, "show no progress");
  args.flag({"-h", "--help"}, flags.help, "show this help");
}

}  // namespace mlops::cli
