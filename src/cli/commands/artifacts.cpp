#include <mlops/app/artifacts.hpp>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

// "5%" or "0.05" as a share from 0 to 1.
double parse_share(const std::string& text) {
  const bool is_percent = text.ends_with('%');
  const auto number = parse_double(is_percent ? text.substr(0, text.size() - 1) : text);
  const double share = number.value_or(-1) / (is_percent ? 100 : 1);
  if (share > 0 && share <= 1) return share;
  throw Error{ErrorKind::usage,
              fmt::format("`--sample {}` is not a share", printable(text)),
              {"write a percentage, such as 5%"}};
}

Json finding_json(const app::ArtifactsFinding& finding) {
  return Json::object({{"file", finding.file.empty() ? Json{} : Json{finding.file}},
                       {"message", finding.what},
                       {"data", finding.is_data},
                       {"touches", json_texts(finding.touches)},
                       {"touches_more", finding.touches_more}});
}

Json findings_json(const std::vector<app::ArtifactsFinding>& findings) {
  Json array = Json::array();
  for (const auto& finding : findings) array.push_back(finding_json(finding));
  return array;
}

void print_finding(const Session& session, const app::ArtifactsFinding& finding) {
  const std::string where = finding.file.empty() ? "" : printable(finding.file) + ": ";
  session.print_line(fmt::format("  {} {}{}", finding.is_data ? session.style().bad("damage") : "note  ", where,
                                 printable(finding.what)));
  for (const std::string& need : finding.touches) session.print_line(fmt::format("         {}", printable(need)));
  if (finding.touches_more) session.print_line("         and more");
}

class ArtifactsVerify final : public Command {
 public:
  Help help() const override {
    return {{{"mlops artifacts verify", "is everything in its place?"},
             {"mlops artifacts verify --read-data", "is every stored byte what it was?"},
             {"mlops artifacts verify --sample 5%", "the same for a random part"},
             {"mlops artifacts verify churn@production --read-data", "one version, from end to end"}},
            "Names what is damaged or missing and whose it is: versions, datasets and runs. Files that were registered "
            "by reference are looked at in their place, and read with --read-data. Exits 6 when data is damaged; what "
            "`mlops artifacts repair` can mend without loss is only noted. What was found damaged is stored again when "
            "the same files are registered again."};
  }

  void declare(Args& args) override {
    args.optional_positional("MODEL@REF", reference_, "only what this version needs", Completes::reference);
    args.flag({"--read-data"}, read_data_, "read and hash all the data");
    args.option({"--sample"}, "SHARE", sample_, "read and hash a random part of the data");
  }

  ExitCode run(const Session& session) override {
    if (read_data_ && sample_) throw Error{ErrorKind::usage, "`--read-data` and `--sample` can't be given together"};
    app::Workspace workspace{session.context(), app::Access::read};
    const double share = sample_ ? parse_share(*sample_) : 0;
    const auto outcome =
        app::verify_artifacts(workspace, {.reference = reference_, .sample = read_data_ ? 1.0 : share});
    if (session.json()) {
      print_json(session, outcome);
    } else if (session.quiet()) {
      for (const auto& finding : outcome.findings) {
        for (const std::string& need : finding.touches) session.print_line(need);
      }
    } else {
      print_text(session, outcome);
    }
    return outcome.sound() ? ExitCode::done : ExitCode::integrity;
  }

 private:
  static void print_json(const Session& session, const app::ArtifactsVerifyOutcome& outcome) {
    session.print_json(Json::object({{"sound", outcome.sound()},
                                     {"version", outcome.version ? Json{outcome.version->text()} : Json{}},
                                     {"objects", outcome.objects},
                                     {"references", outcome.references},
                                     {"files", outcome.files},
                                     {"bytes_read", outcome.bytes},
                                     {"findings", findings_json(outcome.findings)}}));
  }

  static void print_text(const Session& session, const app::ArtifactsVerifyOutcome& outcome) {
    const Style& style = session.style();
    std::string looked_at = count_text(outcome.objects, "object");
    if (outcome.references > 0) looked_at += fmt::format(" and {}", count_text(outcome.references, "reference"));
    session.print_line(fmt::format("{}: {}{}, {}", outcome.sound() ? style.good("sound") : style.bad("not sound"),
                                   outcome.version ? outcome.version->text() + ", " : "", looked_at,
                                   outcome.bytes > 0 ? bytes_text(outcome.bytes) + " read" : "no data read"));
    for (const auto& finding : outcome.findings) print_finding(session, finding);
    if (!outcome.findings.empty()) session.hint("mlops artifacts repair --from PATH  (heals from a good copy)");
  }

