// A pickle, the pickle of a zip archive of PyTorch, or a file of old PyTorch: recognised, inspected and scanned.
#include "fuzzing.hpp"

#include "malformed.hpp"
#include "pickle/rows.hpp"
#include "pickle/torch.hpp"

using namespace mlops;
using namespace mlops::fuzzing;
using namespace mlops::formats;

namespace {

// What may come out of a reader, besides an answer.
template <typename Read>
void expect_only_refusals(Read read) {
  try {
    read();
  } catch (const Malformed&) {
    return;
  } catch (const Unscannable&) {
    return;
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemorySource source{text_of(bytes_of(data, size))};
  (void)pickle::looks_like_pickle(source);
  for (const auto inspect : {pickle::inspect_pickle, pickle::torch_state, pickle::inspect_torch_legacy}) {
    domain::Inspection inspection;
    expect_only_refusals([&] { inspect(source, inspection); });
    require(inspection.tensors.size() <= domain::Inspection::most_tensors);
  }
  for (const auto scan : {pickle::scan_pickles, pickle::scan_torch_pickle, pickle::scan_torch_legacy}) {
    domain::Scan result;
    Scanning scanning{result};
    expect_only_refusals([&] { scan(source, scanning); });
    require(result.findings.size() <= domain::Scan::most_findings);
    require(result.findings.empty() == (result.safety == domain::Safety::allowlisted));
  }
  return 0;
}
