// What a child leaves behind outside of its process group.
#pragma once

#include <cstddef>
#include <vector>

#include <sys/types.h>

namespace mlops {

// While it lives, orphans among the descendants of this process become its children, so that they can be found.
class Descendants {
 public:
  explicit Descendants(bool wanted);
  Descendants(const Descendants&) = delete;
  Descendants& operator=(const Descendants&) = delete;
  ~Descendants();

  // Ends all children that were not there before, and their children, until there are none; how many still ran.
  std::size_t end_all();

 private:
  bool wanted_;
  std::vector<pid_t> before_;
};

}  // namespace mlops
