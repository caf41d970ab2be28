// Notebooks: whatever they hold, they are read or told to be unreadable.
#include "fuzzing.hpp"

#include <mlops/formats/code.hpp>
#include <mlops/formats/inspect.hpp>

using namespace mlops;
using namespace mlops::fuzzing;
using namespace mlops::formats;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(bytes_of(data, size));
  for (const CodeWarning& warning : read_code_file("x.ipynb", text)) require(!warning.rule.empty());
  (void)inspect_file(MemorySource{text});
  return 0;
}
