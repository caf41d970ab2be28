#include "render.hpp"

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::cli {

std::string metrics_text(const domain::Metrics& metrics, std::size_t most) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : metrics) {
    if (parts.size() == most) break;
    parts.push_back(fmt::format("{} {}", printable(name), figure_text(value)));
  }
  std::string text = join(parts, ", ");
  if (metrics.size() > most) text += fmt::format(" and {} more", metrics.size() - most);
  return text;
}

std::string param_text(const Json& value) { return printable(value.is_string() ? value.as_string() : to_line(value)); }

std::string params_text(const domain::Params& params) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : params) parts.push_back(fmt::format("{} {}", printable(name), param_text(value)));
  return join(parts, ", ");
}

std::string tags_text(const domain::Tags& tags) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : tags) {
    parts.push_back(fmt::format("{}{}{}", printable(name), value.empty() ? "" : "=", printable(value)));
  }
  return join(parts, ", ");
}

std::string data_text(const std::vector<domain::DataUse>& data) {
  std::vector<std::string> parts;
  for (const auto& use : data) {
    const std::string name = use.number == 0 ? use.dataset + " (new)" : fmt::format("{}@{}", use.dataset, use.number);
    parts.push_back(fmt::format("{} ({})", name, use.digest.short_text()));
  }
  return join(parts, ", ");
}

std::string git_text(const domain::GitState& git) {
  std::string text = git.commit.substr(0, 7);
  if (git.branch) text += " on " + printable(*git.branch);
  if (git.dirty) text += git.diff ? " (with uncommitted changes, recorded)" : " (with uncommitted changes)";
  return text;
}

std::string deletion_text(const Session& session, const domain::Deletion& deletion) {
  const std::string why = deletion.reason.empty() ? "" : ": " + printable(deletion.reason);
  return fmt::format("{} by {}{}", session.when(deletion.at), deletion.by, why);
}

std::string count_text(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string tensor_text(const domain::Tensor& tensor) {
  return fmt::format("{} [{}]", printable(tensor.dtype), fmt::join(tensor.shape, ", "));
}

std::string parameters_text(std::uint64_t parameters) {
  constexpr std::uint64_t exact = 1'000'000;
  if (parameters < exact) return fmt::format("{} {}", parameters, parameters == 1 ? "parameter" : "parameters");
  const auto count = static_cast<double>(parameters);
  if (count < 1e9) return fmt::format("{:.1f} million parameters", count / 1e6);
  return fmt::format("{:.1f} billion parameters", count / 1e9);
}

std::string format_text(const domain::Inspected& inspected) {
  std::string text = printable(inspected.format);
  if (!inspected.architecture.empty()) text += ", " + printable(inspected.architecture);
  if (!inspected.quantisation.empty()) text += ", " + printable(inspected.quantisation);
  if (inspected.parameters) text += ", " + parameters_text(*inspected.parameters);
  return text;
}

Tone tone_of(domain::RunStatus status) {
  switch (status) {
    case domain::RunStatus::running:
      return Tone::plain;
    case domain::RunStatus::succeeded:
      return Tone::good;
    case domain::RunStatus::failed:
    case domain::RunStatus::interrupted:
    case domain::RunStatus::stopped:
      return Tone::bad;
  }
  return Tone::plain;
}

Tone tone_of(domain::CheckResult result) {
  switch (result) {
    case domain::CheckResult::passed:
      return Tone::good;
    case domain::CheckResult::skipped:
      return Tone::faint;
    case domain::CheckResult::inconclusive:
      return Tone::warning;
    case domain::CheckResult::failed:
    case domain::CheckResult::error:
      return Tone::bad;
  }
  return Tone::plain;
}

Tone tone_of(domain::VerdictResult result) {
  switch (result) {
    case domain::VerdictResult::passed:
      return Tone::good;
    case domain::VerdictResult::inconclusive:
      return Tone::warning;
    case domain::VerdictResult::failed:
      return Tone::bad;
  }
  return Tone::plain;
}

Tone tone_of(const domain::Evidence& evidence) {
  const domain::Standing standing = standing_of(evidence);
  const bool is_told_only = standing == domain::Standing::warns || standing == domain::Standing::waived;
  return is_told_only ? Tone::warning : tone_of(evidence.result);
}

Tone tone_of(domain::WaiverState state) { return state == domain::WaiverState::stands ? Tone::warning : Tone::faint; }

Json waivers_json(const std::vector<domain::Waiver>& waivers, Timestamp now) {
  Json array = Json::array();
  for (const domain::Waiver& waiver : waivers) {
    Json json = domain::to_json(waiver);
    json.set("state", name_of(state_of(waiver, now)));
    array.push_back(std::move(json));
  }
  return array;
}

std::string waiver_text(const Session& session, const domain::Waiver& waiver) {
  const std::string condition = waiver.condition.empty() ? "" : fmt::format(" ({})", printable(waiver.condition));
  std::string text = fmt::format("{}{} for {} until {} by {}: {}", printable(waiver.check), condition, waiver.stage,
                                 domain::until_text(waiver.until), printable(waiver.by), printable(waiver.reason));
  if (waiver.withdrawn) {
    text += fmt::format("; withdrawn {} by {}", session.when(waiver.withdrawn->at), printable(waiver.withdrawn->by));
    if (!waiver.withdrawn->reason.empty()) text += ": " + printable(waiver.withdrawn->reason);
  } else if (state_of(waiver, session.now()) == domain::WaiverState::expired) {
    text += "; expired";
  }
  return text;
}

std::string evidence_text(const Session& session, const std::vector<domain::Evidence>& evidence) {
  return evidence_text(session.style(), session.columns(), evidence);
}

std::string evidence_text(const Style& style, std::size_t columns, const std::vector<domain::Evidence>& evidence) {
  Table table{{"CHECK", "RESULT", "WANTED", "FOUND"}};
  std::string reasons;
  for (const auto& item : evidence) {
    const std::string check = printable(item.check);
    table.add({{check}, {standing_text(item), tone_of(item)}, {printable(item.wanted)}, {printable(item.found)}});
    const auto tell = [&](const std::string& text) {
      if (text.empty()) return;
      for (const std::string& line : split(text, '\n')) reasons += fmt::format("  {}: {}\n", check, printable(line));
    };
    tell(item.reason);
    tell(waiver_text(item));
  }
  return table.text(style, columns, "  ") + reasons;
}

Json json_texts(const std::vector<std::string>& texts) {
  Json array = Json::array();
  for (const std::string& text : texts) array.push_back(text);
  return array;
}

Json to_json(const store::VersionSummary& summary) {
  Json json = domain::to_json(summary.version);
  json.set("tags", domain::to_json(summary.tags));
  json.set("stages", json_texts(summary.stages));
  json.set("aliases", json_texts(summary.aliases));
  json.set("deprecation", summary.deprecation ? domain::to_json(*summary.deprecation) : Json{});
  json.set("deletion", summary.deletion ? domain::to_json(*summary.deletion) : Json{});
  return json;
}

Json to_json(const std::string& model, const std::vector<store::Holder>& holders) {
  Json array = Json::array();
  for (const auto& holder : holders) {
    array.push_back(Json::object({{"stage", holder.stage},
                                  {"version", domain::VersionId{model, holder.version}.text()},
                                  {"since", rfc3339(holder.since)}}));
  }
  return array;
}

std::pair<std::string, std::string> split_pair(const std::string& argument, const std::string& flag,
                                               std::string_view form) {
  const auto equals = argument.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw Error{ErrorKind::usage, fmt::format("`{} {}` is not {}", flag, printable(argument), form)};
  }
  return {argument.substr(0, equals), argument.substr(equals + 1)};
}

