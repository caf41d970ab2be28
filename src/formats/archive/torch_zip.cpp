#include "archive/torch_zip.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "archive/stream_row.hpp"
#include "archive/torchscript_code.hpp"
#include "archive/zip_problems.hpp"
#include "format_table.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

constexpr std::size_t most_names_listed = 200;

// The path below the archive's own folder: "data/0" of "model/data/0".
std::string_view below_root(std::string_view name) {
  const std::size_t slash = name.find('/');
  return slash == std::string_view::npos ? std::string_view{} : name.substr(slash + 1);
}

std::string_view root_of(const ZipMember& member) {
  return std::string_view{member.name}.substr(0, member.name.find('/'));
}

const ZipMember* find_state(const ZipArchive& archive) {
  const auto& members = archive.members();
  const auto at = std::ranges::find(members, "data.pkl", [](const ZipMember& m) { return below_root(m.name); });
  return at == members.end() ? nullptr : &*at;
}

bool is_storage(const ZipMember& member) {
  const std::string_view path = below_root(member.name);
  return !member.is_folder &&
         (path.starts_with("data/") || path.starts_with("tensors/") || path.starts_with("constants/"));
}

bool is_code(const ZipMember& member) {
  return below_root(member.name).starts_with("code/") && member.name.ends_with(".py");
}

// A short text beside data.pkl, "3" or "little"; "" when there is none.
std::string read_note(const ZipArchive& archive, std::string_view root, std::string_view name) {
  const ZipMember* member = archive.find(fmt::format("{}/{}", root, name));
  constexpr std::size_t longest_note = 100;
  if (member == nullptr || member->size > longest_note) return "";
  return printable(trim(read_bytes(*archive.open(*member), 0, longest_note)));
}

void tell_note(const ZipArchive& archive, std::string_view root, std::string_view name, std::string_view fact,
               domain::Inspection& inspection) {
  if (std::string note = read_note(archive, root, name); !note.empty()) {
    inspection.facts.emplace_back(fact, std::move(note));
  }
}

void tell_storages(const ZipArchive& archive, domain::Inspection& inspection) {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
  for (const ZipMember& member : archive.members()) {
    if (!is_storage(member)) continue;
    ++count;
    bytes += std::min(member.size, UINT64_MAX - bytes);
  }
  inspection.facts.emplace_back("storages", count);
  inspection.facts.emplace_back("storage_bytes", bytes);
}

// What data.pkl tells: the names and shapes of the tensors whose bytes are in data/.
void inspect_state(const ByteSource& data_pkl, domain::Inspection& inspection) {
  const FormatRow& row = recognise(data_pkl);
  if (row.inspect == nullptr || holds_others(row.name)) return;
  const std::string format = inspection.format;
  try {
    row.inspect(data_pkl, inspection);
  } catch (const Malformed& error) {
    inspection.problems.push_back(fmt::format("data.pkl: {}", error.what()));
  } catch (const Unscannable& error) {
    inspection.problems.push_back(fmt::format("data.pkl: {}", error.what()));
  }
  inspection.format = format;
}

}  // namespace

bool is_torch(const ZipArchive& archive) {
  const ZipMember* state = find_state(archive);
  if (state == nullptr) return false;
  const std::string_view root = root_of(*state);
  return std::ranges::any_of(archive.members(), [&](const ZipMember& member) {
    if (root_of(member) != root) return false;
    const std::string_view path = below_root(member.name);
    return path == "version" || path == "byteorder" || path.starts_with("data/");
  });
}

bool is_torchscript(const ZipArchive& archive) {
  return is_torch(archive) && std::ranges::any_of(archive.members(), [](const ZipMember& member) {
           return below_root(member.name) == "constants.pkl" || below_root(member.name).starts_with("code/");
         });
}

void inspect_torch(const ZipArchive& archive, domain::Inspection& inspection) {
  const ZipMember* state = find_state(archive);
  if (state == nullptr) return;
  const std::string_view root = root_of(*state);
  inspection.facts.emplace_back("archive_root", printable(root));
  tell_storages(archive, inspection);
  inspection.format_version = read_note(archive, root, "version");
  tell_note(archive, root, "byteorder", "byteorder", inspection);
  tell_note(archive, root, ".format_version", "container_version", inspection);
  tell_note(archive, root, ".storage_alignment", "storage_alignment", inspection);
  inspect_state(*archive.open(*state), inspection);
}

void inspect_torchscript(const ZipArchive& archive, domain::Inspection& inspection) {
  Json::Array code;
  for (const ZipMember& member : archive.members()) {
    if (is_code(member) && code.size() < most_names_listed) code.emplace_back(printable(below_root(member.name)));
  }
  inspection.facts.emplace_back("code_files", std::move(code));
  inspect_torch(archive, inspection);
}

void scan_torchscript(const ZipArchive& archive, Scanning& scanning) {
  for (const ZipMember& member : archive.members()) {
    if (!is_code(member)) continue;
    const Scanning::Place place{scanning, member.name};
    try {
      const auto part = archive.open(member, [&](std::uint64_t work) { scanning.spend(work); });
      scan_torchscript_code(*part, scanning);
    } catch (const Malformed& error) {
      scanning.report(domain::Safety::malformed, "zip.content", error.what());
    } catch (const Unscannable& error) {
      scanning.report(domain::Safety::unscannable, "zip.content", error.what());
    }
  }
}

ZipRole role_in_torch(const ZipMember& member) {
  if (is_storage(member)) return ZipRole::numbers;
  return below_root(member.name) == "data.pkl" ? ZipRole::state : ZipRole::content;
}

ZipRole role_in_torchscript(const ZipMember& member) {
  if (is_storage(member)) return ZipRole::numbers;
  if (is_code(member)) return ZipRole::program;
  const std::string_view path = below_root(member.name);
  const bool is_script =
      path.ends_with(".debug_pkl") || path == "data.pkl" || path == "constants.pkl" || path == "attributes.pkl";
  return is_script ? ZipRole::script : ZipRole::content;
}

}  // namespace mlops::formats
