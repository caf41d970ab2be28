#include "archive/members.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <mlops/support/text.hpp>

#include "archive/unpacked_source.hpp"
#include "archive/zip_row.hpp"
#include "format_table.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

constexpr std::size_t most_listed = 200;
constexpr std::size_t longest_name = 200;

std::string_view format_of(const ByteSource& part) {
  try {
    return recognise(part).name;
  } catch (const Malformed&) {
    return "unknown";
  } catch (const Unscannable&) {
    return "unknown";
  }
}

}  // namespace

void scan_member(const ByteSource& part, std::string_view name, bool packed, Scanning& scanning) {
  scanning.descend(part, name);
  if (!packed || part.size() <= most_to_the_end) scan_zip_behind(part, name, scanning);
  report_python(name, scanning);
}

void report_python(std::string_view name, Scanning& scanning) {
  const std::string lower = lower_ascii(name.substr(name.size() - std::min<std::size_t>(name.size(), 8)));
  const auto endings = std::to_array<std::string_view>({".py", ".pyc", ".pyw"});
  if (std::ranges::none_of(endings, [&](std::string_view ending) { return lower.ends_with(ending); })) return;
  const Scanning::Place place{scanning, name};
  scanning.report(domain::Safety::unknown, "code.python", "Python code: whoever imports it runs it");
}

void MemberList::add(std::string_view name, std::uint64_t size, const ByteSource* part) {
  ++members_;
  bytes_ += std::min(size, std::numeric_limits<std::uint64_t>::max() - bytes_);
  if (files_.size() == most_listed) return;
  const std::string_view format = part == nullptr ? "unknown" : format_of(*part);
  files_.push_back(
      Json::object({{"name", truncate_to_width(printable(name), longest_name)}, {"size", size}, {"format", format}}));
}

void MemberList::tell(domain::Inspection& inspection) {
  inspection.facts.emplace_back("members", members_);
  inspection.facts.emplace_back("unpacked_bytes", bytes_);
  inspection.facts.emplace_back("files", std::move(files_));
}

}  // namespace mlops::formats
