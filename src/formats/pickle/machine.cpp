#include "pickle/machine.hpp"

#include <fmt/core.h>

#include "malformed.hpp"

namespace mlops::formats::pickle {

namespace {

using domain::Safety;

constexpr std::uint64_t no_frame = UINT64_MAX;
// A tuple or a set lies on the stack with all its items.
constexpr std::size_t most_stack = 1u << 22;
constexpr std::size_t most_marks = 1u << 20;
// Every text of a protocol 4 pickle is put into the memo: a vocabulary of ten million words has to fit.
constexpr std::size_t most_memo = 1u << 24;
constexpr std::size_t most_far_memo = 1u << 20;

}  // namespace

Machine::Machine(Window& input, Tree& tree, Witness& witness, bool steps_over_arrays)
    : in_{input}, tree_{tree}, witness_{witness}, steps_over_arrays_{steps_over_arrays} {}

void Machine::reset() {
  stack_.clear();
  marks_.clear();
  memo_.clear();
  far_memo_.clear();
  memo_count_ = 0;
  start_ = in_.offset();
  frame_end_ = no_frame;
  protocol_ = 0;
}

// No limit on instructions: there are no loops, so a file can't have more of them than bytes, and each takes a bounded
// time. A forest of thousands of trees honestly has tens of millions.
Value Machine::run(std::uint64_t limit) {
  reset();
  while (in_.offset() < limit) {
    at_ = in_.offset();
    const Op op{in_.byte()};
    ++steps_;
    if (op == Op::stop) return stop();
    step(op);
    if (in_.offset() >= frame_end_) check_frame();
  }
  return {};
}

Value Machine::stop() {
  const Value result = pop();
  if (frame_end_ != no_frame && in_.offset() < frame_end_) {
    witness_.on_flaw(Safety::malformed, "pickle.frame",
                     fmt::format("it stops {} bytes before the end of its frame", frame_end_ - in_.offset()), at_);
  }
  return result;
}

void Machine::check_frame() {
  // Loaders disagree on what comes next: some read the instruction from the frame, some from the file.
  if (in_.offset() > frame_end_)
    witness_.on_flaw(Safety::dangerous, "pickle.frame", "an instruction reaches beyond the end of its frame", at_);
  frame_end_ = no_frame;
}

void Machine::step(Op op) {
  switch (op) {
    case Op::none:
      return push({Kind::none});
    case Op::newtrue:
      return push({Kind::boolean, 0, 1});
    case Op::newfalse:
      return push({Kind::boolean, 0, 0});
    case Op::binint1:
      return push({Kind::integer, 0, in_.byte()});
    case Op::binint2:
      return push({Kind::integer, 0, in_.little<std::uint16_t>()});
    case Op::binint:
      return push({Kind::integer, 0, static_cast<std::uint64_t>(std::int64_t{in_.little<std::int32_t>()})});
    case Op::binfloat:
      return push_binfloat();
    case Op::long1:
      return push_big(in_.byte());
    case Op::long4:
      return push_big(in_.little<std::uint32_t>());
    case Op::short_binunicode:
    case Op::short_binstring:
      return push_text(in_.byte(), Kind::text);
    case Op::binunicode:
    case Op::binstring:
      return push_text(in_.little<std::uint32_t>(), Kind::text);
    case Op::binunicode8:
      return push_text(in_.little<std::uint64_t>(), Kind::text);
    case Op::short_binbytes:
      return push_text(in_.byte(), Kind::bytes);
    case Op::binbytes:
      return push_text(in_.little<std::uint32_t>(), Kind::bytes);
    case Op::binbytes8:
    case Op::bytearray8:
      return push_text(in_.little<std::uint64_t>(), Kind::bytes);
    case Op::mark:
      if (marks_.size() == most_marks) throw Unscannable{"it is nested too deep"};
      return marks_.push_back(stack_.size());
    case Op::memoize:
      return put(memo_count_);
    case Op::binput:
      return put(in_.byte());
    case Op::long_binput:
      return put(in_.little<std::uint32_t>());
    case Op::binget:
      return get(in_.byte());
    case Op::long_binget:
      return get(in_.little<std::uint32_t>());
    case Op::tuple1:
      return make_tuple(1);
    case Op::tuple2:
      return make_tuple(2);
    case Op::tuple3:
      return make_tuple(3);
    default:
      return step_more(op);
  }
}

// The rarer ones.
void Machine::step_more(Op op) {
  switch (op) {
    case Op::empty_tuple:
      return push({Kind::tuple});
    case Op::empty_list:
      return push(tree_.make(Kind::list));
    case Op::empty_dict:
      return push(tree_.make(Kind::dict));
    case Op::empty_set:
      return push(tree_.make(Kind::set));
    case Op::tuple:
      return make_from_mark(Kind::tuple);
    case Op::list:
      return make_from_mark(Kind::list);
    case Op::dict:
      return make_from_mark(Kind::dict);
    case Op::frozenset:
      return make_from_mark(Kind::set);
    case Op::append:
    case Op::appends:
    case Op::additems:
    case Op::setitem:
    case Op::setitems:
      return fill(op);
    case Op::pop:
      return pop_anything();
    case Op::pop_mark:
      return drop_to_mark();
    case Op::dup:
      return push(top());
    case Op::put:
      return put(decimal_key());
    case Op::get:
      return get(decimal_key());
    case Op::decimal_int:
      return push_decimal_int();
    case Op::decimal_long:
      return push_decimal_long();
    case Op::decimal_float:
      return push_decimal_float();
    case Op::string:
      return push_line_text(Coding::quoted);
    case Op::unicode:
      return push_line_text(Coding::escaped);
    default:
      return step_object(op);
  }
}

void Machine::push(const Value& value) {
  if (stack_.size() == most_stack) throw Unscannable{"its stack grows too high"};
  stack_.push_back(value);
}

const Value& Machine::top() {
  const std::size_t fence = marks_.empty() ? 0 : marks_.back();
  if (stack_.size() <= fence)
    throw Malformed{fmt::format("at byte {} the stack of the pickle holds less than what is taken from it", at_)};
  return stack_.back();
}

Value Machine::pop() {
  const Value value = top();
  stack_.pop_back();
  return value;
}

std::span<const Value> Machine::above_mark() const {
  if (marks_.empty()) throw Malformed{fmt::format("at byte {} of the pickle a mark is missing", at_)};
  return std::span{stack_}.subspan(marks_.back());
}

void Machine::drop_to_mark() {
  stack_.resize(stack_.size() - above_mark().size());
  marks_.pop_back();
}

// POP takes a mark away when that is what lies on top.
void Machine::pop_anything() {
  if (!marks_.empty() && marks_.back() == stack_.size()) return marks_.pop_back();
  pop();
}

void Machine::put(std::uint64_t key) {
  const Value& value = top();
  if (key <= memo_.size() && key < most_memo) {
    if (key == memo_.size()) memo_.emplace_back();
    if (memo_[key].kind == Kind::absent && !far_memo_.contains(key)) ++memo_count_;
    memo_[key] = value;
    return;
  }
  if (far_memo_.size() == most_far_memo) throw Unscannable{"its memo grows too large"};
  if (far_memo_.insert_or_assign(key, value).second) ++memo_count_;
}

void Machine::get(std::uint64_t key) {
  if (key < memo_.size() && memo_[key].kind != Kind::absent) return push(memo_[key]);
  const auto found = far_memo_.find(key);
  if (found == far_memo_.end())
    throw Malformed{fmt::format("at byte {} of the pickle something is taken from its memo that is not there", at_)};
  push(found->second);
}

}  // namespace mlops::formats::pickle
