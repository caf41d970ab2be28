#include "reports/card_facts.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "render.hpp"
#include "reports/card.hpp"
#include "reports/card_parts.hpp"
#include "reports/card_sections.hpp"

namespace mlops::cli {

namespace {

using app::CardOutcome;

// As the author's front matter names it, else as the files do.
std::string licence_text(const CardOutcome& outcome, const AuthoredCard& authored) {
  const auto entry = std::ranges::find(authored.entries, "license", &CardEntry::key);
  if (entry != authored.entries.end()) return card_prose(join(entry->values, ", "));
  const auto& inspected = outcome.known.summary.version.inspected;
  if (inspected && !inspected->licence.empty()) return card_prose(inspected->licence);
  return std::string{card_placeholder};
}

std::string description_facts(const CardOutcome& outcome, const AuthoredCard& authored) {
  const domain::Version& version = outcome.known.summary.version;
  const std::string description = outcome.description.empty() ? "" : card_prose(outcome.description) + "\n\n";
  CardBullets facts;
  facts.add("Version", card_literal(version.id.text()))
      .add("SemVer", version.semver ? card_literal(version.semver->text()) : "")
      .add("Digest", card_literal(version.digest.text()))
      .add("Registered", fmt::format("{} by {}", rfc3339(version.registered_at), card_prose(version.registered_by)))
      .add("Message", card_prose(version.message))
      .add("Model type", version.inspected ? card_prose(format_text(*version.inspected)) : "")
      .add("License", licence_text(outcome, authored))
      .add("Parent version", version.parent ? card_literal(version.parent->text()) : "")
      .add("Stages held", card_prose(join(outcome.known.summary.stages, ", ")))
      .add("Tags", card_prose(tags_text(outcome.known.summary.tags)))
      .add("Developed by", card_placeholder);
  return description + facts.text();
}

std::string source_facts(const CardOutcome& outcome) {
  const auto& git = outcome.known.summary.version.git;
  if (!git) return "";
  return CardBullets{}
      .add("Repository", card_literal(git->remote.value_or("")))
      .add("Commit", card_literal(git->commit))
      .add("Branch", card_literal(git->branch.value_or("")))
      .add("Path", card_literal(git->path))
      .text();
}

std::string file_facts(const CardOutcome& outcome) {
  CardTable table{{"path", "size", "SHA-256"}};
  for (const auto& file : outcome.known.files) {
    table.add({card_literal(file.path), bytes_text(file.size), card_literal(file.digest.hex())});
  }
  return table.text();
}

std::string start_facts(const CardOutcome& outcome) {
  const std::string version = outcome.known.summary.version.id.text();
  return fmt::format("```sh\nmlops checkout {} model/\n```\n", version);
}

// What the author meant a dataset for can only be told from the role they gave it.
bool is_for_testing(std::string_view role) {
  constexpr std::array<std::string_view, 5> words = {"test", "eval", "valid", "holdout", "dev"};
  const std::string lower = lower_ascii(role);
  return std::ranges::any_of(words, [&](std::string_view word) { return lower.starts_with(word); });
}

std::string data_facts(const CardOutcome& outcome, bool for_testing) {
  CardTable table{{"role", "dataset", "rows", "columns", "source", "digest"}};
  for (const auto& use : outcome.known.summary.version.data) {
    if (is_for_testing(use.role) != for_testing) continue;
    const auto found = std::ranges::find_if(outcome.datasets, [&](const domain::Dataset& dataset) {
      return dataset.name == use.dataset && dataset.number == use.number;
    });
    const bool is_known = found != outcome.datasets.end();
    std::vector<std::string> columns;
    if (is_known) {
      for (const auto& column : found->columns) columns.push_back(fmt::format("{} {}", column.name, column.type));
    }
    table.add({card_literal(use.role), card_literal(fmt::format("{}@{}", use.dataset, use.number)),
               is_known && found->rows ? fmt::format("{}", *found->rows) : "", card_literal(join(columns, ", ")),
               is_known ? card_literal(found->source) : "", card_literal(use.digest.text())});
  }
  return table.text();
}

std::string procedure_facts(const CardOutcome& outcome) {
  const auto& run = outcome.known.run;
  if (!run) return "";
  return CardBullets{}
      .add("Run", fmt::format("{}", run->number))
      .add("Command", card_literal(join(run->command, " ")))
      .add("Seed", run->seed ? fmt::format("{}", *run->seed) : "")
      .add("Started", fmt::format("{} by {}", rfc3339(run->started_at), card_prose(run->started_by)))
      .text();
}

std::string parameter_facts(const CardOutcome& outcome) {
  CardTable table{{"parameter", "value", "from"}};
  for (const auto& [name, value] : outcome.known.summary.version.params) {
    table.add({card_literal(name), card_literal(param_text(value)), "registration"});
  }
  if (outcome.inspection) {
    for (const auto& [name, value] : outcome.inspection->hyperparameters) {
      table.add({card_literal(name), card_literal(param_text(value)), "the files"});
    }
  }
  return table.text();
}

std::string size_facts(const CardOutcome& outcome) {
  const domain::Version& version = outcome.known.summary.version;
  const auto& run = outcome.known.run;
  const bool has_duration = run && run->ended_at;
  return CardBullets{}
      .add("Files",
           fmt::format("{}, {}", count_text(outcome.known.files.size(), "file"), bytes_text(version.total_bytes)))
      .add("Duration of training",
           has_duration ? duration_text(run->ended_at->milliseconds - run->started_at.milliseconds) : "")
      .text();
}

std::string metric_facts(const CardOutcome& outcome) {
  std::vector<std::string> names;
  for (const auto& [name, value] : outcome.known.summary.version.metrics) names.push_back(card_literal(name));
  return names.empty() ? "" : join(names, ", ") + "\n";
}

std::string ports_text(const std::vector<domain::Port>& ports) {
  std::vector<std::string> parts;
  for (const auto& port : ports) {
    std::vector<std::string> shape;
    if (port.shape) {
      for (const Json& size : *port.shape) shape.push_back(size.is_null() ? "?" : param_text(size));
    }
    parts.push_back(card_literal(fmt::format("{} {} [{}]", port.name, port.dtype, join(shape, ", "))));
  }
  return join(parts, ", ");
}

std::string architecture_facts(const CardOutcome& outcome) {
  if (!outcome.inspection) return "";
  const domain::Inspection& inside = *outcome.inspection;
  const std::string tensors =
      inside.tensor_count > 0 ? fmt::format("{}, {}", inside.tensor_count, bytes_text(inside.tensor_bytes)) : "";
  return CardBullets{}
      .add("Format", card_prose(inside.format + (inside.format_version.empty() ? "" : " " + inside.format_version)))
      .add("Architecture", card_prose(inside.architecture))
      .add("Parameters", inside.parameters ? fmt::format("{}", *inside.parameters) : "")
      .add("Quantisation", card_prose(inside.quantisation))
      .add("Tensors", tensors)
      .add("Inputs", ports_text(inside.signature.inputs))
      .add("Outputs", ports_text(inside.signature.outputs))
      .text();
}

// Short facts of the recorded machine and interpreter; lists such as the packages stay in the registry.
std::string environment_facts(const CardOutcome& outcome, bool of_hardware) {
  constexpr std::array<std::string_view, 3> hardware = {"cpu", "cores", "memory_bytes"};
  CardBullets bullets;
  if (outcome.known.run && outcome.known.run->environment.is_object()) {
    for (const auto& [key, value] : outcome.known.run->environment.as_object()) {
      const bool is_hardware = std::ranges::find(hardware, key) != hardware.end();
      const bool is_short = value.is_string() || value.is_number();
      if (is_hardware == of_hardware && is_short) bullets.add(card_prose(key), card_literal(param_text(value)));
    }
  }
  if (!of_hardware && outcome.inspection) {
    for (const auto& [name, number] : outcome.inspection->libraries)
      bullets.add(card_prose(name), card_literal(number));
  }
  return bullets.text();
}

}  // namespace

std::map<std::string, std::string> card_facts(const CardOutcome& outcome, const AuthoredCard& authored) {
  const std::array<std::pair<std::string_view, std::string>, 16> sections = {
      {{"Model Description", description_facts(outcome, authored)},
       {"Model Sources", source_facts(outcome)},
       {"Files", file_facts(outcome)},
       {"How to Get Started with the Model", start_facts(outcome)},
       {"Training Data", data_facts(outcome, false)},
       {"Training Procedure", procedure_facts(outcome)},
       {"Training Hyperparameters", parameter_facts(outcome)},
       {"Speeds, Sizes, Times", size_facts(outcome)},
       {"Testing Data", data_facts(outcome, true)},
       {"Metrics", metric_facts(outcome)},
       {"Results", card_results(outcome)},
       {"Gates", card_gates(outcome)},
       {"Bias, Risks, and Limitations", card_limitations(outcome)},
       {"Model Architecture and Objective", architecture_facts(outcome)},
       {"Hardware", environment_facts(outcome, true)},
       {"Software", environment_facts(outcome, false)}}};
  std::map<std::string, std::string> facts;
  for (const auto& [heading, text] : sections) {
    if (!text.empty()) facts.emplace(heading_key(heading), text);
  }
  return facts;
}

}  // namespace mlops::cli
