#include <mlops/runners/installed.hpp>

#include <algorithm>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

namespace mlops::runners {

namespace {

namespace fs = std::filesystem;

// PEP 503, with '_' as it stands in the names of records.
std::string normalised(std::string_view name) {
  std::string result;
  for (const char c : lower_ascii(name)) {
    const bool separates = c == '-' || c == '_' || c == '.';
    if (separates && result.ends_with('_')) continue;
    result += separates ? '_' : c;
  }
  return result;
}

void add_if_folder(std::vector<fs::path>& folders, const fs::path& folder) {
  std::error_code ignored;
  if (fs::is_directory(folder, ignored)) folders.push_back(folder);
}

// PREFIX/lib/python3.11/site-packages, and what Debian calls dist-packages.
void add_below(std::vector<fs::path>& folders, const fs::path& prefix) {
  std::error_code failure;
  std::vector<fs::path> versions;
  for (auto entry = fs::directory_iterator{prefix / "lib", failure}; !failure && entry != fs::directory_iterator{};
       entry.increment(failure)) {
    if (entry->path().filename().string().starts_with("python3")) versions.push_back(entry->path());
  }
  std::ranges::sort(versions);
  for (const fs::path& version : versions) {
    add_if_folder(folders, version / "site-packages");
    add_if_folder(folders, version / "dist-packages");
  }
}

bool uses_system_packages(const fs::path& configuration) {
  constexpr std::uint64_t most = 64u << 10;
  for (const std::string& line : split(lower_ascii(read_file(configuration, most)), '\n')) {
    if (line.starts_with("include-system-site-packages") && line.ends_with("true")) return true;
  }
  return false;
}

}  // namespace

std::vector<fs::path> package_folders(const fs::path& python) {
  std::vector<fs::path> folders;
  std::error_code ignored;
  const fs::path prefix = python.parent_path().parent_path();
  const fs::path configuration = prefix / "pyvenv.cfg";
  const bool is_environment = fs::exists(configuration, ignored);
  add_below(folders, prefix);
  if (is_environment && !uses_system_packages(configuration)) return folders;
  const fs::path real = fs::canonical(python, ignored);
  const fs::path real_prefix = real.parent_path().parent_path();
  if (!ignored && real_prefix != prefix) add_below(folders, real_prefix);
  if (real_prefix == "/usr") add_below(folders, "/usr/local");
  return folders;
}

std::map<std::string, std::string> installed_versions(const std::vector<std::string>& names,
                                                      const std::vector<fs::path>& folders) {
  std::map<std::string, std::string> versions;
  std::map<std::string, std::string> wanted;
  for (const std::string& name : names) wanted.emplace(normalised(name), name);
  for (const fs::path& folder : folders) {
    std::error_code failure;
    for (auto entry = fs::directory_iterator{folder, failure}; !failure && entry != fs::directory_iterator{};
         entry.increment(failure)) {
      const fs::path record = entry->path().filename();
      if (record.extension() != ".dist-info" && record.extension() != ".egg-info") continue;
      const std::vector<std::string> parts = split(record.stem().string(), '-');
      if (parts.size() < 2) continue;
      const auto name = wanted.find(normalised(parts[0]));
      if (name != wanted.end()) versions.emplace(name->second, parts[1]);
    }
  }
  return versions;
}

}  // namespace mlops::runners
