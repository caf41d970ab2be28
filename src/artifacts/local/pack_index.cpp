#include "pack_index.hpp"

#include <algorithm>
#include <cerrno>

#include <dirent.h>
#include <unistd.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "pack_file.hpp"

namespace mlops::artifacts {

namespace fs = std::filesystem;

namespace {

// More tables or segments than this are gathered into one segment.
constexpr std::size_t most_tables = 8;
constexpr std::size_t most_segments = 8;
// Of a rebuilt index, so that memory stays bounded whatever the store holds.
constexpr std::size_t tables_at_once = 1024;

std::vector<fs::path> names_in(const fs::path& folder) {
  std::vector<fs::path> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory{::opendir(folder.c_str()), ::closedir};
  if (!directory) {
    if (errno == ENOENT || errno == ENOTDIR) return names;
    throw system_error("can't read", folder.string(), errno);
  }
  while (const dirent* entry = ::readdir(directory.get())) names.emplace_back(entry->d_name);
  return names;
}

std::set<Digest> packs_in(const LocalLayout& layout) {
  std::set<Digest> packs;
  for (const fs::path& name : names_in(layout.packs())) {
    if (const auto pack = LocalLayout::pack_name(name)) packs.insert(*pack);
  }
  return packs;
}

template <typename Table>
SegmentSource source_of(const std::shared_ptr<const Table>& table) {
  return {.packs = {table->pack}, .count = table->records.size(), .entry = [table](std::size_t index) {
            return std::optional{IndexSegmentView::Entry{0, table->records[index]}};
          }};
}

// Without the packs that are gone: should one come back, its own table tells what it holds.
SegmentSource source_of(const std::shared_ptr<const IndexSegment>& segment, const std::vector<bool>& present) {
  std::vector<Digest> packs;
  std::vector<std::optional<std::size_t>> numbers(present.size());
  for (std::size_t i = 0; i < present.size(); ++i) {
    if (!present[i]) continue;
    numbers[i] = packs.size();
    packs.push_back(segment->view().packs()[i]);
  }
  const auto entries = std::make_shared<EntriesInOrder>(segment->view());
  return {.packs = std::move(packs),
          .count = segment->view().size(),
          .entry = [segment, entries, numbers = std::move(numbers)](std::size_t index) {
            auto entry = entries->entry(index);
            if (!entry || !numbers[entry->pack]) return std::optional<IndexSegmentView::Entry>{};
            entry->pack = *numbers[entry->pack];
            return entry;
          }};
}

}  // namespace

std::set<Digest> read_condemned(const fs::path& file) {
  std::set<Digest> packs;
  std::string text;
  try {
    text = mlops::read_file(file);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::not_found) return packs;
    throw;
  }
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (const auto name = Digest::from_hex(std::string_view{text}.substr(at, end - at))) packs.insert(*name);
    at = end + 1;
  }
  return packs;
}

std::shared_ptr<const PackIndex::Snapshot> PackIndex::current() const {
  const std::scoped_lock lock{mutex_};
  return current_;
}

