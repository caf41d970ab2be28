// Universal Binary JSON, draft 12 (ubjson.org), as XGBoost writes it: numbers big-endian, arrays of one type packed.
#pragma once

#include <vector>

#include "byte_reader.hpp"
#include "json/document_reader.hpp"

namespace mlops::formats {

class UbjsonReader final : public DocumentReader {
 public:
  static constexpr std::size_t deepest = 128;
  static constexpr std::size_t longest_kept_text = 1u << 20;

  explicit UbjsonReader(const ByteSource& source) : in_{source} {}

  Token next() override;
  // Without reading the elements when they are all of one size.
  std::uint64_t skip_array() override;
  [[nodiscard]] std::uint64_t offset() const override { return in_.offset(); }
  [[nodiscard]] double real() const override { return real_; }

 private:
  struct Level {
    bool is_array = false;
    bool is_counted = false;
    std::uint64_t left = 0;  // elements or members still to come, when counted
    char type = 0;           // of all of them; 0: each says its own
  };

  [[noreturn]] void fail(std::string_view why) const;
  char marker();
  Token read_value(char marker);
  Token read_element(Level& level);
  Token read_key(Level& level);
  Token open(bool is_array);
  Token close();
  void whole(std::int64_t value);
  void fraction(double value);
  bool read_number(char marker);
  std::uint64_t read_length(char marker);
  void read_text(std::uint64_t size);

  ByteReader in_;
  std::vector<Level> levels_;
  bool value_is_due_ = false;  // behind a key
  bool is_finished_ = false;
  double real_ = 0;
  std::string kept_;
};

}  // namespace mlops::formats
