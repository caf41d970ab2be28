// What loading a folder may run beyond what is in its files one by one: code that its settings name. Found by the names
// of the settings files, since that is how loaders find them, in any folder of the set.
#pragma once

#include <string_view>

#include <mlops/formats/file_set.hpp>
#include <mlops/formats/scan.hpp>

#include "scanning.hpp"

namespace mlops::formats {

// Adds the findings to the scans of the settings files. `whole` holds the scans of all files of the set.
void scan_folders(const FileSet& set, SetScan& whole);

// One settings file in its folder.
struct SettingsFile {
  const FileSet& set;
  std::string_view folder;  // "" or "model/"
  std::string_view name;    // "config.json"
  std::string_view text;
  [[nodiscard]] bool has(std::string_view relative) const;  // whether the folder holds this file
};

// Each answers whether the file is what its name promises, so that a loader will take notice. May throw Error when it
// can't be read.
bool scan_mlmodel(const SettingsFile& file, Scanning& scanning);
bool scan_huggingface_config(const SettingsFile& file, Scanning& scanning);
bool scan_sentence_modules(const SettingsFile& file, Scanning& scanning);
bool scan_chat_template(const SettingsFile& file, Scanning& scanning);

}  // namespace mlops::formats
