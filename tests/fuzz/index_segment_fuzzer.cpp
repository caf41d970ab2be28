// A segment of the index: whatever it holds, looking something up ends, and stays inside.
#include "fuzzing.hpp"

#include <algorithm>

#include "local/index_segment.hpp"

using namespace mlops;
using namespace mlops::fuzzing;

namespace {

void look_up(const artifacts::IndexSegmentView& view, const Digest& digest, bool is_sorted) {
  const std::size_t found = view.lower_bound(digest);
  require(found <= view.size());
  if (!is_sorted) return;
  require(found == view.size() || !(view.digest(found) < digest));
  require(found == 0 || view.digest(found - 1) < digest);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto view = artifacts::IndexSegmentView::parse(bytes_of(data, size));
  if (!view) return 0;
  (void)view->is_intact();
  bool is_sorted = true;
  for (std::size_t i = 0; i < view->size(); ++i) {
    if (i > 0 && view->digest(i) < view->digest(i - 1)) is_sorted = false;
    if (const auto entry = view->entry(i)) require(entry->pack < view->packs().size());
  }
  for (std::size_t i = 0; i < view->size(); ++i) {
    Digest::Bytes near = view->digest(i).bytes();
    look_up(*view, Digest{near}, is_sorted);
    near[i % Digest::size] = static_cast<std::uint8_t>(near[i % Digest::size] + 1);
    look_up(*view, Digest{near}, is_sorted);
  }
  Digest::Bytes highest{};
  look_up(*view, Digest{highest}, is_sorted);
  highest.fill(0xff);
  look_up(*view, Digest{highest}, is_sorted);
  return 0;
}
