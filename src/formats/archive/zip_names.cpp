#include "archive/zip_names.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

namespace mlops::formats {

namespace {

bool climbs(std::string_view name) {
  while (true) {
    const std::size_t slash = name.find('/');
    if (name.substr(0, slash) == "..") return true;
    if (slash == std::string_view::npos) return false;
    name.remove_prefix(slash + 1);
  }
}

bool begins_with_drive(std::string_view name) {
  return name.size() >= 2 && name[1] == ':' && ((name[0] | 0x20) >= 'a' && (name[0] | 0x20) <= 'z');
}

// Two members with the same one can't be told apart by every reader: not by those that fold case, end a name at a NUL,
// or clean a path.
std::string common_name(std::string_view name) {
  name = name.substr(0, name.find('\0'));
  std::string common;
  for (char c : lower_ascii(name)) {
    if (c == '\\') c = '/';
    if (c == '/' && (common.empty() || common.back() == '/')) continue;
    common += c;
    if (common == "./" || common.ends_with("/./")) common.resize(common.size() - 2);
  }
  if (common.ends_with('/')) common.pop_back();
  return common;
}

}  // namespace

std::optional<std::string_view> flaw_of_path(std::string_view name) {
  if (name.empty()) return "has no name";
  if (name.find('\0') != std::string_view::npos) return "has a NUL in its name";
  if (name.find('\\') != std::string_view::npos) return "has a backslash in its name";
  if (name.starts_with('/') || begins_with_drive(name)) return "is an absolute path";
  if (climbs(name)) return "climbs out of the archive";
  if (!is_valid_utf8(name)) return "has a name that is not UTF-8";
  return std::nullopt;
}

void check_names(std::span<const ZipMember> members, ZipProblems& problems) {
  std::vector<std::pair<std::string, std::size_t>> names;
  names.reserve(members.size());
  for (std::size_t i = 0; i < members.size(); ++i) {
    const ZipMember& member = members[i];
    if (const auto flaw = flaw_of_path(member.name)) {
      problems.add("zip.path", fmt::format("{} {}", quoted_name(member.name), *flaw));
    }
    if (member.is_folder && member.size != 0) {
      problems.add("zip.path", fmt::format("{} is a folder, yet has data", quoted_name(member.name)));
    }
    names.emplace_back(common_name(member.name), i);
  }
  std::ranges::sort(names);
  for (std::size_t i = 1; i < names.size(); ++i) {
    if (names[i].first != names[i - 1].first) continue;
    const std::string& one = members[names[i - 1].second].name;
    const std::string& other = members[names[i].second].name;
    problems.add("zip.duplicate", one == other ? fmt::format("{} is there more than once", quoted_name(one))
                                               : fmt::format("{} and {} are the same to some readers", quoted_name(one),
                                                             quoted_name(other)));
  }
}

}  // namespace mlops::formats
