#include "known_damage.hpp"

#include <exception>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

namespace mlops::artifacts {

namespace fs = std::filesystem;

namespace {

std::optional<FileState> state_of(const fs::path& file) {
  struct stat status = {};
  if (::lstat(file.c_str(), &status) != 0) return std::nullopt;
  return file_state(status);
}

std::string read_notes(const LocalLayout& layout) {
  try {
    return mlops::read_file(layout.damaged());
  } catch (const Error&) {
    return "";
  }
}

std::optional<std::uint32_t> parse_offset(std::string_view word) {
  const auto number = parse_integer(word);
  if (!number || *number < 0 || *number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

}  // namespace

// "packs/1a2b….pack INODE CHANGED OFFSET", or without an offset for all of it; "sha256/ab/… INODE CHANGED".
void KnownDamage::read_line(const LocalLayout& layout, std::string_view line) {
  const std::vector<std::string> words = split(line, ' ');
  if (words.size() != 3 && words.size() != 4) return;
  const fs::path file{words[0]};
  const auto pack = LocalLayout::pack_name(file);
  const auto object = Digest::from_hex(file.filename().native());
  if (!pack && !object) return;
  const auto state = state_of(pack ? layout.pack(*pack) : layout.object(*object));
  const bool is_current =
      state && std::to_string(state->inode) == words[1] && std::to_string(state->changed) == words[2];
  if (!is_current) return;
  if (!pack) return add_object(*object, *state);
  if (words.size() == 3) return add_pack(*pack, *state);
  if (const auto offset = parse_offset(words[3])) add_record(*pack, *offset, *state);
}

KnownDamage KnownDamage::read(const LocalLayout& layout) {
  KnownDamage damage;
  const std::string notes = read_notes(layout);
  for (const std::string& line : split(notes, '\n')) damage.read_line(layout, line);
  return damage;
}

void KnownDamage::write(const LocalLayout& layout) const noexcept {
  try {
    std::string text;
    const auto note = [&](const fs::path& file, const Stamp& stamp, const std::string& rest) {
      text += fmt::format("{} {} {}{}\n", file.lexically_relative(layout.objects()).native(), stamp.inode,
                          stamp.changed, rest);
    };
    for (const auto& [name, pack] : packs_) {
      if (pack.is_whole) note(layout.pack(name), pack.stamp, "");
      for (const std::uint32_t offset : pack.offsets) note(layout.pack(name), pack.stamp, fmt::format(" {}", offset));
    }
    for (const auto& [object, stamp] : objects_) note(layout.object(object), stamp, "");
    if (text.empty()) {
      ::unlink(layout.damaged().c_str());
    } else if (text != read_notes(layout)) {
      write_file_atomic(layout.damaged(), text);
    }
  } catch (const std::exception&) {
    return;
  }
}

bool KnownDamage::has_record(const Digest& pack, std::uint32_t offset) const {
  const auto found = packs_.find(pack);
  return found != packs_.end() && (found->second.is_whole || found->second.offsets.contains(offset));
}

KnownDamage::Pack& KnownDamage::note(const Digest& name, const FileState& state) {
  Pack& pack = packs_[name];
  if (pack.stamp != Stamp::of(state)) pack = {.stamp = Stamp::of(state), .is_whole = false, .offsets = {}};
  return pack;
}

void KnownDamage::add(const KnownDamage& other) {
  for (const auto& [name, theirs] : other.packs_) {
    Pack& pack = packs_[name];
    if (pack.stamp != theirs.stamp) pack = {.stamp = theirs.stamp, .is_whole = false, .offsets = {}};
    pack.is_whole = pack.is_whole || theirs.is_whole;
    pack.offsets.insert(theirs.offsets.begin(), theirs.offsets.end());
  }
  for (const auto& [object, stamp] : other.objects_) objects_[object] = stamp;
}

FoundDamage::~FoundDamage() {
  if (!is_noted_ || found_.empty()) return;
  KnownDamage notes = KnownDamage::read(layout_);
  notes.add(found_);
  notes.write(layout_);
}

void FoundDamage::add_record(const Digest& pack, std::uint32_t offset, const FileState& state) {
  const std::scoped_lock lock{mutex_};
  found_.add_record(pack, offset, state);
}

void FoundDamage::add_object(const Digest& object, const FileState& state) {
  const std::scoped_lock lock{mutex_};
  found_.add_object(object, state);
}

}  // namespace mlops::artifacts
