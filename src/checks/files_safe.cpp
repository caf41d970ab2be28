#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "evidence.hpp"

namespace mlops::checks {

domain::Evidence files_safe(const Facts& facts) {
  auto evidence = make_evidence("files.safe", "every file allowlisted");
  const std::vector<ScannedFile> files = facts.scanned_files();
  if (files.empty()) return errored(std::move(evidence), "no file could be scanned");

  Json counts = Json::object({{"files", files.size()}});
  for (const auto safety : {domain::Safety::allowlisted, domain::Safety::unknown, domain::Safety::unscannable,
                            domain::Safety::malformed, domain::Safety::dangerous}) {
    counts.set(std::string{name_of(safety)}, std::ranges::count(files, safety, &ScannedFile::safety));
  }
  evidence.figures = std::move(counts);
  const auto worst = std::ranges::max_element(files, {}, &ScannedFile::safety);
  if (worst->safety == domain::Safety::allowlisted)
    return passed(std::move(evidence), count_text(files.size(), "file"));

  const auto others =
      std::ranges::count_if(files, [](const ScannedFile& file) { return file.safety != domain::Safety::allowlisted; }) -
      1;
  std::string reason = fmt::format("`{}` is {}: {}", printable(worst->path), name_of(worst->safety), worst->reason);
  if (others > 0) reason += fmt::format(", and {} more {} not allowlisted", others, others == 1 ? "is" : "are");
  return failed(std::move(evidence), std::string{name_of(worst->safety)}, std::move(reason));
}

}  // namespace mlops::checks
