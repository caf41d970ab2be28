#include <fmt/format.h>

#include <mlops/domain/event.hpp>
#include <mlops/store/store.hpp>
#include <mlops/support/error.hpp>

#include "present.hpp"

namespace mlops::store {

domain::Firing WriteTransaction::start_firing(domain::Firing firing, std::int64_t last) {
  present(view(), firing.version);
  const auto newest = view().firings(firing.model, 1);
  const std::int64_t known = newest.empty() ? 0 : newest.front().id;
  if (known != last || (known != 0 && newest.front().outcome == domain::FiringOutcome::running)) {
    throw Error{ErrorKind::conflict, fmt::format("another process fired {} meanwhile", firing.model)};
  }
  firing.at = now_;
  firing.by = origin_.actor;
  firing.outcome = domain::FiringOutcome::running;
  firing.id = do_insert_firing(firing);
  record("firing.started", domain::subject_of(firing), {}, domain::to_json(firing));
  return firing;
}

domain::Firing WriteTransaction::take_up_firing(const domain::Firing& before, const std::string& owner) {
  if (view().firing(before.id) != before || before.outcome != domain::FiringOutcome::running) {
    throw Error{ErrorKind::conflict, fmt::format("another process has taken firing {} up meanwhile", before.id)};
  }
  domain::Firing after = before;
  after.owner = owner;
  ++after.taken_up;
  do_update_firing(after);
  record("firing.taken_up", domain::subject_of(after), domain::to_json(before), domain::to_json(after));
  return after;
}

domain::Firing WriteTransaction::finish_firing(domain::Firing firing) {
  const auto before = view().firing(firing.id);
  if (!before || before->owner != firing.owner || before->outcome != domain::FiringOutcome::running) {
    throw Error{ErrorKind::conflict, fmt::format("another process has taken firing {} up meanwhile", firing.id)};
  }
  firing.ended_at = now_;
  do_update_firing(firing);
  record("firing.finished", domain::subject_of(firing), domain::to_json(*before), domain::to_json(firing));
  return firing;
}

}  // namespace mlops::store
