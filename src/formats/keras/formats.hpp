// Keras models as formats we know: HDF5 files with a configuration, and architectures alone as JSON.
#pragma once

#include <mlops/domain/inspection.hpp>
#include <mlops/support/byte_source.hpp>

#include "scanning.hpp"

namespace mlops::formats {

struct Head;

bool is_keras_hdf5(const Head& head);
bool is_keras_hdf5_behind_user_block(const Head& head);
void inspect_keras_hdf5(const ByteSource& source, domain::Inspection& inspection);

bool is_keras_json(const Head& head);
void inspect_keras_json(const ByteSource& source, domain::Inspection& inspection);
void scan_keras_json_file(const ByteSource& source, Scanning& scanning);

}  // namespace mlops::formats
