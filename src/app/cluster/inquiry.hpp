// Looking at a job again and again until it is over.
#pragma once

#include <string>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/execution.hpp>
#include <mlops/runners/cluster.hpp>

#include "cluster/pace.hpp"

namespace mlops::app {

// The job's own word is asked for each time, the cluster ever more seldom: it has others to answer. What is new is told
// to the person.
class Inquiry {
 public:
  explicit Inquiry(const Workspace& workspace, bool tells) : workspace_{workspace}, tells_{tells} {}

  // As far as it is known; of one that was not asked for this time, what it was.
  runners::JobPhase phase(const domain::Execution& execution);

 private:
  void tell(const std::string& text);

  const Workspace& workspace_;
  bool tells_;
  Pace pace_;
  runners::JobPhase last_ = runners::JobPhase::unheard;
  std::string told_;
};

}  // namespace mlops::app
