// HDF5 files as one of the formats we know.
#pragma once

#include <string_view>

#include <mlops/domain/inspection.hpp>
#include <mlops/support/byte_source.hpp>

#include "attribute.hpp"
#include "scanning.hpp"

namespace mlops::formats {

struct Head;

bool is_hdf5(const Head& head);
// The same behind a user block, in whose place anything may stand: ask for all that begins with a magic number before.
bool is_hdf5_behind_user_block(const Head& head);
void inspect_hdf5(const ByteSource& source, domain::Inspection& inspection);
void scan_hdf5(const ByteSource& source, Scanning& scanning);

namespace hdf5 {

class File;

// Every dataset as a tensor, and what the file tells of itself. Returns the attributes of the root.
std::vector<Attribute> inspect_contents(const File& file, domain::Inspection& inspection);
// What can be dangerous in any HDF5 file: what leads out of it, and pickles and Keras configurations in its attributes.
void scan_contents(const File& file, Scanning& scanning);
// The attributes of the root, as far as they can be read.
std::vector<Attribute> root_attributes(const File& file);

}  // namespace hdf5
}  // namespace mlops::formats
