#include "folder/folder_scan.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::formats {

namespace {

using domain::Safety;

constexpr std::uint64_t largest_settings = 16u << 20;

struct SettingsKind {
  std::string_view name;
  bool (*scan)(const SettingsFile& file, Scanning& scanning);
};

constexpr auto settings_kinds = std::to_array<SettingsKind>({
    {"MLmodel", &scan_mlmodel},
    {"adapter_config.json", &scan_huggingface_config},
    {"chat_template.jinja", &scan_chat_template},
    {"chat_template.json", &scan_huggingface_config},
    {"config.json", &scan_huggingface_config},
    {"generation_config.json", &scan_huggingface_config},
    {"model_index.json", &scan_huggingface_config},
    {"modules.json", &scan_sentence_modules},
    {"preprocessor_config.json", &scan_huggingface_config},
    {"processor_config.json", &scan_huggingface_config},
    {"tokenizer_config.json", &scan_huggingface_config},
    {"video_preprocessor_config.json", &scan_huggingface_config},
});

const SettingsKind* kind_of(std::string_view folder, std::string_view name) {
  // More templates of the same model, each under a name of its own.
  if (folder.ends_with("additional_chat_templates/") && name.ends_with(".jinja")) name = "chat_template.jinja";
  const auto* const kind = std::ranges::find(settings_kinds, name, &SettingsKind::name);
  return kind == settings_kinds.end() ? nullptr : kind;
}

void scan_settings(const FileSet& set, const SetFile& file, FileScan& scanned) {
  const std::string_view path = file.path;
  const std::size_t name_at = path.rfind('/') + 1;  // npos + 1 is 0
  const SettingsKind* const kind = kind_of(path.substr(0, name_at), path.substr(name_at));
  if (kind == nullptr) return;
  Scanning scanning{scanned.scan};
  const auto source = set.open(file);
  if (source->size() > largest_settings) {
    return scanning.report(Safety::unscannable, "folder.settings",
                           fmt::format("settings of more than {} are not read", bytes_text(largest_settings)));
  }
  const std::string text = read_bytes(*source, 0, largest_settings);
  try {
    if (kind->scan({set, path.substr(0, name_at), path.substr(name_at), text}, scanning)) scanned.scan.supported = true;
  } catch (const Error& error) {
    // A loader that reads it all the same may find names of code in it that we did not.
    scanning.report(Safety::malformed, "folder.settings", fmt::format("can't be read: {}", error.message()));
  }
}

}  // namespace

bool SettingsFile::has(std::string_view relative) const {
  return set.find(fmt::format("{}{}", folder, relative)) != nullptr;
}

void scan_folders(const FileSet& set, SetScan& whole) {
  for (std::size_t i = 0; i < set.files().size(); ++i) {
    FileScan& scanned = whole.files[i];
    scan_settings(set, set.files()[i], scanned);
    whole.safety = std::max(whole.safety, scanned.scan.safety);
    whole.supported = whole.supported || scanned.scan.supported;
  }
}

}  // namespace mlops::formats
