// The record of an installed package, which whoever wrote the package has written.
#include "fuzzing.hpp"

#include <mlops/support/text.hpp>

#include "packages.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlops;
  using fuzzing::require;
  const auto record = runners::parse_package_record(fuzzing::text_of(fuzzing::bytes_of(data, size)));
  if (!record) return 0;
  for (const std::string& text : {record->name, record->version}) {
    require(!text.empty() && text == trim(text));
    require(is_valid_utf8(text) && text.find('\n') == std::string::npos);
  }
  const auto again = runners::parse_package_record("Name: " + record->name + "\nVersion: " + record->version + "\n");
  require(again && again->name == record->name && again->version == record->version);
  return 0;
}
