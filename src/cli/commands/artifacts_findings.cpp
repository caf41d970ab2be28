#include "artifacts_findings.hpp"

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "render.hpp"

namespace mlops::cli {

namespace {

Json finding_json(const app::ArtifactsFinding& finding) {
  return Json::object({{"file", finding.file.empty() ? Json{} : Json{finding.file}},
                       {"message", finding.what},
                       {"data", finding.is_data},
                       {"touches", json_texts(finding.touches)},
                       {"touches_more", finding.touches_more}});
}

}  // namespace

Json findings_json(const std::vector<app::ArtifactsFinding>& findings) {
  Json array = Json::array();
  for (const auto& finding : findings) array.push_back(finding_json(finding));
  return array;
}

void print_finding(const Session& session, const app::ArtifactsFinding& finding) {
  const std::string where = finding.file.empty() ? "" : printable(finding.file) + ": ";
  session.print_line(fmt::format("  {} {}{}", finding.is_data ? session.style().bad("damage") : "note  ", where,
                                 printable(finding.what)));
  for (const std::string& need : finding.touches) session.print_line(fmt::format("         {}", printable(need)));
  if (finding.touches_more) session.print_line("         and more");
}

}  // namespace mlops::cli
