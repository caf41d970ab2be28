#include <mlops/support/parallel.hpp>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace mlops {

namespace {

using Work = std::function<void(std::size_t index, const Progress& progress)>;

// What a thread in the middle of a large file meets when another one has failed.
struct Stopped {};

class Crew {
 public:
  Crew(std::size_t count, const Progress& progress, const Work& work)
      : count_{count}, progress_{progress}, work_{work} {}

  // Takes one index after the other until none is left or somebody failed.
  void run() {
    const Progress shared = [this](std::uint64_t bytes) { report(bytes); };
    try {
      while (!stopped_) {
        const std::size_t index = next_++;
        if (index >= count_) return;
        work_(index, shared);
      }
    } catch (const Stopped&) {
      return;
    } catch (...) {
      const std::scoped_lock lock{mutex_};
      if (!stopped_.exchange(true)) error_ = std::current_exception();
    }
  }

  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void report(std::uint64_t bytes) {
    if (stopped_) throw Stopped{};
    if (!progress_) return;
    const std::scoped_lock lock{progress_mutex_};
    progress_(bytes);
  }

  const std::size_t count_;
  const Progress& progress_;
  const Work& work_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;
  std::mutex progress_mutex_;
  std::exception_ptr error_;
};

void start_helpers(Crew& crew, std::size_t count, std::vector<std::jthread>& helpers) {
  try {
    for (std::size_t i = 0; i < count; ++i) helpers.emplace_back([&crew] { crew.run(); });
  } catch (const std::system_error&) {
    return;  // no more threads to be had: those that run do the work
  }
}

}  // namespace

void parallel_for(std::size_t count, const Progress& progress, const Work& work) {
  Crew crew{count, progress, work};
  const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
  {
    std::vector<std::jthread> helpers;
    // This thread works too.
    start_helpers(crew, std::min(cores, std::max<std::size_t>(count, 1)) - 1, helpers);
    crew.run();
  }
  crew.rethrow();
}

void parallel_for(std::size_t count, const std::function<void(std::size_t index)>& work) {
  parallel_for(count, {}, [&](std::size_t index, const Progress&) { work(index); });
}

}  // namespace mlops
