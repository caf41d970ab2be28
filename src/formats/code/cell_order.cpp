// Cells that were run in another order than they stand, were not run, or failed.
#include <algorithm>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "code/unit.hpp"

namespace mlops::formats::code {

namespace {

bool is_empty(const Cell& cell) { return trim(cell.text).empty(); }

}  // namespace

void check_cell_order(const Unit& unit, Warnings& warnings) {
  if (!unit.is_notebook) return;
  const Cell* latest = nullptr;
  for (const Cell& cell : unit.cells) {
    if (!cell.error.empty() && !cell.expects_error)
      warnings.add("code.error-output", cell, 0, fmt::format("the cell ended in {}", cell.error));
    if (!cell.execution_count) continue;
    if (latest != nullptr && *cell.execution_count <= *latest->execution_count) {
      warnings.add("code.order", cell, 0,
                   fmt::format("the cell was run as [{}], before or with cell {} above it, run as [{}]",
                               *cell.execution_count, latest->number, *latest->execution_count));
    }
    if (latest == nullptr || *cell.execution_count > *latest->execution_count) latest = &cell;
  }
  // A notebook whose outputs were all cleared tells nothing of how it was run.
  if (latest == nullptr) return;
  for (const Cell& cell : unit.cells) {
    if (!cell.execution_count && !is_empty(cell))
      warnings.add("code.order", cell, 0, "the cell was not run, though others were");
  }
}

}  // namespace mlops::formats::code
