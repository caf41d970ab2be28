#include "table/table_crew.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include <mlops/support/error.hpp>

namespace mlops::formats {

namespace {

class ChunkCrew {
 public:
  ChunkCrew(ChunkSource& source, std::size_t threads) : source_{source}, threads_{threads} {}

  void work(std::size_t thread, RowParser& parser, const RowVisitor& visitor) {
    while (auto chunk = take(thread)) {
      try {
        const ChunkFacts facts = parser.parse(*chunk, visitor);
        const std::scoped_lock lock{mutex_};
        result_.chunks.at(chunk->number) = facts;
      } catch (...) {
        fail(chunk->number);
        return;
      }
    }
  }

  void stop() {
    const std::scoped_lock lock{mutex_};
    is_finished_ = true;
    turn_.notify_all();
  }

  CrewResult result() {
    if (error_) std::rethrow_exception(error_);
    return std::move(result_);
  }

 private:
  // The next chunk, when it is this thread's turn; nullopt at the end, or when somebody failed.
  std::optional<Chunk> take(std::size_t thread) {
    std::unique_lock lock{mutex_};
    turn_.wait(lock, [&] { return is_finished_ || next_ % threads_ == thread; });
    if (is_finished_) return std::nullopt;
    std::optional<Chunk> chunk;
    try {
      chunk = source_.next();
    } catch (...) {
      note_error(next_);
    }
    if (chunk) {
      result_.chunks.emplace_back();
      ++next_;
    } else {
      is_finished_ = true;
    }
    turn_.notify_all();
    return chunk;
  }

  void fail(std::size_t chunk) {
    const std::scoped_lock lock{mutex_};
    note_error(chunk);
    is_finished_ = true;
    turn_.notify_all();
  }

  // Chunks before this one are all in somebody's hands already, so that the first error is the same each time.
  void note_error(std::size_t chunk) {
    if (error_ && failed_chunk_ < chunk) return;
    error_ = std::current_exception();
    failed_chunk_ = chunk;
  }

  ChunkSource& source_;
  const std::size_t threads_;
  std::mutex mutex_;
  std::condition_variable turn_;
  std::size_t next_ = 0;
  bool is_finished_ = false;
  std::exception_ptr error_;
  std::size_t failed_chunk_ = 0;
  CrewResult result_;
};

}  // namespace

CrewResult read_chunks(ChunkSource& source, std::span<const std::unique_ptr<RowParser>> parsers,
                       std::span<const RowVisitor> visitors) {
  ChunkCrew crew{source, parsers.size()};
  {
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < parsers.size(); ++i) {
      try {
        helpers.emplace_back([&crew, &parsers, &visitors, i] { crew.work(i, *parsers[i], visitors[i]); });
      } catch (const std::system_error&) {
        // Each chunk belongs to one thread: without it the others would wait for ever.
        crew.stop();
        throw Error{
            ErrorKind::unavailable, "no more threads can be started", {"try again when the machine is less busy"}};
      }
    }
    crew.work(0, *parsers[0], visitors[0]);
  }
  return crew.result();
}

}  // namespace mlops::formats
