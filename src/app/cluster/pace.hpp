// How often a cluster is asked: it has others to answer.
#pragma once

#include <algorithm>
#include <chrono>

namespace mlops::app {

// At once, a second later, and then ever more seldom, at least once a minute.
class Pace {
 public:
  [[nodiscard]] bool is_time() const { return SteadyClock::now() >= next_; }
  void asked() {
    constexpr std::chrono::seconds shortest{1};
    constexpr std::chrono::seconds longest{60};
    constexpr int part_of_the_wait = 4;
    const auto now = SteadyClock::now();
    const auto waited = std::chrono::duration_cast<std::chrono::seconds>(now - start_);
    next_ = now + std::clamp(waited / part_of_the_wait, shortest, longest);
  }

 private:
  using SteadyClock = std::chrono::steady_clock;
  SteadyClock::time_point start_ = SteadyClock::now();
  SteadyClock::time_point next_ = start_;
};

}  // namespace mlops::app
