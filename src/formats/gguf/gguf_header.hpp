// What stands in front of the tensors of a GGUF file: metadata of many types, and where each tensor lies.
// Source: docs/gguf.md of ggml-org/ggml, and the checks of llama.cpp's reader.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include <mlops/domain/inspection.hpp>
#include <mlops/support/byte_source.hpp>

#include "byte_reader.hpp"
#include "flaws.hpp"
#include "tensor_places.hpp"

namespace mlops::formats {

class GgufHeader {
 public:
  struct Template {
    std::string key;
    std::string text;
    bool is_cut = false;
  };

  GgufHeader(const ByteSource& source, domain::Inspection& inspection, Flaws& flaws)
      : in_{source}, inspection_{inspection}, flaws_{flaws} {}

  // Malformed or Unscannable when it can't be read to its end.
  void read();
  [[nodiscard]] const std::vector<Template>& templates() const { return templates_; }

 private:
  template <typename T>
  T number() {
    return is_big_endian_ ? in_.big<T>() : in_.little<T>();
  }
  void read_version();
  std::uint64_t read_count();  // 32 bits wide in the first version
  std::string read_text(std::size_t most);
  void read_metadata();
  void read_pair();
  Json read_value(std::uint32_t type, int depth);
  Json read_scalar(std::uint32_t type);
  Json read_array(int depth);
  void note(const std::string& key, std::uint32_t type, Json value);
  void note_alignment(std::uint32_t type, const Json& value);
  void read_template(const std::string& key);
  void read_tensors();
  void read_tensor();
  void place(const std::string& name, domain::Tensor& tensor, std::uint32_t type, std::uint64_t offset);
  void tell_facts();

  ByteReader in_;
  domain::Inspection& inspection_;
  Flaws& flaws_;
  std::uint32_t version_ = 0;
  bool is_big_endian_ = false;
  std::uint64_t tensor_count_ = 0;
  std::uint64_t pair_count_ = 0;
  std::uint64_t alignment_ = 32;
  std::uint64_t walked_ = 0;  // texts in arrays, which have to be read one by one
  std::unordered_set<std::string> keys_;
  Json::Object metadata_;
  std::vector<Template> templates_;
  TensorPlaces places_;
  std::uint64_t elements_ = 0;
};

}  // namespace mlops::formats
