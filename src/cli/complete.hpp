// Completion in the shell: the scripts of `mlops completion` call `mlops __complete WORD…`, whose last word is being
// typed.
#pragma once

#include <string>
#include <vector>

#include <mlops/cli/run.hpp>

namespace mlops::cli {

// Prints a candidate per line; nothing, and no error, when there is none or no registry. The line ":files" asks the
// shell to complete file names.
void complete(const std::vector<std::string>& words, const Streams& streams, const Surroundings& surroundings);

// "bash", "zsh" or "fish"; Error{usage} for another shell.
std::string completion_script(std::string_view shell);

}  // namespace mlops::cli
