// `doctor`: is everything in order, and if not, how to mend it.
#pragma once

#include <string>
#include <vector>

#include <mlops/app/context.hpp>

namespace mlops::app {

enum class Finding { good, note, problem };
std::string_view name_of(Finding finding);

struct Diagnosis {
  std::string topic;  // "registry", "git", "policy", "artifacts", "runs", …
  Finding finding = Finding::good;
  std::string message;
  std::string remedy;  // "" when nothing needs doing
};
struct DoctorOutcome {
  std::vector<Diagnosis> diagnoses;
  [[nodiscard]] bool healthy() const;  // no problem
};
DoctorOutcome doctor(const Context& context);

}  // namespace mlops::app
