#include "cluster/inquiry.hpp"

#include <fmt/core.h>

#include "cluster/job.hpp"

namespace mlops::app {

runners::JobPhase Inquiry::phase(const domain::Execution& execution) {
  if (execution.folder && runners::read_job_result(*execution.folder).is_over) return runners::JobPhase::over;
  if (!pace_.is_time()) return last_;
  const runners::JobState state = look_at_job(execution);
  pace_.asked();
  last_ = state.phase;
  if (tells_) tell(fmt::format("{}: {}", job_text(*execution.job), state_text(state)));
  return last_;
}

void Inquiry::tell(const std::string& text) {
  if (text == told_) return;
  told_ = text;
  workspace_.context().tell(text);
}

}  // namespace mlops::app
