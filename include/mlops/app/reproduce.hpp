// `reproduce`: a version made again exactly as its run is recorded, and how near that came.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mlops/app/register.hpp>
#include <mlops/app/workspace.hpp>
#include <mlops/domain/fidelity.hpp>
#include <mlops/domain/records.hpp>

namespace mlops::app {

struct ReproduceRequest {
  std::string reference;  // MODEL or MODEL@REF
  // What to do otherwise than recorded, to see how much depends on it.
  std::vector<DataArgument> inputs;
  domain::Params params;
  std::optional<std::int64_t> seed;
  std::map<std::string, double> tolerance;  // on top of the recipe's
  bool dry_run = false;
};

struct ReproduceOutcome {
  domain::VersionId version;
  std::int64_t recorded_run = 0;
  std::string commit;
  std::vector<std::string> command;
  std::vector<std::pair<std::string, std::string>> inputs;  // role and path or dataset
  std::optional<domain::Run> run;                           // nullopt with dry_run
  std::optional<domain::Fidelity> fidelity;                 // nullopt when the command failed
};
ReproduceOutcome reproduce(Workspace& workspace, const ReproduceRequest& request);

}  // namespace mlops::app
