// How a training is to be run, from a policy file: time, retries, resources and environment of [model.NAME.train].
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "policy_parts.hpp"
#include "segments.hpp"

namespace mlops::domain {
namespace {

constexpr std::int64_t longest_attempt_seconds = std::int64_t{366} * 24 * 3600;
constexpr std::int64_t most_retries = 1000;
constexpr std::int64_t most_gpus = 1024;
constexpr double most_cpus = 65536;

Retry read_retry(const TableReader& reader) {
  reader.refuse_unknown({"exit_codes", "times"});
  Retry retry;
  retry.times = reader.integer("times", 1, most_retries).value_or(1);
  const Toml* const codes = reader.find("exit_codes");
  const Toml::Array* const items = codes == nullptr ? nullptr : codes->array();
  if (items == nullptr || items->empty()) {
    reader.mistake(reader.line(), "`exit_codes` is needed: the codes after which to try again, such as [75, 137]");
    return retry;
  }
  for (const Toml& item : *items) {
    const auto* const code = std::get_if<std::int64_t>(&item.value);
    if (code == nullptr || *code < 1 || *code > 255) {
      reader.mistake(item.line, "`exit_codes` holds whole numbers from 1 to 255 (128 + N for signal N)");
    } else {
      retry.exit_codes.push_back(static_cast<int>(*code));
    }
  }
  return retry;
}

// "8 GiB", "500 MB", "1073741824"
std::optional<std::uint64_t> parse_memory(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 9> units{{{"", 1},
                                                                      {"B", 1},
                                                                      {"kB", 1e3},
                                                                      {"MB", 1e6},
                                                                      {"GB", 1e9},
                                                                      {"TB", 1e12},
                                                                      {"MiB", 1048576},
                                                                      {"GiB", 1073741824},
                                                                      {"TiB", 1099511627776}}};
  const auto end = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = parse_double(text.substr(0, end));
  const std::string_view unit = trim(text.substr(end));
  const auto known = std::ranges::find(units, unit, &std::pair<std::string_view, double>::first);
  if (!number || known == units.end()) return std::nullopt;
  const double bytes = *number * known->second;
  if (bytes < 1 || bytes > 1e18) return std::nullopt;
  return static_cast<std::uint64_t>(bytes);
}

ResourceNeed read_needs(const TableReader& reader) {
  reader.refuse_unknown({"cpu", "memory", "gpu"});
  ResourceNeed needs;
  needs.cpus = reader.number("cpu");
  if (needs.cpus && (*needs.cpus <= 0 || *needs.cpus > most_cpus || std::isnan(*needs.cpus)))
    reader.mistake(reader.line_of("cpu"), "`cpu` is a number of cores above 0");
  needs.gpus = reader.integer("gpu", 0, most_gpus);
  if (const auto text = reader.string("memory")) {
    needs.memory_bytes = parse_memory(*text);
    if (!needs.memory_bytes) {
      reader.mistake(reader.line_of("memory"),
                     fmt::format("`memory` can't be `{}`: write it like \"8 GiB\" or \"500 MB\"", shown(*text)));
    }
  }
  return needs;
}

std::optional<std::vector<std::string>> read_variable_names(const TableReader& reader, std::string_view key) {
  const auto items = reader.strings(key);
  if (!items) return std::nullopt;
  std::vector<std::string> names;
  for (const auto& [name, line] : *items) {
    if (!is_variable_name(name)) {
      reader.mistake(line, fmt::format("`{}` can't be the name of an environment variable", shown(name)));
    } else if (name.starts_with("MLOPS_")) {
      reader.mistake(line, fmt::format("`{}` is set by mlops itself", name));
    } else {
      names.push_back(name);
    }
  }
  return names;
}

EnvironmentPlan read_environment(const TableReader& reader) {
  reader.refuse_unknown({"lock", "setup", "variables", "secrets"});
  EnvironmentPlan plan;
  plan.lock = read_project_path(reader, "lock");
  for (const auto& [argument, line] : reader.strings("setup").value_or(std::vector<TableReader::Item>{})) {
    if (argument.find('\0') != std::string::npos) reader.mistake(line, "an argument can't have a NUL in it");
    plan.setup.push_back(argument);
  }
  if (reader.find("setup") != nullptr && (plan.setup.empty() || plan.setup.front().empty())) {
    reader.mistake(reader.line_of("setup"),
                   "`setup` is empty: it is a command, such as [\"uv\", \"sync\", \"--locked\"]");
  }
  plan.variables = read_variable_names(reader, "variables");
  plan.secrets = read_variable_names(reader, "secrets").value_or(std::vector<std::string>{});
  for (const std::string& name : plan.secrets) {
    const bool also_plain = plan.variables && std::ranges::find(*plan.variables, name) != plan.variables->end();
    if (also_plain)
      reader.mistake(reader.line_of("secrets"), fmt::format("`{}` can't be a secret and a recorded variable", name));
  }
  return plan;
}

}  // namespace

bool is_variable_name(std::string_view name) {
  constexpr std::string_view legal = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  return !name.empty() && name.find_first_not_of(legal) == std::string_view::npos && (name[0] < '0' || name[0] > '9');
}

std::map<std::string, double> read_tolerance(const TableReader& reader) {
  std::map<std::string, double> tolerance;
  for (const auto& [name, value] : reader.table("tolerance")) {
    const auto* const real = std::get_if<double>(&value.value);
    const auto* const whole = std::get_if<std::int64_t>(&value.value);
    const double distance = real != nullptr ? *real : whole != nullptr ? static_cast<double>(*whole) : -1;
    if (distance >= 0 && std::isfinite(distance)) {
      tolerance.emplace(name, distance);
    } else {
      reader.mistake(value.line,
                     fmt::format("`tolerance.{}` must be a number from 0: how far the metric may be off", shown(name)));
    }
  }
  return tolerance;
}

Conduct read_conduct(const TableReader& reader) {
  Conduct conduct;
  conduct.timeout_seconds = reader.integer("timeout", 1, longest_attempt_seconds);
  if (reader.find("retry") != nullptr) conduct.retry = read_retry(reader.inner("retry"));
  if (reader.find("resources") != nullptr) conduct.needs = read_needs(reader.inner("resources"));
  if (reader.find("env") != nullptr) conduct.environment = read_environment(reader.inner("env"));
  return conduct;
}

}  // namespace mlops::domain