  std::optional<std::string> reference_, sample_;
  bool read_data_ = false;
};

class ArtifactsGc final : public Command {
 public:
  Help help() const override {
    return {{{"mlops artifacts gc", "what could go, and how much it is"},
             {"mlops artifacts gc --apply", "let it go"},
             {"mlops artifacts gc --keep runs=30d --apply", "and what only runs need that ended longer ago"},
             {"mlops artifacts gc --older-than 7d --apply", "only what was stored longer ago"}},
            "Frees the bytes that nothing needs any more: those of deleted versions, and of commands that never came "
            "to their end. What a version, the run it came from or a dataset needs is never touched, and neither is "
            "what a command still at work may need. --keep says which other runs keep their bytes: `runs` (all of "
            "them, the default), `runs=30d` (those that ended since) or `versions` (none). Without --apply nothing "
            "changes."};
  }

  void declare(Args& args) override {
    args.flag({"--apply"}, apply_, "do it; otherwise only say what would happen");
    args.option({"--older-than"}, "SPAN", older_than_, "only what was stored longer ago (7d, 12h)");
    args.option({"--keep"}, "WHAT", keep_, "runs, runs=SPAN or versions (default: runs)");
  }

  ExitCode run(const Session& session) override {
    const bool apply = apply_ && !session.dry_run();
    app::Workspace workspace{session.context(), apply ? app::Access::write : app::Access::read};
    const auto outcome =
        app::collect_artifacts(workspace, {.older_than = older_than_, .keep = keep_.value_or("runs"), .apply = apply});
    if (session.json()) {
      print_json(session, outcome);
    } else if (session.quiet()) {
      session.print_line(std::to_string(outcome.applied ? outcome.report.freed_bytes : outcome.report.dead_bytes));
    } else {
      print_text(session, outcome);
    }
    return ExitCode::done;
  }

 private:
  static void print_json(const Session& session, const app::ArtifactsCollectOutcome& outcome) {
    const auto& report = outcome.report;
    session.print_json(
        Json::object({{"applied", outcome.applied},
                      {"live_bytes", report.live_bytes},
                      {"dead_bytes", report.dead_bytes},
                      {"dead_objects", report.dead_objects},
                      {"runs", outcome.runs},
                      {"packs_removed", report.packs_removed},
                      {"packs_rewritten", report.packs_rewritten},
                      {"leftovers_removed", report.leftovers_removed},
                      {"freed_bytes", report.freed_bytes},
                      {"kept_bytes", report.kept_bytes},
                      {"busy", json_texts(report.busy)},
                      {"collection", outcome.collection ? domain::to_json(*outcome.collection) : Json{}}}));
  }

  static void print_text(const Session& session, const app::ArtifactsCollectOutcome& outcome) {
    const auto& report = outcome.report;
    const std::string dead =
        fmt::format("{} in {}", bytes_text(report.dead_bytes), count_text(report.dead_objects, "object"));
    if (outcome.applied) {
      session.print_line(
          fmt::format("{} freed; nothing needed {}", session.style().bold(bytes_text(report.freed_bytes)), dead));
    } else {
      session.print_line(report.dead_objects == 0 ? std::string{"everything is needed: nothing to free"}
                                                  : fmt::format("nothing needs {}", session.style().bold(dead)));
    }
    session.print(details_text(session, outcome));
    for (const std::string& command : report.busy) {
      session.print_line(fmt::format("  {} still runs, and keeps what it may need", printable(command)));
    }
    if (!outcome.applied && report.dead_objects > 0) session.hint("mlops artifacts gc --apply  (frees it)");
  }

  static std::string details_text(const Session& session, const app::ArtifactsCollectOutcome& outcome) {
    const auto& report = outcome.report;
    const std::string_view would = outcome.applied ? "" : " (would be)";
    Facts facts;
    facts.add("needed", bytes_text(report.live_bytes));
    if (outcome.runs > 0) facts.add("let go", count_text(outcome.runs, "run") + " that no version came of");
    if (report.packs_removed > 0) facts.add("removed", count_text(report.packs_removed, "pack") + std::string{would});
    if (report.packs_rewritten > 0) {
      facts.add("rewritten", count_text(report.packs_rewritten, "pack") + std::string{would});
    }
    if (report.leftovers_removed > 0) facts.add("leftovers", count_text(report.leftovers_removed, "file"));
    if (report.kept_bytes > 0) facts.add("left", bytes_text(report.kept_bytes) + " too young or not worth moving");
    return facts.text(session.style());
  }

