// Settings and where each came from: flags > MLOPS_* > .mlops/config.toml > user file > default.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlops::app {

struct SettingInfo {
  std::string_view key;
  std::string_view variable;  // of the environment
  std::string_view default_value;
  std::string_view meaning;
};
// Every setting there is, sorted by key, but for those of profiles: profile.NAME.KEY, as runners::profile_keys() has
// it.
const std::vector<SettingInfo>& known_settings();

struct Setting {
  std::string key;
  std::string value;
  std::string origin;  // "flag --registry", "environment MLOPS_REGISTRY", a file's path, "default"
};

class Settings {
 public:
  [[nodiscard]] const Setting& get(std::string_view key) const;  // of a known key
  // The names of the profiles of which something is set, sorted.
  [[nodiscard]] std::vector<std::string> profiles() const;
  [[nodiscard]] const std::vector<Setting>& all() const { return settings_; }
  // Nearer layers are set later. Error{usage} for an unknown key (with the near miss) or a value the key can't have.
  void set(std::string_view key, std::string value, std::string origin);

  Settings();

 private:
  std::vector<Setting> settings_;  // as known_settings(), and then those of profiles
};

// All of a file's settings into `settings`; a missing file has none.
void read_settings_file(const std::filesystem::path& file, Settings& settings);
// Writes one setting to the file, leaving its other lines and comments as they are. The value nullopt removes it.
void write_setting(const std::filesystem::path& file, std::string_view key, const std::optional<std::string>& value);

}  // namespace mlops::app