PackIndex::Snapshot PackIndex::look(CheckSegments check) const {
  Snapshot snapshot;
  snapshot.intact_segments = current()->intact_segments;
  snapshot.condemned = read_condemned(layout_.condemned());
  snapshot.damage = KnownDamage::read(layout_);
  // Segments first: one that is merged away meanwhile is found merged, or its packs' own tables are read.
  for (const fs::path& name : names_in(layout_.index())) {
    if (name.extension() != ".idx") continue;
    const fs::path path = layout_.index() / name;
    std::error_code ignored;
    auto file = IndexSegment::open(path);
    if (file && check == CheckSegments::yes && !snapshot.intact_segments.contains(path)) {
      if (file->view().is_intact()) {
        snapshot.intact_segments.insert(path);
      } else {
        file.reset();
      }
    }
    if (file) {
      snapshot.segments.push_back({std::move(file), {}});
    } else if (fs::exists(path, ignored)) {
      snapshot.damaged_segments.push_back(path);
    }
  }
  const std::set<Digest> packs = packs_in(layout_);
  std::set<Digest> covered;
  for (Segment& segment : snapshot.segments) {
    for (const Digest& pack : segment.file->view().packs()) {
      segment.present.push_back(packs.contains(pack));
      covered.insert(pack);
    }
  }
  for (const Digest& pack : packs) {
    if (covered.contains(pack)) continue;
    const auto file = PackFile::open(layout_.pack(pack));
    if (!file) continue;
    if (const auto salvaged = salvaged_.find(pack); salvaged != salvaged_.end()) {
      snapshot.tables.push_back(salvaged->second);
    } else if (auto table = file->read_table(pack)) {
      snapshot.tables.push_back(std::make_shared<Table>(Table{pack, std::move(*table)}));
    } else {
      snapshot.unreadable.push_back(pack);
    }
  }
  snapshot.packs = std::make_shared<std::set<Digest>>(packs);
  return snapshot;
}

void PackIndex::load(CheckSegments check) {
  auto snapshot = std::make_shared<Snapshot>(look(check));
  const std::scoped_lock lock{mutex_};
  current_ = std::move(snapshot);
}

void PackIndex::look_up(const Snapshot& snapshot, const Digest& digest, RecordKind kind,
                        const std::function<bool(Place)>& take) {
  for (const auto& table : snapshot.tables) {
    const Record wanted{.digest = digest, .kind = kind};
    const auto at = std::lower_bound(table->records.begin(), table->records.end(), wanted, ByDigest{});
    if (at == table->records.end() || at->digest != digest || at->kind != kind) continue;
    if (take({table->pack, *at})) return;
  }
  for (const Segment& segment : snapshot.segments) {
    const IndexSegmentView& view = segment.file->view();
    for (std::size_t i = view.lower_bound(digest); i < view.size() && view.digest(i) == digest; ++i) {
      const auto entry = view.entry(i);
      if (!entry || entry->record.kind != kind || !segment.present[entry->pack]) continue;
      if (take({view.packs()[entry->pack], entry->record})) return;
    }
  }
}

bool PackIndex::is_lasting(const Snapshot& snapshot, const Place& place) {
  return !snapshot.condemned.contains(place.pack) && !snapshot.damage.has_record(place.pack, place.record.offset);
}

std::optional<Place> PackIndex::find_lasting(const Digest& digest, RecordKind kind) const {
  const auto snapshot = current();
  std::optional<Place> found;
  look_up(*snapshot, digest, kind, [&](Place place) {
    if (!is_lasting(*snapshot, place)) return false;
    found = place;
    return true;
  });
  return found;
}

std::optional<Place> PackIndex::find(const Digest& digest, RecordKind kind) const {
  if (auto place = find_lasting(digest, kind)) return place;
  const auto snapshot = current();
  std::optional<Place> found;
  look_up(*snapshot, digest, kind, [&](Place place) {
    found = place;
    return true;
  });
  return found;
}

std::vector<Place> PackIndex::find_all(const Digest& digest, RecordKind kind) const {
  const auto snapshot = current();
  std::vector<Place> places;
  std::set<Digest> seen;  // two segments may cover the same pack
  look_up(*snapshot, digest, kind, [&](Place place) {
    if (seen.insert(place.pack).second) places.push_back(place);
    return false;
  });
  std::ranges::stable_partition(places, [&](const Place& place) { return is_lasting(*snapshot, place); });
  return places;
}

void PackIndex::salvage(const Digest& pack, std::vector<Record> records) {
  std::ranges::sort(records, ByDigest{});
  salvaged_[pack] = std::make_shared<Table>(Table{pack, std::move(records)});
}

