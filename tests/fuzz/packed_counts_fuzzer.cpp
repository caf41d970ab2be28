// The counts of a batch, as the registry keeps them.
#include "fuzzing.hpp"

#include <string>

#include <mlops/support/error.hpp>

#include "batch_counts.hpp"

namespace {

using namespace mlops;
using namespace mlops::app;

// Twenty ages and two cities: what the seeds were counted into.
const FrozenReference& reference_of_seeds() {
  static const FrozenReference reference = [] {
    std::string text = "age,city\n";
    for (int i = 0; i < 60; ++i) text += std::to_string(20 + i % 20) + (i % 3 == 0 ? ",Oslo\n" : ",Rome\n");
    return freeze_table(MemorySource{text}, {.name = "t.csv", .format = std::nullopt, .delimiter = std::nullopt});
  }();
  return reference;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const BatchCounts counts = unpacked(reference_of_seeds(), {data, size});
    fuzzing::require(unpacked(reference_of_seeds(), packed(counts)) == counts);
  } catch (const Error& error) {
    fuzzing::require(error.kind() == ErrorKind::integrity);
  }
  return 0;
}
