// Which process a work tree belongs to, written as the reason of its lock, so that a tree whose owner was killed can be
// told from one in use.
#pragma once

#include <string>
#include <string_view>

namespace mlops::git {

// "mlops pid=812 start=36812 boot=<boot id> host=<name>" for this process.
std::string owner_mark();

// Whether the mark is one of ours and its process can't be running any more. A process of another host may always be
// running.
bool owner_is_gone(std::string_view mark);

}  // namespace mlops::git
