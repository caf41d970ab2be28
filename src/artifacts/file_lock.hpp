// Locks by open file description: they belong to a descriptor, so they hold between threads too, and the kernel takes
// them down with it, however the process ends.
#pragma once

namespace mlops::artifacts {

// Locks the whole file, which is open for writing, without waiting. False with errno EAGAIN or EACCES when another
// descriptor has it, with another one where the file system knows no locks.
[[nodiscard]] bool try_lock(int fd);
[[nodiscard]] bool is_locked(int fd);

}  // namespace mlops::artifacts
