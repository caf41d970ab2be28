// Runs a pickle without running it: stack, marks and memo are real, the values are abstract, and nothing is imported or
// called. What a loader would do is told to a witness when the loader would do it, so that nothing a pickle does
// afterwards hides it. Source: CPython's Lib/pickle.py, Lib/pickletools.py and Modules/_pickle.c.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <mlops/domain/inspection.hpp>

#include "pickle/opcodes.hpp"
#include "pickle/value.hpp"
#include "pickle/window.hpp"

namespace mlops::formats::pickle {

// Told what happens, in its order. `at` is the offset of the instruction.
class Witness {
 public:
  virtual ~Witness() = default;
  virtual void on_import(const Value& /*global*/, std::uint64_t /*at*/) {}
  // `creates`: an instance without a call of its class.
  virtual void on_call(const Value& /*callee*/, const Value& /*arguments*/, bool /*creates*/, std::uint64_t /*at*/) {}
  virtual void on_state(const Value& /*object*/, const Value& /*state*/, std::uint64_t /*at*/) {}
  virtual void on_persistent(const Value& /*id*/, std::uint64_t /*at*/) {}
  // Text or bytes that begin as if there were a pickle in them.
  virtual void on_nested(const Value& /*constant*/) {}
  // The bytes of an array that a loader other than joblib takes for instructions.
  virtual void on_bare_array(std::uint64_t /*begin*/) {}
  // Something that no honest writer does.
  virtual void on_flaw(domain::Safety /*safety*/, std::string_view /*rule*/, const std::string& /*what*/,
                       std::uint64_t /*at*/) {}
};

class Machine {
 public:
  // `steps_over_arrays`: as joblib does, whose arrays lie between the instructions.
  Machine(Window& input, Tree& tree, Witness& witness, bool steps_over_arrays = true);

  // Runs one pickle, from the input's offset to its STOP, and returns what STOP does: `absent` when it came as far as
  // `limit` without one. Throws Malformed and Unscannable.
  Value run(std::uint64_t limit = UINT64_MAX);

  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  [[nodiscard]] std::size_t left_over() const { return stack_.size() + marks_.size(); }  // after STOP
  [[nodiscard]] int protocol() const { return protocol_; }
  [[nodiscard]] std::uint64_t arrays() const { return arrays_; }  // that were stepped over

 private:
  void reset();
  Value stop();
  void step(Op op);
  void step_more(Op op);
  void step_object(Op op);
  void check_frame();

  // machine.cpp: the stack and the memo
  void push(const Value& value);
  Value pop();
  const Value& top();
  std::span<const Value> above_mark() const;
  void drop_to_mark();
  void pop_anything();
  void put(std::uint64_t key);
  void get(std::uint64_t key);
  std::uint64_t decimal_key();

  // machine_constants.cpp
  void push_text(std::uint64_t size, Kind kind);
  void push_line_text(Coding coding);
  void push_decimal_int();
  void push_decimal_long();
  void push_decimal_float();
  void push_big(std::uint64_t size);
  void push_binfloat();
  bool may_hold_pickle(const unsigned char* bytes, std::uint64_t size) const;

  // machine_objects.cpp
  void start_protocol();
  void start_frame();
  void make_tuple(std::size_t count);
  Value make_sequence(Kind kind, std::span<const Value> items);
  void make_from_mark(Kind kind);
  void fill(Op op);
  void fill_sequence(Value target, std::span<const Value> items);
  void fill_mapping(Value target, std::span<const Value> items);
  void import_lines();
  void import_from_stack();
  void import_and_call();
  Value import(std::string_view module, std::string_view name);
  void extension(std::uint32_t code);
  void call(const Value& callee, const Value& arguments, bool creates);
  void call_with_items(const Value& callee, std::span<const Value> items);
  void reduce();
  void call_from_mark();
  void create(bool with_keywords);
  void build();
  void persistent(const Value& id);
  void refuse_global(const Value& target, std::string_view how);

  // machine_arrays.cpp
  bool is_array_wrapper(const Value& object) const;
  void step_over_array(const Value& wrapper);
  void skip_padding(const Value& wrapper);

  Window& in_;
  Tree& tree_;
  Witness& witness_;
  bool steps_over_arrays_;
  std::vector<Value> stack_;
  std::vector<std::size_t> marks_;  // each: how many values lie below it
  std::vector<Value> memo_;
  std::unordered_map<std::uint64_t, Value> far_memo_;  // keys that are not written one after the other
  std::size_t memo_count_ = 0;
  std::uint64_t start_ = 0;      // of the pickle
  std::uint64_t at_ = 0;         // of the instruction
  std::uint64_t frame_end_ = 0;  // UINT64_MAX outside of frames
  std::uint64_t steps_ = 0;
  std::uint64_t arrays_ = 0;
  int protocol_ = 0;
};

}  // namespace mlops::formats::pickle
