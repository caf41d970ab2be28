#include "monitor_time.hpp"

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::app {

Timestamp time_of_batch(Workspace& workspace, const std::optional<std::string>& text) {
  const Timestamp now = workspace.now();
  if (!text) return now;
  const auto at = parse_time(*text, now);
  if (!at) {
    throw Error{ErrorKind::usage,
                fmt::format("`--at {}` is not a time", printable(*text)),
                {"write a time (2026-11-01T09:30:00Z), a date (2026-11-01) or a span before now (3h)"}};
  }
  if (*at <= now) return *at;
  if (at->milliseconds - now.milliseconds <= tolerated_ahead_ms) {
    workspace.context().warn(
        fmt::format("`--at {}` lies ahead of this machine's clock: recorded as of now", printable(*text)));
    return now;
  }
  // Today's date means its end, which is not over.
  constexpr std::size_t date_size = 10;
  if (text->size() == date_size && rfc3339(*at).substr(0, date_size) == rfc3339(now).substr(0, date_size)) return now;
  throw Error{ErrorKind::usage,
              fmt::format("`--at {}` lies in the future", printable(*text)),
              {fmt::format("this machine's clock says {}", rfc3339(now))}};
}

void warn_of_clock(Workspace& workspace, store::ReadTransaction& view, const domain::VersionId& version) {
  for (const domain::Batch& batch : view.batches(version, 1)) {
    if (batch.recorded_at.milliseconds - workspace.now().milliseconds <= tolerated_ahead_ms) continue;
    workspace.context().warn(fmt::format(
        "the clock stands before batch {}, which was recorded at {}: batches are in the order of their times", batch.id,
        rfc3339(batch.recorded_at)));
  }
}

}  // namespace mlops::app
