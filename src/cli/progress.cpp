#include "progress.hpp"

#include <chrono>
#include <memory>
#include <mutex>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>
#include <mlops/support/time.hpp>

namespace mlops::cli {

namespace {

using std::chrono::steady_clock;

constexpr auto first_drawn_after = std::chrono::milliseconds{500};
constexpr auto drawn_every = std::chrono::milliseconds{100};

class Line {
 public:
  Line(const Streams& streams, std::string label, std::uint64_t total)
      : err_{streams.err},
        columns_{static_cast<std::size_t>(streams.columns)},
        label_{std::move(label)},
        total_{total} {}
  ~Line() {
    if (drawn_) err_("\r\x1b[K");
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  void advance(std::uint64_t bytes) {
    const std::lock_guard lock{mutex_};
    done_ += bytes;
    const auto now = steady_clock::now();
    if (now - start_ < first_drawn_after || now - last_ < drawn_every) return;
    last_ = now;
    drawn_ = true;
    err_("\r\x1b[K" + truncate_to_width(text(now), columns_ - 1));
  }

 private:
  [[nodiscard]] std::string text(steady_clock::time_point now) const {
    const double seconds = std::chrono::duration<double>(now - start_).count();
    const double rate = static_cast<double>(done_) / seconds;
    const std::string rate_text = bytes_text(static_cast<std::uint64_t>(rate)) + "/s";
    if (total_ == 0 || done_ > total_) return fmt::format("{}  {}  {}", label_, bytes_text(done_), rate_text);
    const auto left = static_cast<std::int64_t>(1000.0 * static_cast<double>(total_ - done_) / rate);
    return fmt::format("{}  {:3}%  {} of {}  {}  {} left", label_, 100 * done_ / total_, bytes_text(done_),
                       bytes_text(total_), rate_text, duration_text(left));
  }

  std::function<void(std::string_view)> err_;
  std::size_t columns_;
  std::string label_;
  std::uint64_t total_;
  std::mutex mutex_;
  std::uint64_t done_ = 0;
  bool drawn_ = false;
  steady_clock::time_point start_ = steady_clock::now();
  steady_clock::time_point last_ = start_;
};

}  // namespace

Progress start_progress(const Streams& streams, bool visible, const std::string& label, std::uint64_t total,
                        const std::function<bool()>& interrupted) {
  const auto line = visible ? std::make_shared<Line>(streams, label, total) : nullptr;
  return [line, interrupted](std::uint64_t bytes) {
    if (interrupted()) throw Error{ErrorKind::interrupted, "interrupted; nothing is changed"};
    if (line) line->advance(bytes);
  };
}

}  // namespace mlops::cli
