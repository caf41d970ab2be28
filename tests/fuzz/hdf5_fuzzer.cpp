// An HDF5 file: inspected and scanned as it is, and walked as if its checksums fitted.
#include "fuzzing.hpp"

#include <mlops/domain/inspection.hpp>
#include <mlops/support/byte_source.hpp>

#include "hdf5/file.hpp"
#include "hdf5/format.hpp"
#include "keras/formats.hpp"
#include "malformed.hpp"
#include "scanning.hpp"

using namespace mlops;
using namespace mlops::formats;

namespace {

template <typename F>
void try_to(F look) {
  try {
    look();
  } catch (const Malformed&) {
    return;
  } catch (const Unscannable&) {
    return;
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemorySource source{fuzzing::text_of(fuzzing::bytes_of(data, size))};
  try_to([&] {
    domain::Inspection inspection;
    inspect_keras_hdf5(source, inspection);
    fuzzing::require(inspection.tensors.size() <= inspection.tensor_count);
  });
  try_to([&] {
    domain::Inspection inspection;
    hdf5::inspect_contents(hdf5::File{source, hdf5::File::Checksums::ignored}, inspection);
  });
  try_to([&] {
    domain::Scan scan;
    Scanning scanning{scan};
    hdf5::scan_contents(hdf5::File{source, hdf5::File::Checksums::ignored}, scanning);
  });
  return 0;
}
