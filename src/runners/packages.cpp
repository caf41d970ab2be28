#include "packages.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <system_error>

#include <fcntl.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

namespace mlops::runners {

namespace {

namespace fs = std::filesystem;

// Name and version stand first; what follows may be long: a licence, a whole read-me.
constexpr std::size_t usual_header = 4u << 10;
constexpr std::size_t largest_header = 1u << 20;

// The value of "Name: value" when the line is that field.
std::optional<std::string_view> value_of(std::string_view line, std::string_view field) {
  if (line.size() <= field.size() || line[field.size()] != ':' || lower_ascii(line.substr(0, field.size())) != field)
    return std::nullopt;
  return trim(line.substr(field.size() + 1));
}

// Whole lines of the first `most` bytes; nullopt of what can't be read, a folder too.
std::optional<std::string> beginning_of(const fs::path& file, std::size_t most) {
  const FileDescriptor opened{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!opened.valid()) return std::nullopt;
  std::string text(most, '\0');
  try {
    text.resize(read_at(opened.get(), 0, std::as_writable_bytes(std::span{text}), file));
  } catch (const Error&) {
    return std::nullopt;
  }
  if (text.size() == most) text.resize(text.rfind('\n') + 1);
  return text;
}

std::optional<PackageRecord> record_in(const fs::path& file) {
  const auto beginning = beginning_of(file, usual_header);
  if (!beginning) return std::nullopt;
  if (auto record = parse_package_record(*beginning)) return record;
  return parse_package_record(beginning_of(file, largest_header).value_or(""));
}

std::optional<PackageRecord> record_of(const fs::path& entry) {
  for (const char* const name : {"METADATA", "PKG-INFO"}) {
    if (auto record = record_in(entry / name)) return record;
  }
  return record_in(entry);  // an `.egg-info` may be the file itself
}

bool is_record(const fs::path& entry) {
  const std::string ending = lower_ascii(entry.extension().string());
  return ending == ".dist-info" || ending == ".egg-info";
}

// Sorted, so that of two records of one package the same is taken each time.
std::vector<fs::path> records_in(const fs::path& folder) {
  std::vector<fs::path> records;
  std::error_code failure;
  for (auto entry = fs::directory_iterator{folder, failure}; !failure && entry != fs::directory_iterator{};
       entry.increment(failure)) {
    if (is_record(entry->path())) records.push_back(entry->path());
  }
  std::ranges::sort(records);
  return records;
}

}  // namespace

std::optional<PackageRecord> parse_package_record(std::string_view text) {
  PackageRecord record;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const bool continues = line.starts_with(' ') || line.starts_with('\t');
    if (continues) continue;
    if (line.find(':') == std::string_view::npos) break;  // the header is over
    if (const auto name = value_of(line, "name"); name && record.name.empty()) record.name = *name;
    if (const auto version = value_of(line, "version"); version && record.version.empty()) record.version = *version;
    if (!record.name.empty() && !record.version.empty()) break;
  }
  const bool is_whole = !record.name.empty() && !record.version.empty();
  const bool is_text = is_valid_utf8(record.name) && is_valid_utf8(record.version);
  return is_whole && is_text ? std::optional{std::move(record)} : std::nullopt;
}

std::map<std::string, std::string> recorded_packages(const std::vector<fs::path>& folders) {
  std::map<std::string, std::string> packages;
  for (const fs::path& folder : folders) {
    for (const fs::path& entry : records_in(folder)) {
      if (auto record = record_of(entry)) packages.emplace(std::move(record->name), std::move(record->version));
    }
  }
  return packages;
}

}  // namespace mlops::runners
