// What a pickle would make, as far as it can be told without making it.
#pragma once

#include <bit>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <mlops/support/byte_source.hpp>

#include "pickle/constants.hpp"
#include "pickle/globals.hpp"

namespace mlops::formats::pickle {

enum class Kind : std::uint8_t {
  absent,  // a place in the memo that nothing was put into
  unknown,
  none,
  boolean,
  integer,
  big_integer,  // that does not fit into 64 bits
  real,
  text,
  bytes,
  tuple,
  list,
  dict,
  set,
  global,
  call,        // what a global gives when it is called
  instance,    // what a class gives without being called
  persistent,  // what the loader's persistent_load gives
  array,       // of joblib: its bytes follow in the stream
};

// 16 bytes, because there may be many millions of them.
struct Value {
  Kind kind = Kind::absent;
  std::uint32_t node = 0;  // of what has parts: where they are, 0 when they were not kept. Of a global: which
  std::uint64_t bits = 0;  // of a number: itself. Of text and bytes: the offset of their instruction

  [[nodiscard]] std::int64_t integer() const { return static_cast<std::int64_t>(bits); }
  [[nodiscard]] double real() const { return std::bit_cast<double>(bits); }
  [[nodiscard]] bool is_object() const { return kind == Kind::call || kind == Kind::instance; }
};

// The parts of what has parts.
struct Node {
  Value callee;     // of a call or an instance. Of an array: its dtype
  Value arguments;  // of a call or an instance. Of an array: its shape. Of a persistent: its id
  // That BUILD gave to a call or an instance. Of an array: the offset of its bytes, or what is pickled in their place.
  Value state;
  std::vector<Value> items;  // of tuples, lists and sets. Of dicts and objects: key, value, key, value …
  std::uint64_t count = 0;   // of items, also of those not kept. Of an array: the bytes it takes
};

struct Global {
  std::string module;
  std::string name;
  Verdict verdict;
  [[nodiscard]] std::string full() const { return module + '.' + name; }
};

// All that a file's pickles make. Memory is bounded: beyond it, values lose their parts, never their kind.
class Tree {
 public:
  explicit Tree(const ByteSource& source);

  Value make(Kind kind);
  // nullptr when its parts were not kept.
  [[nodiscard]] const Node* parts(const Value& value) const;
  [[nodiscard]] Node* parts(const Value& value);
  void add_item(Node& node, const Value& item);
  void add_pair(Node& node, const Value& key, const Value& value);
  [[nodiscard]] bool lost_parts() const { return lost_parts_; }

  Value global(std::string_view module, std::string_view name);
  [[nodiscard]] const Global& global_of(const Value& value) const { return globals_[value.node]; }
  [[nodiscard]] std::span<const Global> globals() const { return globals_; }

  // Keeps short text at hand. `offset`: of its instruction.
  Value text(std::uint64_t offset, const unsigned char* bytes, std::size_t size);
  // Decoded, up to `most` bytes of it; nullopt for what is neither text nor bytes.
  [[nodiscard]] std::optional<std::string> text_of(const Value& value, std::size_t most) const;
  [[nodiscard]] std::optional<Blob> blob_of(const Value& value) const;
  [[nodiscard]] const ByteSource& source() const { return source_; }

  // The value under a text key of a dict, of an object's items; nullptr when there is none.
  [[nodiscard]] const Value* find(const Value& dict, std::string_view key) const;
  // Of an object: the value of its attribute, in its state.
  [[nodiscard]] const Value* attribute(const Value& object, std::string_view name) const;
  // Of an object: the class or function that makes it; nullptr when that is no global.
  [[nodiscard]] const Global* maker(const Value& object) const;

 private:
  bool room_for(std::size_t items);

  const ByteSource& source_;
  std::deque<Node> nodes_;
  std::vector<Global> globals_;
  std::unordered_map<std::string, std::uint32_t> global_ids_;
  std::string pool_;  // of short texts, each after its size
  std::size_t kept_items_ = 0;
  bool lost_parts_ = false;
  mutable std::uint32_t read_again_ = 0;
};

}  // namespace mlops::formats::pickle
