// The JSON header of a safetensors file, read piece by piece: 100 MB of it may describe two million tensors.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mlops/domain/inspection.hpp>
#include <mlops/support/byte_source.hpp>

#include "flaws.hpp"
#include "json/document_reader.hpp"
#include "tensor_places.hpp"

namespace mlops::formats {

class SafetensorsHeader {
 public:
  using Metadata = std::vector<std::pair<std::string, std::string>>;

  // `data_size`: of the bytes behind the header, which the tensors share out among themselves.
  SafetensorsHeader(std::uint64_t data_size, domain::Inspection& inspection, Flaws& flaws)
      : data_size_{data_size}, inspection_{inspection}, flaws_{flaws} {}

  // Malformed when it is not JSON of the right shape.
  void read(const ByteSource& json);
  [[nodiscard]] const Metadata& metadata() const { return metadata_; }

 private:
  // A tensor as its member of the header describes it.
  struct Described {
    [[nodiscard]] std::string title() const;  // for people
    void once(bool& seen, std::string_view key) const;

    domain::Tensor tensor;
    std::vector<std::uint64_t> offsets;
    bool has_dtype = false;
    bool has_shape = false;
    bool has_offsets = false;
  };

  void read_metadata(DocumentReader& in);
  void read_tensor(DocumentReader& in, std::string name);
  void check_tensor(const Described& read);

  std::uint64_t data_size_;
  domain::Inspection& inspection_;
  Flaws& flaws_;
  Metadata metadata_;
  TensorPlaces places_;
  std::uint64_t elements_ = 0;
};

}  // namespace mlops::formats
