// One TensorProto: what it declares, and how many bytes of data stand in the file; the data itself is never read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mlops/domain/inspection.hpp>

#include "protobuf.hpp"

namespace mlops::formats::onnx {

struct TensorProto {
  std::string name;
  std::uint64_t data_type = 0;
  std::vector<std::uint64_t> dims;  // of a sparse tensor: of the whole
  std::optional<std::uint64_t> raw_bytes;
  bool has_typed_data = false;    // float_data, int32_data, string_data …
  std::uint64_t typed_bytes = 0;  // that it takes
  bool is_external = false;
  std::vector<std::pair<std::string, std::string>> external_data;
  std::string problem;  // the first thing that is wrong with it; "" when nothing is
};

// Where the data of a tensor lies when it is in another file.
struct ExternalData {
  std::string tensor;
  std::string location;
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;    // as declared
  std::optional<std::uint64_t> needed;    // as dtype and shape demand
  bool has_checksum = false;              // a SHA-1 of the whole file, which is not checked
  std::string problem;                    // an offset that is no number, a key that is there twice; or ""
  std::vector<std::string> unknown_keys;  // that a loader may take for something
};

TensorProto read_tensor(ProtoMessage message);
// `values` has the dtype and the bytes of both lists, `dims` are those of the whole.
struct SparseTensor {
  TensorProto values;
  std::uint64_t stored = 0;  // elements that are not zero
  TensorProto indices;
};
SparseTensor read_sparse_tensor(ProtoMessage message);

// nullopt when it overflows.
std::optional<std::uint64_t> element_count(const std::vector<std::uint64_t>& dims);
// That its elements take without compression; nullopt of texts, unknown types and overflow.
std::optional<std::uint64_t> needed_bytes(const TensorProto& tensor);

// Notes in `tensor.problem` when there is more or less data than dtype and shape demand.
void judge(TensorProto& tensor);

ExternalData external_data_of(const TensorProto& tensor);

}  // namespace mlops::formats::onnx
