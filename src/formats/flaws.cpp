#include "flaws.hpp"

#include <fmt/core.h>

namespace mlops::formats {

void Flaws::add(std::string_view rule, std::string what, domain::Safety safety) {
  if (kept_.size() < most) return kept_.push_back({std::string{rule}, std::move(what), safety});
  ++others_;
  // The worst of them decides what a scan says, and must not be among those that are only counted.
  if (safety > kept_.back().safety) kept_.back() = {std::string{rule}, std::move(what), safety};
}

void Flaws::tell(domain::Inspection& inspection) const {
  for (const Flaw& flaw : kept_) inspection.problems.push_back(flaw.what);
  if (others_ > 0) inspection.problems.push_back(rest());
}

void Flaws::tell(Scanning& scanning) const {
  for (const Flaw& flaw : kept_) scanning.report(flaw.safety, flaw.rule, flaw.what);
  if (others_ > 0) scanning.report(kept_.back().safety, kept_.back().rule, rest());
}

std::string Flaws::rest() const { return fmt::format("and {} more of the kind", others_); }

}  // namespace mlops::formats
