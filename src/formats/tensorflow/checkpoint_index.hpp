// The index of a checkpoint: a sorted table of the names of variables, with their type, shape and place.
// Source: tensorflow/core/lib/io/table_format.txt (LevelDB's table) and core/protobuf/tensor_bundle.proto.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <mlops/support/byte_source.hpp>

#include "tensorflow/types.hpp"

namespace mlops::formats::tensorflow {

struct CheckpointEntry {
  std::string name;
  std::string dtype;
  Shape shape;
  std::uint64_t shard = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  bool is_sliced = false;  // then its data are other entries
};

struct CheckpointIndex {
  std::uint64_t shards = 0;
  std::vector<CheckpointEntry> entries;  // without slices of others; bounded
  bool is_cut = false;
};

bool has_table_magic(const ByteSource& source);
// Whether the first entry of the table is the header, which has no name: tables of LevelDB itself have none. May throw
// Malformed.
bool begins_with_header(const ByteSource& source);
// Throws Malformed when it is broken, Unscannable when it is compressed. What was read until then is in `index`.
void read_checkpoint_index(const ByteSource& source, CheckpointIndex& index);

}  // namespace mlops::formats::tensorflow
