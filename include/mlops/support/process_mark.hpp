// Which process a thing belongs to, in words that outlive it: tells one whose owner was killed from one in use.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mlops {

// "mlops pid=812 start=36812 boot=<boot id> host=<name>", of this process or of another one.
std::string process_mark();
std::string process_mark(std::int64_t pid);

// Whether the mark is one of ours and its process can't be running any more. A process of another host may always be
// running.
bool process_is_gone(std::string_view mark);

// The number of the process while it runs on this host; nullopt when it is gone, or somewhere else.
std::optional<std::int64_t> running_process(std::string_view mark);

}  // namespace mlops
