#include <mlops/stats/sketch_top.hpp>

#include <algorithm>
#include <bit>
#include <tuple>

namespace mlops::stats {

// Not through the middle of a character of UTF-8.
std::string_view TopValues::kept_part(std::string_view text) {
  if (text.size() <= longest_text) return text;
  std::size_t end = longest_text;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
  return text.substr(0, end);
}

std::size_t TopValues::slot_of(std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  while (slots_[slot].place != 0 && slots_[slot].hash != hash) slot = (slot + 1) & mask;
  return slot;
}

void TopValues::add(std::uint64_t hash, std::string_view text, std::uint64_t times) {
  if (2 * (entries_.size() + 1) > slots_.size()) index_again();
  std::size_t slot = slot_of(hash);
  if (slots_[slot].place != 0) {
    entries_[slots_[slot].place - 1].count += times;
    return;
  }
  if (entries_.size() >= size_) {
    make_room();
    slot = slot_of(hash);
  }
  entries_.push_back({hash, times, std::string{kept_part(text)}});
  slots_[slot] = {.hash = hash, .place = static_cast<std::uint32_t>(entries_.size())};
}

bool TopValues::add_exactly(std::uint64_t hash, std::string_view text) {
  if (!slots_.empty()) {
    const Slot& slot = slots_[slot_of(hash)];
    if (slot.place != 0) {
      ++entries_[slot.place - 1].count;
      return true;
    }
  }
  if (entries_.size() >= size_) return false;
  add(hash, text);
  return true;
}

// Takes the median count off all, so that half of the entries or more go.
void TopValues::make_room() {
  std::vector<std::uint64_t> counts;
  counts.reserve(entries_.size());
  for (const Entry& entry : entries_) counts.push_back(entry.count);
  const auto middle = counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2);
  std::ranges::nth_element(counts, middle);
  const std::uint64_t taken = *middle;
  error_ += taken;
  std::erase_if(entries_, [taken](const Entry& entry) { return entry.count <= taken; });
  for (Entry& entry : entries_) entry.count -= taken;
  index_again();
}

void TopValues::index_again() {
  slots_.assign(std::bit_ceil(std::max<std::size_t>(32, 4 * (entries_.size() + 1))), {});
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const std::uint64_t hash = entries_[i].hash;
    slots_[slot_of(hash)] = {.hash = hash, .place = static_cast<std::uint32_t>(i + 1)};
  }
}

void TopValues::merge(const TopValues& other) {
  error_ += other.error_;
  for (const Entry& entry : other.entries_) add(entry.hash, entry.text, entry.count);
}

bool TopValues::merge_exactly(const TopValues& other) {
  const auto is_new = [this](const Entry& entry) { return slots_.empty() || slots_[slot_of(entry.hash)].place == 0; };
  const auto more = static_cast<std::size_t>(std::ranges::count_if(other.entries_, is_new));
  if (error_ + other.error_ > 0 || entries_.size() + more > size_) return false;
  merge(other);
  return true;
}

std::vector<TopValues::Entry> TopValues::top(std::size_t most) const {
  std::vector<Entry> sorted = entries_;
  std::ranges::sort(sorted, [](const Entry& a, const Entry& b) {
    return std::tie(b.count, a.text, a.hash) < std::tie(a.count, b.text, b.hash);
  });
  if (sorted.size() > most) sorted.resize(most);
  return sorted;
}

}  // namespace mlops::stats