  std::optional<std::string> older_than_, keep_;
  bool apply_ = false;
};

class ArtifactsRepair final : public Command {
 public:
  Help help() const override {
    return {{{"mlops artifacts repair", "rebuild indexes, set damaged files aside"},
             {"mlops artifacts repair --from /backup/.mlops", "and heal what is lost from another registry"},
             {"mlops artifacts repair --from ~/models", "or from any files with the right digest"}},
            "Deletes nothing: damaged files are moved aside inside the registry. Exits 6 when something that is needed "
            "is lost still."};
  }

  void declare(Args& args) override {
    args.repeated({"--from"}, "PATH", from_, "a registry, folder or file with good copies", Completes::files);
  }

  ExitCode run(const Session& session) override {
    if (session.dry_run()) {
      throw Error{ErrorKind::usage, "`artifacts repair` has no dry run", {"`mlops artifacts verify` changes nothing"}};
    }
    app::Workspace workspace{session.context(), app::Access::write};
    const auto outcome = app::repair_artifacts(workspace, {.from = from_});
    if (session.json()) {
      print_json(session, outcome);
    } else if (!session.quiet()) {
      print_text(session, outcome);
    }
    return outcome.lost.empty() ? ExitCode::done : ExitCode::integrity;
  }

 private:
  static void print_json(const Session& session, const app::ArtifactsRepairOutcome& outcome) {
    Json healed = Json::array();
    for (const Digest& object : outcome.report.healed) healed.push_back(object.text());
    session.print_json(Json::object({{"whole", outcome.lost.empty()},
                                     {"indexes_rebuilt", outcome.report.indexes_rebuilt},
                                     {"quarantined", json_texts(outcome.report.quarantined)},
                                     {"healed", healed},
                                     {"lost", findings_json(outcome.lost)}}));
  }

  static void print_text(const Session& session, const app::ArtifactsRepairOutcome& outcome) {
    const auto& report = outcome.report;
    const Style& style = session.style();
    session.print_line(outcome.lost.empty() ? fmt::format("{}: everything that is needed is there", style.good("whole"))
                                            : fmt::format("{}: {} lost still", style.bad("not whole"),
                                                          count_text(outcome.lost.size(), "object")));
    if (report.indexes_rebuilt > 0) {
      session.print_line(fmt::format("  rebuilt {}", report.indexes_rebuilt == 1
                                                         ? std::string{"1 index"}
                                                         : fmt::format("{} indexes", report.indexes_rebuilt)));
    }
    if (!report.healed.empty()) session.print_line("  healed " + count_text(report.healed.size(), "object"));
    for (const std::string& file : report.quarantined) {
      session.print_line(fmt::format("  moved aside {}", printable(file)));
    }
    for (const auto& finding : outcome.lost) print_finding(session, finding);
    if (!outcome.lost.empty()) session.hint("mlops artifacts repair --from PATH  (heals from a good copy)");
  }

  std::vector<std::string> from_;
};

class ArtifactsStats final : public Command {
 public:
  Help help() const override {
    return {{{"mlops artifacts stats", "what the models cost"},
             {"mlops artifacts stats churn", "what deleting a version of churn would free"}},
            "LOGICAL counts the bytes of the files, each different one once; STORED what they take in the store, "
            "shared or not; FREES what deleting would free with the next `mlops artifacts gc`: no other row "
            "needs it."};
  }

