#include "archive/tar_row.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include <fmt/core.h>

#include "archive/members.hpp"
#include "archive/tar.hpp"
#include "archive/unpacked_source.hpp"
#include "archive/zip_problems.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

using domain::Safety;

// What torch.save wrote before it wrote zip archives. Source: torch/serialization.py, legacy_load.
class TorchMembers {
 public:
  void see(std::string_view name) {
    if (name.starts_with("./")) name.remove_prefix(2);
    for (std::size_t i = 0; i < names.size(); ++i) seen_[i] = seen_[i] || names[i] == name;
  }
  [[nodiscard]] bool all() const {
    return std::ranges::all_of(seen_, [](bool seen) { return seen; });
  }

 private:
  static constexpr std::array<std::string_view, 3> names{"pickle", "storages", "tensors"};
  std::array<bool, names.size()> seen_{};
};

Safety safety_of(std::string_view rule) {
  if (rule == "tar.sparse") return Safety::unscannable;
  return rule == "tar.link" ? Safety::unknown : Safety::malformed;
}

void scan_entry(const ByteSource& source, const TarEntry& entry, Scanning& scanning) {
  {
    const Scanning::Place place{scanning, entry.name};
    for (const TarProblem& problem : entry.problems) {
      scanning.report(safety_of(problem.rule), problem.rule,
                      fmt::format("{} {}", quoted_name(entry.name), problem.what));
    }
  }
  if (entry.size == 0) return report_python(entry.name, scanning);
  const SourcePart part{source, entry.data_offset, entry.size};
  scan_member(part, entry.name, false, scanning);
}

// What follows the two empty blocks that end an archive: readers that were told to go on find it.
void scan_rest(const ByteSource& source, std::uint64_t offset, Scanning& scanning) {
  const std::uint64_t size = source.size();
  const std::uint64_t end = end_of_zeros(source, offset);
  if (end >= size) return;
  scanning.report(Safety::malformed, "tar.trailing", fmt::format("something follows its end, at byte {}", end));
  const std::uint64_t begin = end - (end - offset) % tar_block_size;
  const SourcePart rest{source, begin, size - begin};
  scanning.descend(rest, fmt::format("at byte {}", begin));
}

}  // namespace

bool is_tar(const Head& head) { return is_tar_header(std::string_view{head.bytes}.substr(0, tar_block_size)); }

void inspect_tar(const ByteSource& source, domain::Inspection& inspection) {
  constexpr std::size_t most_entries = 1'000'000;
  MemberList list;
  TorchMembers torch;
  TarReader reader{source};
  try {
    std::size_t count = 0;
    while (const auto entry = reader.next()) {
      if (++count > most_entries) throw Unscannable{fmt::format("it has more than {} members", most_entries)};
      torch.see(entry->name);
      for (const TarProblem& problem : entry->problems) {
        if (inspection.problems.size() < 200) {
          inspection.problems.push_back(fmt::format("{} {}", quoted_name(entry->name), problem.what));
        }
      }
      if (entry->kind == TarKind::folder) continue;
      const SourcePart part{source, entry->data_offset, entry->kind == TarKind::link ? 0 : entry->size};
      list.add(entry->name, part.size(), &part);
    }
  } catch (const Malformed& error) {
    inspection.problems.emplace_back(error.what());
  }
  if (torch.all()) {
    inspection.format = "pytorch";
    inspection.facts.emplace_back("container", "tar");
  }
  list.tell(inspection);
}

void scan_tar(const ByteSource& source, Scanning& scanning) {
  TorchMembers torch;
  TarReader reader{source};
  try {
    while (const auto entry = reader.next()) {
      scanning.spend(tar_block_size);
      torch.see(entry->name);
      scan_entry(source, *entry, scanning);
      if (scanning.exhausted()) throw Unscannable{"not all of its members were looked at"};
    }
  } catch (const Malformed& error) {
    scanning.report(Safety::malformed, "tar.broken", error.what());
    const SourcePart rest{source, reader.offset(), source.size()};
    if (reader.offset() != 0) scanning.descend(rest, fmt::format("at byte {}", reader.offset()));
    return;
  }
  if (torch.all()) scanning.identify("pytorch", true);
  scan_rest(source, reader.offset(), scanning);
}

}  // namespace mlops::formats
