#include <fmt/core.h>

#include "evidence.hpp"

namespace mlops::checks {

domain::Evidence code_notebooks(const Facts& facts) {
  auto evidence = make_evidence("code.notebooks", "no warnings");
  const std::vector<NoticedCode> noticed = facts.noticed_code();
  Json rules = Json::array();
  for (const NoticedCode& code : noticed) rules.push_back(code.rule);
  evidence.figures = Json::object({{"warnings", noticed.size()}, {"rules", std::move(rules)}});
  if (noticed.empty()) return passed(std::move(evidence), "none");
  std::string reason = noticed.front().text;
  if (noticed.size() > 1) reason += fmt::format(", and {} more", noticed.size() - 1);
  return failed(std::move(evidence), count_text(noticed.size(), "warning"), std::move(reason));
}

}  // namespace mlops::checks
