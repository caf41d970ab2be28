// `lineage`: what something was made from, and what was made from it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/lineage.hpp>

namespace mlops::app {

struct LineageRequest {
  std::optional<std::string> version;  // exactly one of these four
  std::optional<std::string> dataset;
  std::optional<std::int64_t> run;
  std::optional<std::string> commit;  // anything that git resolves, or a recorded id
  domain::Direction direction = domain::Direction::both;
  std::size_t depth = 20;
};
domain::Lineage lineage(Workspace& workspace, const LineageRequest& request);

}  // namespace mlops::app
