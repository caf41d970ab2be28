// Starting a child, apart from living with it.
#pragma once

#include <sys/types.h>

#include <mlops/support/files.hpp>
#include <mlops/support/process.hpp>

namespace mlops {

struct Child {
  pid_t pid = -1;      // also the id of its process group
  FileDescriptor out;  // what it prints; both never block
  FileDescriptor err;
};

Child spawn_child(const ProcessRequest& request);

}  // namespace mlops
