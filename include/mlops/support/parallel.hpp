// The same work for many things, on several threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace mlops {

// Told of bytes as they move; may be empty. It may throw Error{interrupted} to stop the work: nothing half-done stays
// visible.
using Progress = std::function<void(std::uint64_t bytes)>;

// Calls work(i, progress) for every i below `count`, on as many threads as the machine has cores. The progress that
// `work` gets may be called from any thread: it hands on to the caller's one call at a time. The first exception ends
// the rest and is rethrown here.
void parallel_for(std::size_t count, const Progress& progress,
                  const std::function<void(std::size_t index, const Progress& progress)>& work);

// The same for work that moves no bytes that anybody waits for.
void parallel_for(std::size_t count, const std::function<void(std::size_t index)>& work);

}  // namespace mlops
