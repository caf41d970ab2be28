#include "archive/zip_row.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "archive/decoder.hpp"
#include "archive/members.hpp"
#include "archive/tar_row.hpp"
#include "archive/zip.hpp"
#include "archive/zip_carving.hpp"
#include "archive/zip_directory.hpp"
#include "archive/zip_kinds.hpp"
#include "archive/zip_problems.hpp"
#include "archive/zip_records.hpp"
#include "format_table.hpp"
#include "malformed.hpp"
#include "pickle/scan_pickle.hpp"

namespace mlops::formats {

namespace {

using domain::Safety;

constexpr std::uint64_t most_verified = std::uint64_t{16} << 20;

void verify(const ByteSource& part, const ZipMember& member, Scanning& scanning) {
  const Scanning::Place place{scanning, member.name};
  try {
    if (crc32_of(part) == member.crc32) return;
    scanning.report(Safety::malformed, "zip.crc", "its content is not what its checksum says");
  } catch (const Malformed& error) {
    scanning.report(Safety::malformed, "zip.content", error.what());
  } catch (const Unscannable& error) {
    scanning.report(Safety::unscannable, "zip.content", error.what());
  }
}

std::unique_ptr<ByteSource> open_for(const ZipArchive& archive, const ZipMember& member, Scanning& scanning) {
  const Scanning::Place place{scanning, member.name};
  try {
    return archive.open(member, [&scanning](std::uint64_t work) { scanning.spend(work); });
  } catch (const Malformed& error) {
    scanning.report(Safety::malformed, "zip.content", error.what());
  } catch (const Unscannable& error) {
    scanning.report(Safety::unscannable, member.encrypted ? "zip.encrypted" : "zip.method", error.what());
  }
  return nullptr;
}

void scan_in_role(const ByteSource& part, const ZipMember& member, ZipRole role, Scanning& scanning) {
  switch (role) {
    case ZipRole::content:
      return scan_member(part, member.name, member.method != 0, scanning);
    case ZipRole::state:
      return scanning.attempt(member.name, [&] { pickle::scan_torch_pickle(part, scanning); });
    case ZipRole::script:
      return scanning.attempt(member.name, [&] { pickle::scan_torchscript_pickle(part, scanning); });
    case ZipRole::numbers:
      // Numbers have no format; what has one may be something hidden.
      if (recognise(part).name != "unknown") scanning.descend(part, member.name);
      return;
    case ZipRole::program:
      return scanning.descend(part, member.name);
  }
}

void scan_zip_member(const ZipArchive& archive, const ZipMember& member, ZipRole role, Scanning& scanning) {
  if (member.size == 0 && member.packed_size == 0 && !member.encrypted) {
    if (role == ZipRole::content) report_python(member.name, scanning);
    return;
  }
  auto part = open_for(archive, member, scanning);
  if (part == nullptr && member.encrypted) {
    // Loaders differ in whether they look at the flag, and some read what is not encrypted at all.
    ZipMember plain = member;
    plain.encrypted = false;
    part = open_for(archive, plain, scanning);
  }
  if (part == nullptr) {
    if (role == ZipRole::content) report_python(member.name, scanning);
    return;
  }
  if (member.size > most_unpacked(member.packed_size)) {
    const Scanning::Place place{scanning, member.name};
    scanning.report(Safety::unscannable, "zip.bomb",
                    fmt::format("it unpacks from {} to {}", bytes_text(member.packed_size), bytes_text(member.size)));
  }
  scan_in_role(*part, member, role, scanning);
  if (role != ZipRole::numbers && part->size() <= most_verified) verify(*part, member, scanning);
}

// In the order in which they lie there, so that an archive within a compressed stream is read but once.
std::vector<const ZipMember*> by_offset(const ZipArchive& archive) {
  std::vector<const ZipMember*> members;
  members.reserve(archive.members().size());
  for (const ZipMember& member : archive.members()) members.push_back(&member);
  std::ranges::stable_sort(members, {}, &ZipMember::data_offset);
  return members;
}

bool has_zip_behind(const ByteSource& part) {
  constexpr std::size_t head_size = 1024;
  try {
    const Head head{read_bytes(part, 0, head_size), part};
    if (is_zip(head)) return false;
    const auto directory = find_zip_directory(part);
    if (!directory || directory->end.members == 0) return false;
    // A tar archive ends in zeros, and may well have a zip archive as its last member.
    return !is_tar(head) || directory->end.offset + directory->end.size == part.size();
  } catch (const Malformed&) {
    return false;
  } catch (const Unscannable&) {
    return false;
  }
}

}  // namespace

bool is_zip(const Head& head) {
  return head.starts_with(zip_local_magic) || head.starts_with(zip_end_magic) || head.starts_with(zip_descriptor_magic);
}

void inspect_zip(const ByteSource& source, domain::Inspection& inspection) {
  const ZipArchive archive{source};
  for (const ZipProblem& problem : archive.problems()) inspection.problems.push_back(problem.what);
  const ZipKind& kind = kind_of(archive);
  inspection.format = kind.name;
  kind.inspect(archive, inspection);
}

void scan_zip(const ByteSource& source, Scanning& scanning) {
  std::optional<ZipArchive> archive;
  try {
    archive.emplace(source);
  } catch (const Malformed& error) {
    // Some readers go without the central directory.
    scanning.report(Safety::malformed, "zip.broken", error.what());
    return scan_hidden(source, {0, source.size()}, scanning);
  }
  for (const ZipProblem& problem : archive->problems()) scanning.report(Safety::malformed, problem.rule, problem.what);
  const ZipKind& kind = kind_of(*archive);
  scanning.identify(kind.name, kind.is_model);
  if (kind.scan != nullptr) kind.scan(*archive, scanning);
  for (const ZipMember* member : by_offset(*archive)) {
    const ZipRole role = kind.role == nullptr ? ZipRole::content : kind.role(*member);
    scan_zip_member(*archive, *member, role, scanning);
    if (scanning.exhausted()) throw Unscannable{"not all of its members were looked at"};
  }
  for (const ZipGap& gap : archive->gaps()) scan_hidden(source, gap, scanning);
}

bool scan_zip_behind(const ByteSource& part, std::string_view name, Scanning& scanning) {
  if (!has_zip_behind(part)) return false;
  scanning.attempt(name, [&] {
    scanning.report(Safety::malformed, "zip.prefix", "it is also a zip archive, to those who look at its end");
    scan_zip(part, scanning);
  });
  return true;
}

}  // namespace mlops::formats
