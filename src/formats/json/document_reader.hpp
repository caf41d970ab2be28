// A document of objects and arrays, read once from front to back with flat memory: JSON and UBJSON alike.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/support/json.hpp>

namespace mlops::formats {

enum class Token { begin_object, key, end_object, begin_array, end_array, text, number, boolean, null, end };

// Every function throws Malformed when the document is not well-formed, with the byte where.
class DocumentReader {
 public:
  DocumentReader() = default;
  DocumentReader(const DocumentReader&) = delete;
  DocumentReader& operator=(const DocumentReader&) = delete;
  virtual ~DocumentReader() = default;

  // The next token; `end` behind the outermost value, again and again.
  virtual Token next() = 0;
  // The array whose begin was read last, until its end. Its number of elements.
  virtual std::uint64_t skip_array();
  // Where the reader is, in the source.
  [[nodiscard]] virtual std::uint64_t offset() const = 0;

  // Of the last key or text, until the next token; texts longer than the reader keeps are cut, and say so.
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] bool text_is_cut() const { return text_is_cut_; }
  [[nodiscard]] bool boolean() const { return boolean_; }
  // Of the last number: nullopt when it is not whole, or does not fit.
  [[nodiscard]] std::optional<std::uint64_t> natural() const;
  [[nodiscard]] std::optional<std::int64_t> integer() const;
  [[nodiscard]] virtual double real() const = 0;

  // Whatever value has just begun, or the one after a key.
  void skip(Token begun);
  void skip_value() { skip(next()); }

 protected:
  std::string_view text_;
  bool text_is_cut_ = false;
  bool boolean_ = false;
  bool is_whole_ = false;  // of a number: ± magnitude_ is its value
  bool is_negative_ = false;
  std::uint64_t magnitude_ = 0;
};

// Calls `member` for each member of an object whose begin was read last. It must read or skip the value. Throws
// Malformed when a key comes twice.
void each_member(DocumentReader& in, const std::function<void(const std::string& key)>& member);

// Calls `item` with the first token of each element of an array whose begin was read last.
void each_item(DocumentReader& in, const std::function<void(Token first)>& item);

// The next value as text; Malformed that calls it `what` when it is none.
std::string read_text(DocumentReader& in, std::string_view what);

// A value of any kind, as a fact: what is beyond a few hundred items or three levels deep is left out.
Json read_fact(DocumentReader& in, Token begun, int levels = 3);

}  // namespace mlops::formats
