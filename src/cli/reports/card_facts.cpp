#include "reports/card_facts.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "render.hpp"
#include "reports/card.hpp"
#include "reports/card_sections.hpp"
#include "reports/escape.hpp"
#include "reports/report.hpp"

namespace mlops::cli {

namespace {

using app::CardOutcome;
using domain::CheckResult;

constexpr std::size_t most_rows = 100;
constexpr std::size_t longest_cell = 500;

std::string prose(std::string_view text) { return markdown_text(shortened(text, longest_cell)); }
std::string literal(std::string_view text) { return markdown_code(shortened(text, longest_cell)); }

// "- **Label:** value" lines; those without a value are left out.
class Bullets {
 public:
  Bullets& add(std::string_view label, std::string_view markdown) {
    if (!markdown.empty()) text_ += fmt::format("- **{}:** {}\n", label, markdown);
    return *this;
  }
  [[nodiscard]] std::string text() const { return text_; }

 private:
  std::string text_;
};

class MarkdownTable {
 public:
  explicit MarkdownTable(std::vector<std::string> headings) : headings_{std::move(headings)} {}
  void add(const std::vector<std::string>& cells) {
    ++rows_;
    if (rows_ <= most_rows) body_ += fmt::format("| {} |\n", fmt::join(cells, " | "));
  }
  [[nodiscard]] std::string text() const {
    if (rows_ == 0) return "";
    std::string text = fmt::format("| {} |\n|", fmt::join(headings_, " | "));
    for (std::size_t i = 0; i < headings_.size(); ++i) text += "---|";
    text += "\n" + body_;
    if (rows_ > most_rows) text += fmt::format("\n… and {} more.\n", rows_ - most_rows);
    return text;
  }

