// `inspect` and `scan`: what files are, and whether loading them can run code.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <mlops/app/context.hpp>
#include <mlops/domain/names.hpp>
#include <mlops/formats/code.hpp>
#include <mlops/formats/inspect.hpp>
#include <mlops/formats/scan.hpp>
#include <mlops/support/json.hpp>

namespace mlops::app {

// A path of a file or folder, or MODEL@REF. What has an '@' and is no path is a version.
struct InspectRequest {
  std::string target;
};
struct InspectOutcome {
  std::optional<domain::VersionId> version;
  formats::SetInspection inspection;
  // Where the model is to be loaded by the Python found here: libraries that it was made with, and their versions here;
  // "" when it is not installed.
  std::map<std::string, std::string> libraries_here;
};
InspectOutcome inspect(const Context& context, const InspectRequest& request);

struct ScanRequest {
  std::string target;
};
struct ScanOutcome {
  std::optional<domain::VersionId> version;
  formats::SetScan scan;
  std::vector<formats::CodeWarning> warnings;  // of notebooks and code, which are no reason to refuse by themselves
};
ScanOutcome scan(const Context& context, const ScanRequest& request);

// As `--json` and the details of a version show it.
Json to_json(const formats::CodeWarning& warning);

}  // namespace mlops::app
