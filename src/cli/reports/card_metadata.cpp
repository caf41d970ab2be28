#include "reports/card_metadata.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "reports/escape.hpp"

namespace mlops::cli {

namespace {

using app::CardOutcome;

// Identifiers of licences that the Hub knows; any other is `other`, with its name beside it.
constexpr std::array<std::string_view, 42> hub_licences = {"apache-2.0",
                                                           "mit",
                                                           "openrail",
                                                           "bigscience-openrail-m",
                                                           "creativeml-openrail-m",
                                                           "bsd",
                                                           "bsd-2-clause",
                                                           "bsd-3-clause",
                                                           "c-uda",
                                                           "cc",
                                                           "cc0-1.0",
                                                           "cc-by-2.0",
                                                           "cc-by-3.0",
                                                           "cc-by-4.0",
                                                           "cc-by-sa-3.0",
                                                           "cc-by-sa-4.0",
                                                           "cc-by-nc-2.0",
                                                           "cc-by-nc-3.0",
                                                           "cc-by-nc-4.0",
                                                           "cc-by-nd-4.0",
                                                           "cc-by-nc-nd-4.0",
                                                           "cc-by-nc-sa-4.0",
                                                           "wtfpl",
                                                           "artistic-2.0",
                                                           "eupl-1.1",
                                                           "gfdl",
                                                           "gpl",
                                                           "gpl-2.0",
                                                           "gpl-3.0",
                                                           "lgpl",
                                                           "lgpl-2.1",
                                                           "lgpl-3.0",
                                                           "agpl-3.0",
                                                           "afl-3.0",
                                                           "isc",
                                                           "mpl-2.0",
                                                           "ms-pl",
                                                           "unlicense",
                                                           "zlib",
                                                           "llama2",
                                                           "gemma",
                                                           "other"};

// Of the author's entries; `model-index` is ours alone.
constexpr auto hub_keys = std::to_array<std::string_view>({"language", "license", "license_name", "license_link",
                                                           "library_name", "tags", "datasets", "metrics", "base_model",
                                                           "base_model_relation", "pipeline_tag", "thumbnail"});
// Those whose values are always lists.
constexpr std::array<std::string_view, 3> list_keys = {"tags", "datasets", "metrics"};

bool is_list_key(std::string_view key) { return std::ranges::find(list_keys, key) != list_keys.end(); }

CardEntry scalar(std::string key, std::string value) { return {std::move(key), {std::move(value)}, false}; }

void add_licence(std::vector<CardEntry>& entries, const CardOutcome& outcome) {
  const auto& inspected = outcome.known.summary.version.inspected;
  if (!inspected || inspected->licence.empty()) return;
  const std::string identifier = lower_ascii(trim(inspected->licence));
  if (std::ranges::find(hub_licences, identifier) != hub_licences.end()) {
    entries.push_back(scalar("license", identifier));
    return;
  }
  entries.push_back(scalar("license", "other"));
  entries.push_back(scalar("license_name", inspected->licence));
}

// Only where the files leave no doubt.
std::string library_of(const domain::Inspected& inspected) {
  if (inspected.architecture.starts_with("sklearn.")) return "sklearn";
  constexpr std::array<std::string_view, 4> same = {"onnx", "keras", "xgboost", "lightgbm"};
  const auto found = std::ranges::find(same, inspected.format);
  return found == same.end() ? std::string{} : std::string{*found};
}

std::vector<CardEntry> own_entries(const CardOutcome& outcome) {
  const domain::Version& version = outcome.known.summary.version;
  std::vector<CardEntry> entries;
  add_licence(entries, outcome);
  CardEntry tags{.key = "tags", .values = {}, .is_list = true};
  if (version.inspected) {
    const std::string library = library_of(*version.inspected);
    if (!library.empty()) entries.push_back(scalar("library_name", library));
    if (version.inspected->format != "unknown") tags.values.push_back(version.inspected->format);
  }
  for (const auto& [name, value] : outcome.known.summary.tags) {
    tags.values.push_back(value.empty() ? name : fmt::format("{}:{}", name, value));
  }
  if (!tags.values.empty()) entries.push_back(std::move(tags));
  CardEntry datasets{.key = "datasets", .values = {}, .is_list = true};
  for (const auto& use : version.data) {
    if (std::ranges::find(datasets.values, use.dataset) == datasets.values.end())
      datasets.values.push_back(use.dataset);
  }
  if (!datasets.values.empty()) entries.push_back(std::move(datasets));
  CardEntry metrics{.key = "metrics", .values = {}, .is_list = true};
  for (const auto& [name, value] : version.metrics) metrics.values.push_back(name);
  if (!metrics.values.empty()) entries.push_back(std::move(metrics));
  return entries;
}

void merge(std::vector<CardEntry>& entries, const std::vector<CardEntry>& authored) {
  for (CardEntry entry : authored) {
    if (!is_hub_key(entry.key)) continue;
    // The name of a licence that the author replaces says nothing about theirs.
    if (entry.key == "license") std::erase_if(entries, [](const CardEntry& own) { return own.key == "license_name"; });
    if (is_list_key(entry.key)) entry.is_list = true;
    const auto own = std::ranges::find(entries, entry.key, &CardEntry::key);
    if (own == entries.end()) {
      entries.push_back(std::move(entry));
      continue;
    }
    if (entry.is_list && own->is_list) {
      for (std::string& value : own->values) {
        if (std::ranges::find(entry.values, value) == entry.values.end()) entry.values.push_back(std::move(value));
      }
    }
    *own = std::move(entry);
  }
}

std::string entry_text(const CardEntry& entry) {
  if (!entry.is_list) return fmt::format("{}: {}\n", entry.key, yaml_string(entry.values.front()));
  std::string text = entry.key + ":\n";
  for (const std::string& value : entry.values) text += fmt::format("- {}\n", yaml_string(value));
  return text;
}

// The dataset on which the metrics were measured is known by its role, if at all.
const domain::DataUse* tested_on(const CardOutcome& outcome) {
  for (const std::string_view word : {"test", "eval", "valid", "holdout"}) {
    for (const auto& use : outcome.known.summary.version.data) {
      if (lower_ascii(use.role).starts_with(word)) return &use;
    }
  }
  return nullptr;
}

// The Hub refuses results without a task and a dataset: what isn't known is called so.
std::string model_index(const CardOutcome& outcome, const std::vector<CardEntry>& entries) {
  const domain::Version& version = outcome.known.summary.version;
  std::string metrics;
  for (const auto& [name, value] : version.metrics) {
    if (!std::isfinite(value)) continue;
    metrics +=
        fmt::format("    - type: {0}\n      name: {0}\n      value: {1}\n", yaml_string(name), yaml_number(value));
  }
  if (metrics.empty()) return "";
  const auto task = std::ranges::find(entries, "pipeline_tag", &CardEntry::key);
  const domain::DataUse* use = tested_on(outcome);
  const std::string dataset = use == nullptr ? "not recorded" : fmt::format("{}@{}", use->dataset, use->number);
  std::string text = fmt::format(
      "model-index:\n- name: {}\n  results:\n  - task:\n      type: {}\n    dataset:\n      type: {}\n      name: {}\n",
      yaml_string(version.id.model), task == entries.end() ? "other" : yaml_string(task->values.front()),
      yaml_string(use == nullptr ? "unknown" : use->dataset), yaml_string(dataset));
  if (use != nullptr) text += fmt::format("      revision: {}\n", yaml_string(use->digest.text()));
  return text + "    metrics:\n" + metrics;
}

}  // namespace

bool is_hub_key(std::string_view key) { return std::ranges::find(hub_keys, key) != hub_keys.end(); }

std::string card_metadata(const CardOutcome& outcome, const std::vector<CardEntry>& authored) {
  std::vector<CardEntry> entries = own_entries(outcome);
  merge(entries, authored);
  std::string text;
  for (const CardEntry& entry : entries) text += entry_text(entry);
  text += model_index(outcome, entries);
  return text.empty() ? "" : fmt::format("---\n{}---\n\n", text);
}

}  // namespace mlops::cli