 private:
  std::vector<std::string> headings_;
  std::string body_;
  std::size_t rows_ = 0;
};

// As the author's front matter names it, else as the files do.
std::string licence_text(const CardOutcome& outcome, const AuthoredCard& authored) {
  const auto entry = std::ranges::find(authored.entries, "license", &CardEntry::key);
  if (entry != authored.entries.end()) return prose(join(entry->values, ", "));
  const auto& inspected = outcome.known.summary.version.inspected;
  if (inspected && !inspected->licence.empty()) return prose(inspected->licence);
  return std::string{card_placeholder};
}

std::string description_facts(const CardOutcome& outcome, const AuthoredCard& authored) {
  const domain::Version& version = outcome.known.summary.version;
  const std::string description = outcome.description.empty() ? "" : prose(outcome.description) + "\n\n";
  Bullets facts;
  facts.add("Version", literal(version.id.text()))
      .add("SemVer", version.semver ? literal(version.semver->text()) : "")
      .add("Digest", literal(version.digest.text()))
      .add("Registered", fmt::format("{} by {}", rfc3339(version.registered_at), prose(version.registered_by)))
      .add("Message", prose(version.message))
      .add("Model type", version.inspected ? prose(format_text(*version.inspected)) : "")
      .add("License", licence_text(outcome, authored))
      .add("Parent version", version.parent ? literal(version.parent->text()) : "")
      .add("Stages held", prose(join(outcome.known.summary.stages, ", ")))
      .add("Tags", prose(tags_text(outcome.known.summary.tags)))
      .add("Developed by", card_placeholder);
  return description + facts.text();
}

std::string source_facts(const CardOutcome& outcome) {
  const auto& git = outcome.known.summary.version.git;
  if (!git) return "";
  return Bullets{}
      .add("Repository", literal(git->remote.value_or("")))
      .add("Commit", literal(git->commit))
      .add("Branch", literal(git->branch.value_or("")))
      .add("Path", literal(git->path))
      .text();
}

std::string file_facts(const CardOutcome& outcome) {
  MarkdownTable table{{"path", "size", "SHA-256"}};
  for (const auto& file : outcome.known.files) {
    table.add({literal(file.path), bytes_text(file.size), literal(file.digest.hex())});
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
  MarkdownTable table{{"role", "dataset", "rows", "columns", "source", "digest"}};
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
    table.add({literal(use.role), literal(fmt::format("{}@{}", use.dataset, use.number)),
               is_known && found->rows ? fmt::format("{}", *found->rows) : "", literal(join(columns, ", ")),
               is_known ? literal(found->source) : "", literal(use.digest.text())});
  }
  return table.text();
}

std::string procedure_facts(const CardOutcome& outcome) {
  const auto& run = outcome.known.run;
  if (!run) return "";
  return Bullets{}
      .add("Run", fmt::format("{}", run->number))
      .add("Command", literal(join(run->command, " ")))
      .add("Seed", run->seed ? fmt::format("{}", *run->seed) : "")
      .add("Started", fmt::format("{} by {}", rfc3339(run->started_at), prose(run->started_by)))
      .text();
}

std::string parameter_facts(const CardOutcome& outcome) {
  MarkdownTable table{{"parameter", "value", "from"}};
  for (const auto& [name, value] : outcome.known.summary.version.params) {
    table.add({literal(name), literal(param_text(value)), "registration"});
  }
  if (outcome.inspection) {
    for (const auto& [name, value] : outcome.inspection->hyperparameters) {
      table.add({literal(name), literal(param_text(value)), "the files"});
    }
  }
  return table.text();
}

std::string size_facts(const CardOutcome& outcome) {
  const domain::Version& version = outcome.known.summary.version;
  const auto& run = outcome.known.run;
  const bool has_duration = run && run->ended_at;
  return Bullets{}
      .add("Files",
           fmt::format("{}, {}", count_text(outcome.known.files.size(), "file"), bytes_text(version.total_bytes)))
      .add("Duration of training",
           has_duration ? duration_text(run->ended_at->milliseconds - run->started_at.milliseconds) : "")
      .text();
}

// The interval that a check found for a metric, where its figures tell one.
std::string interval_of(const CardOutcome& outcome, const std::string& metric) {
  for (const auto& verdict : outcome.known.verdicts) {
    for (const auto& evidence : verdict.evidence) {
      const Json* name = evidence.figures.find("metric");
      const Json* ends = evidence.figures.find("interval");
      const bool is_it = name != nullptr && name->is_string() && name->as_string() == metric && ends != nullptr &&
                         ends->is_array() && ends->as_array().size() == 2 &&
                         evidence.figures.find("difference") == nullptr;
      if (!is_it || !ends->as_array()[0].is_number() || !ends->as_array()[1].is_number()) continue;
      return fmt::format("[{}, {}]", figure_text(ends->as_array()[0].as_double()),
                         figure_text(ends->as_array()[1].as_double()));
    }
  }
  return "";
}

std::string metric_facts(const CardOutcome& outcome) {
  std::vector<std::string> names;
  for (const auto& [name, value] : outcome.known.summary.version.metrics) names.push_back(literal(name));
  return names.empty() ? "" : join(names, ", ") + "\n";
}

std::string result_facts(const CardOutcome& outcome) {
  MarkdownTable table{{"metric", "value", "interval"}};
  for (const auto& [name, value] : outcome.known.summary.version.metrics) {
    table.add({literal(name), figure_text(value), interval_of(outcome, name)});
  }
  return table.text();
}

std::string gate_facts(const CardOutcome& outcome) {
  std::string text;
  for (const auto& verdict : worst_first(outcome.known.verdicts)) {
    if (!text.empty()) text += "\n";
    text += fmt::format("**{}: {}** ({}; {}, {} by {}, gate from {})\n\n", markdown_text(verdict.stage),
                        name_of(verdict.result), tally_text(verdict), verdict_name(verdict), rfc3339(verdict.at),
                        prose(verdict.by), prose(verdict.policy_source));
    MarkdownTable table{{"result", "check", "wanted", "found"}};
    for (const auto& evidence : worst_first(verdict.evidence)) {
      table.add({std::string{name_of(evidence.result)}, literal(evidence.check), literal(evidence.wanted),
                 literal(evidence.found)});
    }
    text += table.text();
  }
  for (const auto& approval : outcome.known.approvals) {
    text +=
        fmt::format("\n{} for {} by {}, {}\n", approval.decision == domain::Decision::approve ? "Approved" : "Rejected",
                    prose(approval.stage), prose(approval.by), rfc3339(approval.at));
  }
  return text;
}

// Only what was found out: what did not pass, and what the registry itself warns of.
std::string limitation_facts(const CardOutcome& outcome) {
  std::string text;
  const store::VersionSummary& summary = outcome.known.summary;
  const auto add = [&text](std::string_view line) { text += fmt::format("- {}\n", line); };
  if (summary.deletion) add(fmt::format("Deleted {}.", rfc3339(summary.deletion->at)));
  if (summary.deprecation) add("Deprecated: " + prose(summary.deprecation->reason));
  for (const auto& verdict : outcome.known.verdicts) {
    for (const auto& evidence : worst_first(verdict.evidence)) {
      if (evidence.result == CheckResult::passed) continue;
      const std::string& why = evidence.reason.empty() ? evidence.found : evidence.reason;
      add(fmt::format("{}, asked by the gate of {}: {}{}", literal(evidence.check), prose(verdict.stage),
                      name_of(evidence.result), why.empty() ? "" : ", " + prose(why)));
    }
  }
  const auto& inspected = summary.version.inspected;
  if (inspected && inspected->safety != domain::Safety::allowlisted) {
    add(fmt::format("The scan of its files says {}: loading them may run code.", name_of(inspected->safety)));
  }
  if (summary.version.git && summary.version.git->dirty) {
    add("It was registered with changes that are in no commit.");
  }
  return text;
}

std::string ports_text(const std::vector<domain::Port>& ports) {
  std::vector<std::string> parts;
  for (const auto& port : ports) {
    std::vector<std::string> shape;
    if (port.shape) {
      for (const Json& size : *port.shape) shape.push_back(size.is_null() ? "?" : param_text(size));
    }
    parts.push_back(literal(fmt::format("{} {} [{}]", port.name, port.dtype, join(shape, ", "))));
  }
  return join(parts, ", ");
}

std::string architecture_facts(const CardOutcome& outcome) {
  if (!outcome.inspection) return "";
  const domain::Inspection& inside = *outcome.inspection;
  const std::string tensors =
      inside.tensor_count > 0 ? fmt::format("{}, {}", inside.tensor_count, bytes_text(inside.tensor_bytes)) : "";
  return Bullets{}
      .add("Format", prose(inside.format + (inside.format_version.empty() ? "" : " " + inside.format_version)))
      .add("Architecture", prose(inside.architecture))
      .add("Parameters", inside.parameters ? fmt::format("{}", *inside.parameters) : "")
      .add("Quantisation", prose(inside.quantisation))
      .add("Tensors", tensors)
      .add("Inputs", ports_text(inside.signature.inputs))
      .add("Outputs", ports_text(inside.signature.outputs))
      .text();
}

// Short facts of the recorded machine and interpreter; lists such as the packages stay in the registry.
std::string environment_facts(const CardOutcome& outcome, bool of_hardware) {
  constexpr std::array<std::string_view, 3> hardware = {"cpu", "cores", "memory_bytes"};
  Bullets bullets;
  if (outcome.known.run && outcome.known.run->environment.is_object()) {
    for (const auto& [key, value] : outcome.known.run->environment.as_object()) {
      const bool is_hardware = std::ranges::find(hardware, key) != hardware.end();
      const bool is_short = value.is_string() || value.is_number();
      if (is_hardware == of_hardware && is_short) bullets.add(prose(key), literal(param_text(value)));
    }
  }
  if (!of_hardware && outcome.inspection) {
    for (const auto& [name, number] : outcome.inspection->libraries) bullets.add(prose(name), literal(number));
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
       {"Results", result_facts(outcome)},
       {"Gates", gate_facts(outcome)},
       {"Bias, Risks, and Limitations", limitation_facts(outcome)},
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
