// The same work for many files, on several threads.
#pragma once

#include <cstddef>
#include <functional>

#include <mlops/artifacts/artifacts.hpp>

namespace mlops::artifacts {

// Calls work(i, progress) for every i below `count`, on as many threads as the machine has cores. The progress that
// `work` gets may be called from any thread: it hands on to the caller's one call at a time. The first exception ends
// the rest and is rethrown here.
void parallel_for(std::size_t count, const Progress& progress,
                  const std::function<void(std::size_t index, const Progress& progress)>& work);

}  // namespace mlops::artifacts
