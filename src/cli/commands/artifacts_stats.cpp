#include <mlops/app/artifacts.hpp>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

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

std::unique_ptr<Command> make_artifacts_stats() { return std::make_unique<ArtifactsStats>(); }

}  // namespace mlops::cli
