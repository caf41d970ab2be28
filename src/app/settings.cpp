#include <mlops/app/settings.hpp>

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include <mlops/runners/cluster.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/json.hpp>
#include <mlops/support/text.hpp>
#include <mlops/support/toml.hpp>

namespace mlops::app {

namespace {

bool one_of(std::string_view value, std::initializer_list<std::string_view> allowed) {
  return std::find(allowed.begin(), allowed.end(), value) != allowed.end();
}

void check_value(std::string_view key, std::string_view value, std::string_view origin) {
  const auto refuse = [&](std::string_view wanted) {
    throw Error{ErrorKind::usage,
                fmt::format("setting `{}` can't be `{}` ({})", key, printable(value), origin),
                {fmt::format("it takes {}", wanted)}};
  };
  if (key == "color" && !one_of(value, {"auto", "always", "never"})) refuse("auto, always or never");
  if (key == "progress" && !one_of(value, {"auto", "never"})) refuse("auto or never");
  if (key == "artifacts.compression" && !one_of(value, {"none", "zstd"})) refuse("none or zstd");
  if (key == "artifacts.read_back" && !one_of(value, {"true", "false"})) refuse("true or false");
  if (key == "busy_timeout") {
    const auto seconds = parse_integer(value);
    if (!seconds || *seconds < 0 || *seconds > 3600) refuse("seconds, from 0 to 3600");
  }
}

// "profile.NAME.KEY"; nullopt for another key.
struct ProfileSetting {
  std::string name;
  std::string key;
};
std::optional<ProfileSetting> profile_setting(std::string_view key) {
  const std::vector<std::string> parts = split(key, '.');
  if (parts.size() != 3 || parts[0] != "profile" || parts[1].empty() || parts[2].empty()) return std::nullopt;
  return ProfileSetting{parts[1], parts[2]};
}

std::vector<std::string> known_keys() {
  std::vector<std::string> keys;
  for (const SettingInfo& info : known_settings()) keys.emplace_back(info.key);
  return keys;
}

bool is_known_profile_key(std::string_view key) {
  return std::ranges::any_of(runners::profile_keys(),
                             [&](const runners::ProfileKey& known) { return known.key == key; });
}

[[noreturn]] void throw_unknown_profile_key(const ProfileSetting& setting, std::string_view origin) {
  std::vector<std::string> keys;
  for (const runners::ProfileKey& known : runners::profile_keys()) keys.emplace_back(known.key);
  Error error{ErrorKind::usage,
              fmt::format("unknown key `{}` of profile `{}`{}", printable(setting.key), printable(setting.name),
                          origin.empty() ? std::string{} : fmt::format(" ({})", origin))};
  if (const auto near = near_miss(setting.key, keys)) error.add_hint(fmt::format("did you mean `{}`?", *near));
  error.add_hint(fmt::format("a profile has: {}", join(keys, ", ")));
  throw error;
}

void check_kind(std::string_view key, std::string_view value, std::string_view origin) {
  if (std::ranges::find(runners::profile_kinds(), value) != runners::profile_kinds().end()) return;
  throw Error{ErrorKind::usage,
              fmt::format("setting `{}` can't be `{}` ({})", key, printable(value), origin),
              {fmt::format("it takes {}", join(runners::profile_kinds(), ", "))}};
}

bool is_list_of_texts(const Toml& value) {
  const Toml::Array* const array = value.array();
  return array != nullptr && std::ranges::all_of(*array, [](const Toml& item) { return item.string() != nullptr; });
}

[[noreturn]] void throw_unknown(std::string_view key, std::string_view origin) {
  Error error{ErrorKind::usage, fmt::format("unknown setting `{}`{}", printable(key),
                                            origin.empty() ? std::string{} : fmt::format(" ({})", origin))};
  const auto keys = known_keys();
  if (const auto near = near_miss(key, keys)) error.add_hint(fmt::format("did you mean `{}`?", *near));
  error.add_hint(fmt::format("settings: {}", join(keys, ", ")));
  throw error;
}

std::string value_text(const Toml& value, std::string_view key, std::string_view origin) {
  if (const std::string* text = value.string()) return *text;
  if (profile_setting(key) && is_list_of_texts(value)) {
    Json::Array words;
    for (const Toml& item : *value.array()) words.emplace_back(*item.string());
    return to_line(Json{std::move(words)});
  }
  if (const auto* number = std::get_if<std::int64_t>(&value.value)) return std::to_string(*number);
  if (const auto* truth = std::get_if<bool>(&value.value)) return *truth ? "true" : "false";
  throw Error{ErrorKind::usage, fmt::format("{}:{}: setting `{}` takes text or a number, not {}", origin, value.line,
                                            key, value.type_name())};
}

void read_table(const Toml::Table& table, const std::string& prefix, const std::string& origin, Settings& settings) {
  for (const auto& [name, value] : table) {
    const std::string key = prefix + name;
    if (const Toml::Table* inner = value.table()) {
      read_table(*inner, key + ".", origin, settings);
    } else {
      const auto keys = known_keys();
      if (!profile_setting(key) && std::find(keys.begin(), keys.end(), key) == keys.end()) {
        throw_unknown(key, fmt::format("{}:{}", origin, value.line));
      }
      settings.set(key, value_text(value, key, origin), origin);
    }
  }
}

std::string toml_string(std::string_view value) {
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

bool sets(std::string_view line, std::string_view key) {
  line = trim(line);
  if (!line.starts_with(key)) return false;
  return trim(line.substr(key.size())).starts_with('=');
}

}  // namespace

const std::vector<SettingInfo>& known_settings() {
  static const std::vector<SettingInfo> settings = {
      {"artifacts.compression", "MLOPS_ARTIFACTS_COMPRESSION", "none", "of what is stored from now on: none or zstd"},
      {"artifacts.read_back", "MLOPS_ARTIFACTS_READ_BACK", "false",
       "read from the disk what was written, and compare, before it counts: true or false"},
      {"busy_timeout", "MLOPS_BUSY_TIMEOUT", "30", "seconds to wait for another process that is writing"},
      {"color", "MLOPS_COLOR", "auto", "colour on a terminal: auto, always or never"},
      {"on", "MLOPS_ON", "local", "where recipes that don't say it are trained: local, slurm, kubernetes or a profile"},
      {"policy.ref", "MLOPS_POLICY_REF", "", "branch, tag or commit from which gates are read (empty: HEAD)"},
      {"progress", "MLOPS_PROGRESS", "auto", "progress on a terminal: auto or never"},
      {"registry", "MLOPS_REGISTRY", "", "folder of the registry (empty: .mlops of the project)"},
  };
  return settings;
}

Settings::Settings() {
  for (const SettingInfo& info : known_settings()) {
    settings_.push_back({std::string{info.key}, std::string{info.default_value}, "default"});
  }
}

std::vector<std::string> Settings::profiles() const {
  std::vector<std::string> names;
  for (const Setting& setting : settings_) {
    const auto profile = profile_setting(setting.key);
    if (profile && std::ranges::find(names, profile->name) == names.end()) names.push_back(profile->name);
  }
  std::ranges::sort(names);
  return names;
}

const Setting& Settings::get(std::string_view key) const {
  const auto found = std::find_if(settings_.begin(), settings_.end(), [&](const Setting& s) { return s.key == key; });
  if (found == settings_.end()) throw_unknown(key, "");
  return *found;
}

void Settings::set(std::string_view key, std::string value, std::string origin) {
  const auto found = std::find_if(settings_.begin(), settings_.end(), [&](const Setting& s) { return s.key == key; });
  const auto profile = profile_setting(key);
  if (profile && !is_known_profile_key(profile->key)) throw_unknown_profile_key(*profile, origin);
  if (profile && profile->key == "kind") check_kind(key, value, origin);
  if (profile && found == settings_.end()) {
    settings_.push_back({std::string{key}, std::move(value), std::move(origin)});
    return;
  }
  if (found == settings_.end()) throw_unknown(key, origin);
  check_value(key, value, origin);
  found->value = std::move(value);
  found->origin = std::move(origin);
}

void read_settings_file(const std::filesystem::path& file, Settings& settings) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return;
  constexpr std::uint64_t largest_sensible = 1u << 20;
  const Toml document = parse_toml(read_file(file, largest_sensible), file.string());
  read_table(*document.table(), "", file.string(), settings);
}

void write_setting(const std::filesystem::path& file, std::string_view key, const std::optional<std::string>& value) {
  std::error_code ignored;
  const std::string before = std::filesystem::exists(file, ignored) ? read_file(file) : std::string{};
  std::string after;
  std::string tables;  // dotted keys must stand before the first table header
  bool written = false;
  const std::string line_for_value = value ? fmt::format("{} = {}\n", key, toml_string(*value)) : std::string{};
  for (const std::string& line : split(before, '\n')) {
    if (sets(line, key)) {
      if (!written) after += line_for_value;
      written = true;
      continue;
    }
    std::string& target = tables.empty() && !trim(line).starts_with('[') ? after : tables;
    target += line + '\n';
  }
  while (after.ends_with("\n\n")) after.pop_back();
  if (after == "\n") after.clear();
  if (!written) after += line_for_value;
  while (tables.ends_with("\n\n")) tables.pop_back();

  Settings check;  // a file that can't be read back is not written
  const Toml document = parse_toml(after + tables, file.string());
  read_table(*document.table(), "", file.string(), check);
  make_directories(file.parent_path());
  write_file_atomic(file, after + tables);
}

}  // namespace mlops::app
