// What the fuzzers of model files share: a file is inspected and scanned, and neither may do more than answer.
#pragma once

#include <mlops/formats/inspect.hpp>
#include <mlops/formats/scan.hpp>

#include "fuzzing.hpp"
#include "malformed.hpp"
#include "scanning.hpp"

namespace mlops::fuzzing {

using InspectFunction = void (*)(const ByteSource& source, domain::Inspection& inspection);
using ScanFunction = void (*)(const ByteSource& source, formats::Scanning& scanning);

template <typename Function>
void tolerate(Function function) {
  try {
    function();
  } catch (const formats::Malformed&) {
  } catch (const formats::Unscannable&) {
  }
}

// By these functions, whatever the content looks like, and by what the content looks like.
inline void read_as(std::string_view bytes, InspectFunction inspect, ScanFunction scan) {
  const MemorySource source{bytes};
  domain::Inspection inspection;
  tolerate([&] { inspect(source, inspection); });
  require(inspection.tensors.size() <= inspection.tensor_count);
  // Facts and problems are printed as JSON: valid UTF-8, finite numbers.
  (void)to_text(Json{inspection.facts});
  for (const std::string& problem : inspection.problems) (void)to_text(Json{problem});
  for (const auto& [name, value] : inspection.hyperparameters) (void)to_text(value);

  domain::Scan result;
  formats::Scanning scanning{result};
  tolerate([&] { scan(source, scanning); });
  require(result.findings.size() <= domain::Scan::most_findings);

  (void)formats::inspect_file(source);
  (void)formats::scan_file(source);
}

}  // namespace mlops::fuzzing
