// Strict JSON (RFC 8259), pulled token by token from a source of any size. Duplicate keys are its callers' affair: see
// each_member().
#pragma once

#include <array>
#include <string>

#include <mlops/support/byte_source.hpp>

#include "json/document_reader.hpp"

namespace mlops::formats {

struct JsonLimits {
  std::size_t text = 1u << 20;  // of texts, this many bytes are kept; longer keys are refused
  bool non_finite = false;      // NaN and Infinity are numbers, as in Python and XGBoost
};

class JsonStream final : public DocumentReader {
 public:
  static constexpr std::size_t deepest = 128;

  explicit JsonStream(const ByteSource& source, JsonLimits limits = {});

  Token next() override;
  [[nodiscard]] std::uint64_t offset() const override { return buffer_at_ + at_; }
  [[nodiscard]] double real() const override;

 private:
  enum class State { value, first_item, first_key, after_value, finished };

  [[noreturn]] void fail(std::string_view why) const;
  bool load();        // more bytes behind the unread ones, which move to the front of the buffer
  int peek();         // the next byte, or -1 at the end of the source
  int significant();  // the same, behind white space

  Token read_value();
  Token read_key();
  Token read_after_value();
  Token read_end();
  Token open(bool is_array);
  Token close();
  void read_word(std::string_view word);
  void read_text();
  void read_text_in_pieces();
  void read_escape();
  std::uint32_t read_hex();
  void keep_code_point(std::uint32_t code);
  Token read_number();
  void keep(std::string_view part);

  const ByteSource& source_;
  JsonLimits limits_;
  std::string buffer_;
  std::uint64_t buffer_at_ = 0;  // of its first byte, in the source
  std::size_t at_ = 0;           // of the next byte, in the buffer
  State state_ = State::value;
  std::array<bool, deepest> is_array_{};
  std::size_t depth_ = 0;
  std::string kept_;  // a text that could not be had in one piece
};

}  // namespace mlops::formats