namespace {

template <typename Map, typename Value>
void insert_once(Map& map, const std::string& key, Value value, const std::string& flag) {
  if (!map.emplace(key, std::move(value)).second) {
    throw Error{ErrorKind::usage, fmt::format("`{} {}` is given twice", flag, printable(key))};
  }
}

}  // namespace

domain::Metrics parse_metric_arguments(const std::vector<std::string>& arguments) {
  domain::Metrics metrics;
  for (const std::string& argument : arguments) {
    const auto [key, text] = split_pair(argument, "--metric");
    const auto value = parse_double(text);
    if (!value) {
      throw Error{ErrorKind::usage,
                  fmt::format("metric `{}` is `{}`, not a finite number", printable(key), printable(text))};
    }
    insert_once(metrics, key, *value, "--metric");
  }
  return metrics;
}

domain::Params parse_param_arguments(const std::vector<std::string>& arguments) {
  domain::Params params;
  for (const std::string& argument : arguments) {
    const auto [key, text] = split_pair(argument, "--param");
    Json value = text;
    if (text == "true" || text == "false") {
      value = Json{text == "true"};
    } else if (const auto integer = parse_integer(text)) {
      value = Json{*integer};
    } else if (const auto number = parse_double(text)) {
      value = Json{*number};
    }
    insert_once(params, key, std::move(value), "--param");
  }
  return params;
}

domain::Tags parse_tag_arguments(const std::vector<std::string>& arguments) {
  domain::Tags tags;
  for (const std::string& argument : arguments) {
    // A tag may be a mere label.
    const auto equals = argument.find('=');
    const std::string key = argument.substr(0, equals);
    insert_once(tags, key, equals == std::string::npos ? std::string{} : argument.substr(equals + 1), "--tag");
  }
  return tags;
}

std::vector<app::DataArgument> parse_data_arguments(const std::vector<std::string>& arguments, const std::string& flag,
                                                    const std::filesystem::path& directory) {
  std::vector<app::DataArgument> data;
  for (const std::string& argument : arguments) {
    const auto equals = argument.find('=');
    if (equals == std::string::npos) {  // the reference of a dataset plays the role of its name
      const auto at = argument.find('@');
      if (at == std::string::npos) {
        throw Error{ErrorKind::usage, fmt::format("`{} {}` is not NAME=PATH", flag, printable(argument))};
      }
      data.push_back({argument.substr(0, at), std::nullopt, argument});
      continue;
    }
    const std::string role = argument.substr(0, equals);
    const std::string value = argument.substr(equals + 1);
    std::error_code ignored;
    const std::filesystem::path path{value};
    const bool exists = std::filesystem::exists(path.is_absolute() ? path : directory / path, ignored);
    if (!exists && value.find('@') != std::string::npos) {
      data.push_back({role, std::nullopt, value});
    } else {
      data.push_back({role, path, std::nullopt});
    }
  }
  return data;
}

std::int64_t parse_run_number(const std::string& text) {
  const auto number = parse_integer(text);
  if (!number || *number < 1) {
    throw Error{ErrorKind::usage,
                fmt::format("`{}` is not the number of a run", printable(text)),
                {"`mlops run list` shows them"}};
  }
  return *number;
}

std::size_t page_limit(const std::optional<std::int64_t>& limit, std::size_t otherwise) {
  return limit ? static_cast<std::size_t>(*limit) : otherwise;
}

}  // namespace mlops::cli
