#include "schema.hpp"

#include <array>

#include "sqlite/schema/steps.hpp"

namespace mlops::store::sqlite {

std::span<const Migration> migrations() {
  static const std::array all{
      initial, references_and_deletions, inspections, executions, waivers, searches, monitoring, triggers,
      hooks,   lineage_of_versions};
  return all;
}

}  // namespace mlops::store::sqlite
