#include <algorithm>
#include <map>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "evidence.hpp"

namespace mlops::checks {
namespace {

using domain::Approval;
using domain::Decision;

// The latest word of each person; approvals come oldest first.
std::map<std::string, const Approval*> latest_words(const std::vector<Approval>& approvals) {
  std::map<std::string, const Approval*> latest;
  for (const Approval& approval : approvals) latest[approval.by] = &approval;
  return latest;
}

std::string rejection_text(const Approval& rejection) {
  const std::string by = printable(rejection.by);
  return rejection.reason.empty() ? fmt::format("rejected by {}", by)
                                  : fmt::format("rejected by {}: {}", by, printable(rejection.reason));
}

}  // namespace

domain::Evidence approvals(const domain::Gate& gate, const Facts& facts) {
  const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(gate.approvals, 0));
  auto evidence = make_evidence("approvals", wanted == 0 ? "no rejection" : count_text(wanted, "approval"));

  std::vector<std::string> people;
  std::string rejection;
  bool own_ignored = false;
  for (const auto& [person, word] : latest_words(facts.approvals)) {
    const bool is_own = person == facts.version.registered_by;
    if (word->decision == Decision::reject) {
      if (rejection.empty()) rejection = rejection_text(*word);
    } else if (is_own && !gate.self_approval) {
      own_ignored = true;
    } else {
      people.push_back(printable(person));
    }
  }
  evidence.figures = Json::object({{"approvals", people.size()}, {"wanted", wanted}});
  std::string found = people.empty() ? "none" : fmt::format("{}: {}", people.size(), join(people, ", "));
  if (!rejection.empty()) return failed(std::move(evidence), std::move(found), std::move(rejection));
  if (people.size() >= wanted) return passed(std::move(evidence), std::move(found));

  std::string reason = fmt::format("{} more needed", wanted - people.size());
  if (own_ignored) {
    reason +=
        fmt::format("; {} registered it, so that their own does not count", printable(facts.version.registered_by));
  }
  return failed(std::move(evidence), std::move(found), std::move(reason));
}

}  // namespace mlops::checks
