// What TensorFlow's operators do besides computing.
#pragma once

#include <cstdint>
#include <string_view>

namespace mlops::formats::tensorflow {

enum class Kind : std::uint8_t {
  plain,     // it computes
  python,    // calls a Python function of the process
  files,     // reads or writes files whose names the graph gives
  network,   // talks to another process
  save,      // writes a checkpoint: every SavedModel has these in its saver
  restore,   // reads one
  table,     // fills a table from a text file, which should be an asset
  print,     // writes to a stream, which may be a file
  doubtful,  // nobody can tell from here
  unknown,   // not TensorFlow's own
};
Kind kind_of(std::string_view op);

}  // namespace mlops::formats::tensorflow