  void declare(Args& args) override {
    args.optional_positional("MODEL", model_, "its versions instead of the models", Completes::model);
  }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), app::Access::read};
    const auto outcome = app::artifacts_stats(workspace, model_);
    if (session.json()) {
      print_json(session, outcome);
    } else if (session.quiet()) {
      session.print_line(std::to_string(outcome.store.disk_bytes));
    } else {
      print_text(session, outcome);
    }
    return ExitCode::done;
  }

 private:
  static std::uint64_t logical_bytes(const app::ArtifactsStatsOutcome& outcome) {
    std::uint64_t total = 0;
    for (const auto& row : outcome.rows) total += row.usage.logical_bytes;
    return total;
  }
  static Json ratio(std::uint64_t of, std::uint64_t to) {
    return to == 0 ? Json{} : Json{static_cast<double>(of) / static_cast<double>(to)};
  }
  static std::string ratio_text(std::uint64_t of, std::uint64_t to) {
    return to == 0 ? "" : fmt::format("{:.2f}", static_cast<double>(of) / static_cast<double>(to));
  }

  static void print_json(const Session& session, const app::ArtifactsStatsOutcome& outcome) {
    const auto& store = outcome.store;
    Json rows = Json::array();
    for (const auto& row : outcome.rows) {
      rows.push_back(Json::object({{"name", row.name.empty() ? Json{} : Json{row.name}},
                                   {"logical_bytes", row.usage.logical_bytes},
                                   {"stored_bytes", row.usage.stored_bytes},
                                   {"frees_bytes", row.usage.exclusive_bytes}}));
    }
    session.print_json(Json::object({{"model", outcome.model},
                                     {"logical_bytes", logical_bytes(outcome)},
                                     {"needed_bytes", store.needed_bytes},
                                     {"stored_bytes", store.stored_bytes},
                                     {"disk_bytes", store.disk_bytes},
                                     {"dedup_ratio", ratio(logical_bytes(outcome), unpacked_needed(store))},
                                     {"compression_ratio", ratio(store.unpacked_bytes, store.stored_bytes)},
                                     {"compression", store.compression},
                                     {"reflinks", store.reflinks},
                                     {"chunks", store.chunks},
                                     {"packs", store.packs},
                                     {"whole_objects", store.whole_objects},
                                     {"whole_bytes", store.whole_bytes},
                                     {"rows", rows}}));
  }

  // What is needed, before compression: the store as a whole tells how much that saves.
  static std::uint64_t unpacked_needed(const artifacts::StoreUsage& store) {
    if (store.stored_bytes == 0) return store.needed_bytes;
    return static_cast<std::uint64_t>(static_cast<double>(store.needed_bytes) *
                                      static_cast<double>(store.unpacked_bytes) /
                                      static_cast<double>(store.stored_bytes));
  }

  static void print_text(const Session& session, const app::ArtifactsStatsOutcome& outcome) {
    const auto& store = outcome.store;
    Facts facts;
    facts.add("logical", bytes_text(logical_bytes(outcome)));
    facts.add("stored", fmt::format("{}, of which {} are needed", bytes_text(store.stored_bytes),
                                    bytes_text(store.needed_bytes)));
    facts.add("on disk", bytes_text(store.disk_bytes));
    facts.add("dedup", ratio_text(logical_bytes(outcome), unpacked_needed(store)));
    facts.add("compression", fmt::format("{} (new chunks: {})", ratio_text(store.unpacked_bytes, store.stored_bytes),
                                         store.compression.empty() ? "none" : store.compression));
    facts.add("reflinks", store.reflinks ? "yes" : "no, this file system can't share blocks");
    facts.add("pieces", fmt::format("{} in {}, and {}", count_text(store.chunks, "chunk"),
                                    count_text(store.packs, "pack"), count_text(store.whole_objects, "whole object")));
    session.print(facts.text(session.style()));
    Table table{{outcome.model ? "VERSION" : "MODEL", "LOGICAL", "STORED", "FREES"}};
    for (const auto& row : outcome.rows) {
      table.add({{row.name.empty() ? "everything else" : row.name, row.name.empty() ? Tone::faint : Tone::bold},
                 {bytes_text(row.usage.logical_bytes)},
                 {bytes_text(row.usage.stored_bytes)},
                 {bytes_text(row.usage.exclusive_bytes)}});
    }
    if (table.empty()) return;
    session.print_line("");
    session.print(table.text(session.style(), session.columns()));
  }

  std::optional<std::string> model_;
};

}  // namespace

std::unique_ptr<Command> make_artifacts_verify() { return std::make_unique<ArtifactsVerify>(); }
std::unique_ptr<Command> make_artifacts_gc() { return std::make_unique<ArtifactsGc>(); }
std::unique_ptr<Command> make_artifacts_repair() { return std::make_unique<ArtifactsRepair>(); }
std::unique_ptr<Command> make_artifacts_stats() { return std::make_unique<ArtifactsStats>(); }

}  // namespace mlops::cli
