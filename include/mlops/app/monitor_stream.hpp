// `monitor record --data -`: inputs that keep coming, cut into windows, each of which becomes a batch when it is full.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include <mlops/app/monitor.hpp>

namespace mlops::app {

// How many bytes came, 0 at the end; nullopt when none came in the time, or a signal did.
using ReadSome = std::function<std::optional<std::size_t>(std::span<char> into, int wait_ms)>;

// "10000" rows, or "1h" of time. Error{usage} for anything else.
struct StreamWindow {
  std::uint64_t rows = 10'000;  // 0 for windows of time
  std::optional<std::int64_t> ms = std::nullopt;
};
StreamWindow parse_window(const std::string& text);

struct StreamRequest {
  std::string reference;  // MODEL@REF
  ReadSome read;
  std::optional<std::string> format;
  std::optional<std::string> delimiter;
  std::optional<DataRequest> held_against;
  StreamWindow window;
  std::optional<std::string> time_column;  // of the rows, for windows of time; when they arrive otherwise
  bool dry_run = false;
  // Told of each window that was recorded, or had been before.
  std::function<void(const RecordedBatch&)> recorded;
};

struct StreamOutcome {
  domain::VersionId version;
  std::optional<domain::MonitorReference> kept_reference;
  std::uint64_t windows = 0;  // recorded by this command
  std::uint64_t known = 0;    // that had been recorded before
  std::uint64_t rows = 0;     // in all of these
  std::uint64_t lost = 0;     // rows of the window that was not full when it was interrupted
  std::uint64_t late = 0;     // rows of an earlier window, counted in the one that was open
  std::uint64_t ahead = 0;    // rows of a time to come, counted likewise
  std::uint64_t untimed = 0;  // rows without a time, counted likewise
  bool is_cut_off = false;    // the input ended within a row, which was left out
  bool was_interrupted = false;
};

// What was recorded stays, whatever happens afterwards; an error says how much that is.
StreamOutcome record_stream(Workspace& workspace, const StreamRequest& request);

}  // namespace mlops::app
