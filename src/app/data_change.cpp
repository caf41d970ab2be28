#include "data_change.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::app {

namespace {

constexpr std::uint64_t largest_table = 64u << 20;
constexpr std::size_t lines_named = 3;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string rows_text(std::size_t count, std::string_view what) {
  return fmt::format("{} row{} {}", count, count == 1 ? "" : "s", what);
}

// Line by line, when both have the same number of them.
std::string changed_lines(const std::vector<std::string_view>& before, const std::vector<std::string_view>& after) {
  std::size_t count = 0;
  std::vector<std::string> numbers;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] == after[i]) continue;
    if (++count <= lines_named) numbers.push_back(std::to_string(i + 1));
  }
  if (count == 0) return "only the end of the file changed";
  const std::string more = count > lines_named ? fmt::format(" and {} more", count - lines_named) : "";
  return fmt::format("{}: line{} {}{}", rows_text(count, "changed"), count == 1 ? "" : "s", join(numbers, ", "), more);
}

// As sets in which a row may be several times, when rows came or went.
std::string moved_rows(const std::vector<std::string_view>& before, const std::vector<std::string_view>& after) {
  std::map<std::string_view, std::int64_t> surplus;
  for (const std::string_view line : before) --surplus[line];
  for (const std::string_view line : after) ++surplus[line];
  std::size_t added = 0;
  std::size_t removed = 0;
  for (const auto& [line, count] : surplus) {
    added += static_cast<std::size_t>(std::max<std::int64_t>(count, 0));
    removed += static_cast<std::size_t>(std::max<std::int64_t>(-count, 0));
  }
  std::vector<std::string> parts;
  if (added > 0) parts.push_back(rows_text(added, "added"));
  if (removed > 0) parts.push_back(rows_text(removed, "removed"));
  return join(parts, ", ");
}

std::string file_change(const Snapshot& before, const Snapshot& after) {
  std::map<std::string, Digest> first;
  for (const domain::FileEntry& file : before.files) first.emplace(file.path, file.digest);
  std::size_t changed = 0;
  std::size_t added = 0;
  for (const domain::FileEntry& file : after.files) {
    const auto known = first.find(file.path);
    if (known == first.end()) {
      ++added;
    } else {
      changed += known->second == file.digest ? 0 : 1;
      first.erase(known);
    }
  }
  return fmt::format("of {} files {} changed, {} added, {} removed", before.files.size(), changed, added, first.size());
}

}  // namespace

std::string row_change_text(std::string_view before, std::string_view after) {
  const auto first = lines_of(before);
  const auto second = lines_of(after);
  return first.size() == second.size() ? changed_lines(first, second) : moved_rows(first, second);
}

std::string data_change_text(Workspace& workspace, const Snapshot& before, const Snapshot& after) {
  if (before.files.size() != 1 || after.files.size() != 1) return file_change(before, after);
  const domain::FileEntry& first = before.files.front();
  const domain::FileEntry& second = after.files.front();
  if (first.size > largest_table || second.size > largest_table) return {};
  try {
    const std::string was = workspace.artifacts().get_bytes(first.digest, largest_table);
    const std::string is = workspace.artifacts().get_bytes(second.digest, largest_table);
    const bool is_text = is_valid_utf8(was) && is_valid_utf8(is);
    return is_text ? row_change_text(was, is) : std::string{};
  } catch (const Error&) {
    return {};  // the first one's bytes may be gone; that they differ is known all the same
  }
}

}  // namespace mlops::app
