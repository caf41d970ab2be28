// YAML: as a document, as the settings of model folders, and for its tags.
#include "fuzzing.hpp"

#include <mlops/formats/inspect.hpp>
#include <mlops/formats/scan.hpp>
#include <mlops/support/error.hpp>

#include "fuzzing_files.hpp"
#include "yaml/yaml.hpp"

using namespace mlops;
using namespace mlops::fuzzing;
using namespace mlops::formats;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(bytes_of(data, size));
  require(object_tags(text).tags.size() <= 100);
  (void)scan_file(MemorySource{text});
  for (const char* name : {"MLmodel", "conda.yaml", "README.md"}) {
    const OneFile files{name, text};
    (void)inspect(files);
    (void)scan(files);
  }
  try {
    // What was read can be written.
    (void)to_line(parse_yaml(text, "input"));
  } catch (const Error&) {
    return 0;
  }
  return 0;
}
