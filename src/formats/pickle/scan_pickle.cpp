#include "pickle/scan_pickle.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include <fmt/core.h>

#include "malformed.hpp"
#include "pickle/recognise.hpp"

namespace mlops::formats::pickle {

namespace {

using domain::Safety;

constexpr std::size_t piece_size = 1u << 20;
// Looks at places where a pickle may begin, in bytes that are none.
constexpr int most_looks = 1'000'000;
// What fails within so few instructions was no pickle: one may begin in the middle of it.
constexpr std::uint64_t few_steps = 3;

void report_at(Scanning& scanning, std::uint64_t at, Safety safety, std::string_view rule, const std::string& what) {
  const Scanning::Place place{scanning, fmt::format("at byte {}", at)};
  scanning.report(safety, rule, what);
}

// The next PROTO instruction; nullopt when there is none.
std::optional<std::uint64_t> next_protocol(const ByteSource& source, std::uint64_t from, Scanning& scanning) {
  for (std::uint64_t at = from;; at += piece_size) {
    const std::string piece = read_bytes(source, at, piece_size + 1);
    scanning.spend(piece.size());
    for (std::size_t found = piece.find('\x80'); found < piece_size; found = piece.find('\x80', found + 1)) {
      const auto protocol = found + 1 < piece.size() ? static_cast<unsigned char>(piece[found + 1]) : 0;
      if (protocol >= 2 && protocol <= newest_protocol) return at + found;
    }
    if (piece.size() <= piece_size) return std::nullopt;
  }
}

// A later pickle in bytes that are none: a loader that is told where to begin finds it.
std::optional<std::uint64_t> next_pickle(const ByteSource& source, std::uint64_t from, int& looks, Scanning& scanning) {
  while (const auto at = next_protocol(source, from, scanning)) {
    if (++looks > most_looks) {
      report_at(scanning, *at, Safety::unscannable, "pickle.trailing", "too much looks like the beginning of a pickle");
      return std::nullopt;
    }
    if (looks_like_pickle_inside(SourcePart{source, *at, source.size() - *at})) return at;
    from = *at + 1;
  }
  return std::nullopt;
}

void scan_stream(const ByteSource& source, Scanning& scanning, Persistent persistent) {
  Window input{source};
  Tree tree{source};
  Judge judge{tree, scanning, persistent};
  Machine machine{input, tree, judge};
  if (scan_one(machine, input, scanning)) return scan_rest(input, machine, scanning);
  scan_behind(input, machine, scanning);
}

}  // namespace

bool scan_one(Machine& machine, Window& input, Scanning& scanning, Value* result) {
  const std::uint64_t begin = input.offset();
  const std::uint64_t steps = machine.steps();
  try {
    const Value made = machine.run();
    if (result != nullptr) *result = made;
    scanning.spend(input.offset() - begin);
    return true;
  } catch (const Malformed& error) {
    report_at(scanning, begin, Safety::malformed, "pickle.broken", error.what());
  } catch (const Unscannable& error) {
    report_at(scanning, begin, Safety::unscannable, "pickle.limits", error.what());
  }
  if (machine.steps() - steps <= few_steps) input.seek(begin + 1);
  return false;
}

void scan_behind(Window& input, Machine& machine, Scanning& scanning) {
  int looks = 0;
  while (const auto at = next_pickle(input.source(), input.offset(), looks, scanning)) {
    input.seek(*at);
    (void)scan_one(machine, input, scanning);
  }
}

// A second pickle may follow at once: loaders of several objects read on, those of one ignore it.
void scan_rest(Window& input, Machine& machine, Scanning& scanning) {
  while (input.left() > 0) {
    const std::uint64_t begin = input.offset();
    if (scan_one(machine, input, scanning)) continue;
    report_at(scanning, begin, Safety::malformed, "pickle.trailing",
              fmt::format("{} bytes follow that are no whole pickle", input.source().size() - begin));
    return scan_behind(input, machine, scanning);
  }
}

void scan_pickles(const ByteSource& source, Scanning& scanning) {
  scan_stream(source, scanning, Persistent::unexpected);
}

void scan_torch_pickle(const ByteSource& data_pkl, Scanning& scanning) {
  scan_stream(data_pkl, scanning, Persistent::storages);
}

void scan_torchscript_pickle(const ByteSource& source, Scanning& scanning) {
  scan_stream(source, scanning, Persistent::programs);
}

}  // namespace mlops::formats::pickle
