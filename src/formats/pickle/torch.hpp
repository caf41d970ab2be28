// PyTorch's pickles: tensors whose bytes lie elsewhere, in the members of a zip archive or behind the pickles of the
// format before 1.6. Sources: torch/serialization.py, torch/_utils.py.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mlops/domain/inspection.hpp>
#include <mlops/support/byte_source.hpp>

#include "pickle/value.hpp"

namespace mlops::formats::pickle {

// ("storage", its type, key, device, elements)
struct Storage {
  std::string key;
  std::string dtype;
  std::uint64_t item_size = 0;
  std::uint64_t elements = 0;
};
std::optional<Storage> read_storage(const Tree& tree, const Value& id);

struct TorchTensor {
  std::string dtype;
  std::vector<std::uint64_t> shape;
  std::uint64_t elements = 1;
  std::uint64_t bytes = 0;
  std::string place;  // of its storage and where in it, to know shared weights by
};
std::optional<TorchTensor> read_tensor(const Tree& tree, const Value& value);

// Lists the tensors of what a pickle of PyTorch holds, whether that is a state dict, a checkpoint around one, or a
// whole module.
void list_torch_tensors(const Tree& tree, const Value& top, domain::Inspection& inspection);

// The same for `data.pkl` of a zip archive.
void torch_state(const ByteSource& data_pkl, domain::Inspection& inspection);

}  // namespace mlops::formats::pickle