void PackIndex::add(const Digest& pack, std::vector<Record> table) {
  const std::scoped_lock lock{mutex_};
  auto next = std::make_shared<Snapshot>(*current_);
  next->tables.push_back(std::make_shared<Table>(Table{pack, std::move(table)}));
  next->damage.forget_pack(pack);  // ours took its place
  current_ = std::move(next);
}

bool PackIndex::lasts(const Place& place) const { return is_lasting(*current(), place); }

bool PackIndex::is_damaged(const Place& place) const {
  return current()->damage.has_record(place.pack, place.record.offset);
}

bool PackIndex::is_damaged_object(const Digest& whole_object) const {
  return current()->damage.has_object(whole_object);
}

void PackIndex::compact() {
  const auto snapshot = current();
  if (snapshot->tables.size() <= most_tables && snapshot->segments.size() <= most_segments) return;
  std::vector<SegmentSource> sources;
  std::size_t total = 0;
  for (const auto& table : snapshot->tables) {
    total += table->records.size();
    sources.push_back(source_of(table));
  }
  // With those that are not larger than all that is smaller: every entry is then rewritten only a few times ever.
  std::vector<Segment> segments = snapshot->segments;
  std::ranges::sort(segments, {}, [](const Segment& segment) { return segment.file->view().size(); });
  std::vector<Segment> merged;
  for (const Segment& segment : segments) {
    if (segment.file->view().size() > 2 * total) break;
    // Damage is left where it is known to be damage.
    if (!segment.file->view().is_intact()) continue;
    total += segment.file->view().size();
    sources.push_back(source_of(segment.file, segment.present));
    merged.push_back(segment);
  }
  make_directories(layout_.index());
  const fs::path written = write_segment(layout_.index(), layout_.temporaries(), sources);
  fsync_directory(layout_.index());
  for (const Segment& segment : merged) ::unlink(segment.file->path().c_str());

  const std::scoped_lock lock{mutex_};
  auto next = std::make_shared<Snapshot>(*current_);
  auto file = IndexSegment::open(written);
  if (!file) return;  // merged away by another process already: load() will find that one
  std::vector<bool> present(file->view().packs().size(), true);  // entries of other packs were left behind
  std::erase_if(next->tables, [&](const auto& table) {
    return std::ranges::find(snapshot->tables, table) != snapshot->tables.end();
  });
  std::erase_if(next->segments, [&](const Segment& segment) {
    return std::ranges::any_of(merged, [&](const Segment& gone) { return gone.file == segment.file; });
  });
  next->segments.push_back({std::move(file), std::move(present)});
  current_ = std::move(next);
}

void PackIndex::rebuild() {
  const std::vector<fs::path> before = names_in(layout_.index());
  make_directories(layout_.index());
  make_directories(layout_.temporaries());
  std::vector<SegmentSource> sources;
  const auto write = [this, &sources] {
    if (!sources.empty()) write_segment(layout_.index(), layout_.temporaries(), sources);
    sources.clear();
  };
  for (const Digest& pack : packs_in(layout_)) {
    const auto file = PackFile::open(layout_.pack(pack));
    auto table = file ? file->read_table(pack) : std::nullopt;
    if (table) sources.push_back(source_of(std::make_shared<const Table>(Table{pack, std::move(*table)})));
    if (sources.size() == tables_at_once) write();
  }
  write();
  fsync_directory(layout_.index());
  for (const fs::path& name : before) {
    if (name.extension() == ".idx") ::unlink((layout_.index() / name).c_str());
  }
  load();
}

std::set<Digest> PackIndex::packs() const { return *current()->packs; }
std::vector<Digest> PackIndex::unreadable() const { return current()->unreadable; }
std::vector<fs::path> PackIndex::damaged_segments() const { return current()->damaged_segments; }

std::vector<std::shared_ptr<const IndexSegment>> PackIndex::segments() const {
  std::vector<std::shared_ptr<const IndexSegment>> files;
  for (const Segment& segment : current()->segments) files.push_back(segment.file);
  return files;
}

}  // namespace mlops::artifacts
