#include <mlops/stats/sketch_distinct.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace mlops::stats {

namespace {

constexpr std::size_t register_count = std::size_t{1} << DistinctCounter::precision;
constexpr unsigned rank_bits = 64 - DistinctCounter::precision;

std::uint64_t folded_product(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// The same number on machines of either byte order.
template <typename Word>
std::uint64_t word_at(std::string_view bytes) {
  Word word = 0;
  const char* const begin = bytes.data();
  std::memcpy(&word, begin, sizeof word);
  if constexpr (std::endian::native == std::endian::big) {
    return sizeof word == 8 ? __builtin_bswap64(word) : __builtin_bswap32(static_cast<std::uint32_t>(word));
  }
  return word;
}

// All of at most eight bytes.
std::uint64_t short_word(std::string_view text) {
  if (text.size() >= 4) {
    const auto shift = static_cast<unsigned>(8 * (text.size() - 4));
    // What is read twice falls on the same bits.
    return word_at<std::uint32_t>(text) | word_at<std::uint32_t>(text.substr(text.size() - 4)) << shift;
  }
  std::uint64_t word = 0;
  for (const char c : text) word = word << 8 | static_cast<unsigned char>(c);
  return word;
}

// Ertl 2017, equation 35: what registers of zero stand for.
double sigma(double x) {
  if (x >= 1) return INFINITY;
  double weight = 1;
  double sum = x;
  for (double before = -1; before != sum;) {
    x *= x;
    before = sum;
    sum += x * weight;
    weight += weight;
  }
  return sum;
}

// The same, equation 39: what full registers stand for.
double tau(double x) {
  if (x <= 0 || x >= 1) return 0;
  double weight = 1;
  double sum = 1 - x;
  for (double before = -1; before != sum;) {
    x = std::sqrt(x);
    before = sum;
    weight *= 0.5;
    sum -= (1 - x) * (1 - x) * weight;
  }
  return sum / 3;
}

}  // namespace

std::uint64_t hash_text(std::string_view text) {
  // Digits of pi: numbers with nothing up their sleeve.
  constexpr std::uint64_t first_key = 0x243f6a8885a308d3;
  constexpr std::uint64_t second_key = 0x13198a2e03707345;
  std::uint64_t hash = first_key ^ text.size();
  for (; text.size() > 8; text.remove_prefix(8)) {
    hash = folded_product(hash ^ word_at<std::uint64_t>(text), second_key);
  }
  hash = folded_product(hash ^ short_word(text), second_key);
  return folded_product(hash ^ first_key, second_key);
}

void DistinctCounter::add(std::uint64_t hash) {
  if (!is_exact()) {
    note(hash);
    return;
  }
  insert(hash);
  if (used_ > largest_exact) estimate_from_now_on();
}

void DistinctCounter::insert(std::uint64_t hash) {
  if (hash == 0) hash = 1;
  if (2 * (used_ + 1) > slots_.size()) {
    std::vector<std::uint64_t> before(std::max<std::size_t>(64, 2 * slots_.size()));
    before.swap(slots_);
    used_ = 0;
    for (const std::uint64_t kept : before) {
      if (kept != 0) insert(kept);
    }
  }
  std::size_t slot = hash & (slots_.size() - 1);
  while (slots_[slot] != 0 && slots_[slot] != hash) slot = (slot + 1) & (slots_.size() - 1);
  used_ += slots_[slot] == 0 ? 1 : 0;
  slots_[slot] = hash;
}

void DistinctCounter::estimate_from_now_on() {
  registers_.assign(register_count, 0);
  for (const std::uint64_t hash : slots_) {
    if (hash != 0) note(hash);
  }
  slots_ = {};
  used_ = 0;
}

void DistinctCounter::note(std::uint64_t hash) {
  const std::uint64_t rest = hash << precision;
  const int zeros = rest == 0 ? static_cast<int>(rank_bits) : std::countl_zero(rest);
  auto& highest = registers_[hash >> rank_bits];
  highest = std::max(highest, static_cast<std::uint8_t>(zeros + 1));
}

void DistinctCounter::merge(const DistinctCounter& other) {
  if (other.is_exact()) {
    for (const std::uint64_t hash : other.slots_) {
      if (hash != 0) add(hash);
    }
    return;
  }
  if (is_exact()) estimate_from_now_on();
  for (std::size_t i = 0; i < register_count; ++i) registers_[i] = std::max(registers_[i], other.registers_[i]);
}

std::uint64_t DistinctCounter::count() const {
  if (is_exact()) return used_;
  std::array<std::uint32_t, rank_bits + 2> with{};  // how many registers hold each number
  for (const std::uint8_t value : registers_) ++with.at(value);
  constexpr auto registers = static_cast<double>(register_count);
  double sum = registers * tau(1 - with.back() / registers);
  for (unsigned rank = rank_bits; rank >= 1; --rank) sum = 0.5 * (sum + with.at(rank));
  sum += registers * sigma(with.front() / registers);
  constexpr double alpha = 0.72134752044448170;  // 1 / (2 ln 2)
  return static_cast<std::uint64_t>(std::llround(alpha * registers * registers / sum));
}

double DistinctCounter::relative_error() const {
  return is_exact() ? 0 : 1.04 / std::sqrt(static_cast<double>(register_count));
}

}  // namespace mlops::stats
