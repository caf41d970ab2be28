#include <array>

#include <fmt/core.h>

#include "malformed.hpp"
#include "pickle/machine.hpp"

namespace mlops::formats::pickle {

namespace {

using domain::Safety;

constexpr std::size_t longest_global = 4096;

bool can_be_called(const Value& value) {
  return value.kind == Kind::unknown || value.kind == Kind::global || value.is_object() ||
         value.kind == Kind::persistent;
}

bool is_copyreg(const Global& global) { return global.module == "copyreg" || global.module == "copy_reg"; }

}  // namespace

void Machine::step_object(Op op) {
  switch (op) {
    case Op::proto:
      return start_protocol();
    case Op::frame:
      return start_frame();
    case Op::global:
      return import_lines();
    case Op::stack_global:
      return import_from_stack();
    case Op::inst:
      return import_and_call();
    case Op::obj:
      return call_from_mark();
    case Op::reduce:
      return reduce();
    case Op::newobj:
      return create(false);
    case Op::newobj_ex:
      return create(true);
    case Op::build:
      return build();
    case Op::persid:
      in_.skip_line();
      return persistent({Kind::unknown});
    case Op::binpersid:
      return persistent(pop());
    case Op::ext1:
      return extension(in_.byte());
    case Op::ext2:
      return extension(in_.little<std::uint16_t>());
    case Op::ext4:
      return extension(in_.little<std::uint32_t>());
    case Op::next_buffer:
      witness_.on_flaw(Safety::unscannable, "pickle.buffer", "it needs bytes that are kept outside of it", at_);
      return push({Kind::unknown});
    case Op::readonly_buffer:
      (void)top();
      return;
    default:
      throw Malformed{
          fmt::format("at byte {} of the pickle {:#04x} is no instruction", at_, static_cast<unsigned>(op))};
  }
}

void Machine::start_protocol() {
  protocol_ = in_.byte();
  if (protocol_ > newest_protocol) throw Malformed{fmt::format("there is no protocol {} of pickle", protocol_)};
  if (at_ != start_) witness_.on_flaw(Safety::malformed, "pickle.proto", "it changes its protocol in the middle", at_);
}

void Machine::start_frame() {
  const auto size = in_.little<std::uint64_t>();
  if (frame_end_ != UINT64_MAX)
    witness_.on_flaw(Safety::dangerous, "pickle.frame", "a frame begins inside another one", at_);
  if (size > in_.left()) {
    // Some loaders give up here, and some run what is there.
    witness_.on_flaw(Safety::malformed, "pickle.frame",
                     fmt::format("a frame of {} bytes begins where {} are left", size, in_.left()), at_);
    frame_end_ = UINT64_MAX;
    return;
  }
  frame_end_ = in_.offset() + size;
}

void Machine::make_tuple(std::size_t count) {
  const std::size_t fence = marks_.empty() ? 0 : marks_.back();
  if (stack_.size() - fence < count)
    throw Malformed{fmt::format("at byte {} the stack of the pickle holds less than what is taken from it", at_)};
  const Value made = make_sequence(Kind::tuple, std::span{stack_}.last(count));
  stack_.resize(stack_.size() - count);
  push(made);
}

Value Machine::make_sequence(Kind kind, std::span<const Value> items) {
  const Value made = tree_.make(kind);
  if (Node* node = tree_.parts(made)) {
    for (const Value& item : items) tree_.add_item(*node, item);
  }
  return made;
}

void Machine::make_from_mark(Kind kind) {
  const std::span<const Value> items = above_mark();
  const Value made = kind == Kind::dict ? tree_.make(kind) : make_sequence(kind, items);
  if (kind == Kind::dict) fill_mapping(made, items);
  drop_to_mark();
  push(made);
}

void Machine::fill(Op op) {
  if (op == Op::append) {
    const Value item = pop();
    return fill_sequence(top(), std::span{&item, 1});
  }
  if (op == Op::setitem) {
    const Value value = pop();
    const std::array<Value, 2> pair{pop(), value};
    return fill_mapping(top(), pair);
  }
  const std::size_t count = above_mark().size();
  marks_.pop_back();
  const std::size_t fence = marks_.empty() ? 0 : marks_.back();
  if (stack_.size() - count <= fence)
    throw Malformed{fmt::format("at byte {} of the pickle there is nothing to put items into", at_)};
  const auto items = std::span{stack_}.last(count);
  const Value target = stack_[stack_.size() - count - 1];
  if (op == Op::setitems) {
    fill_mapping(target, items);
  } else {
    fill_sequence(target, items);
  }
  stack_.resize(stack_.size() - count);
}

void Machine::fill_sequence(Value target, std::span<const Value> items) {
  if (target.kind == Kind::global) return refuse_global(target, "puts items into");
  if (target.kind != Kind::list && target.kind != Kind::set && !can_be_called(target))
    throw Malformed{fmt::format("at byte {} the pickle appends to what is no list", at_)};
  Node* node = target.is_object() ? nullptr : tree_.parts(target);
  if (node == nullptr) return;
  for (const Value& item : items) tree_.add_item(*node, item);
}

void Machine::fill_mapping(Value target, std::span<const Value> items) {
  if (items.size() % 2 != 0) throw Malformed{fmt::format("at byte {} of the pickle a key has no value", at_)};
  if (target.kind == Kind::global) return refuse_global(target, "sets items of");
  if (target.kind != Kind::dict && target.kind != Kind::list && !can_be_called(target))
    throw Malformed{fmt::format("at byte {} the pickle sets items of what is no dict", at_)};
  Node* node = target.kind == Kind::dict || target.is_object() ? tree_.parts(target) : nullptr;
  if (node == nullptr) return;
  for (std::size_t at = 0; at < items.size(); at += 2) tree_.add_pair(*node, items[at], items[at + 1]);
}

Value Machine::import(std::string_view module, std::string_view name) {
  const auto imported = [&] {
    if (protocol_ >= 3) return tree_.global(module, name);
    const auto [new_module, new_name] = python3_name(module, name);
    return tree_.global(new_module, new_name);
  }();
  witness_.on_import(imported, at_);
  return imported;
}

void Machine::import_lines() {
  const std::string module{in_.line()};
  push(import(module, in_.line()));
}

void Machine::import_and_call() {
  const std::string module{in_.line()};
  const Value callee = import(module, in_.line());
  call_with_items(callee, above_mark());
}

void Machine::import_from_stack() {
  const Value name = pop();
  const Value module = pop();
  if (name.kind != Kind::text || module.kind != Kind::text) {
    witness_.on_flaw(Safety::dangerous, "pickle.stack-global", "it imports what is not named by plain text", at_);
    return push({Kind::unknown});
  }
  const auto module_text = tree_.text_of(module, longest_global);
  const auto name_text = tree_.text_of(name, longest_global);
  if (!module_text || !name_text) return push({Kind::unknown});
  push(import(*module_text, *name_text));
}

void Machine::extension(std::uint32_t code) {
  if (code == 0) throw Malformed{fmt::format("at byte {} the pickle uses the extension code 0", at_)};
  witness_.on_flaw(Safety::unknown, "pickle.ext",
                   fmt::format("it imports the extension with code {}, which only its loader knows", code), at_);
  push({Kind::unknown});
}

void Machine::call(const Value& callee, const Value& arguments, bool creates) {
  if (!can_be_called(callee)) throw Malformed{fmt::format("at byte {} the pickle calls what can't be called", at_)};
  const Node* tuple = tree_.parts(arguments);
  const std::span<const Value> items =
      tuple != nullptr ? std::span<const Value>{tuple->items} : std::span<const Value>{};
  witness_.on_call(callee, arguments, creates, at_);
  // How protocols 0 and 1 write an instance: copyreg._reconstructor(class, base, state).
  const bool reconstructs = callee.kind == Kind::global && is_copyreg(tree_.global_of(callee)) && !items.empty();
  const Value made = tree_.make(creates || reconstructs ? Kind::instance : Kind::call);
  if (Node* node = tree_.parts(made)) {
    node->callee = reconstructs ? items.front() : callee;
    node->arguments = reconstructs ? Value{Kind::tuple} : arguments;
  }
  push(made);
}

void Machine::reduce() {
  const Value arguments = pop();
  const Value callee = pop();
  call(callee, arguments, false);
}

// The items are what lies above the mark, or the end of it.
void Machine::call_with_items(const Value& callee, std::span<const Value> items) {
  const Value arguments = make_sequence(Kind::tuple, items);
  drop_to_mark();
  call(callee, arguments, false);
}

void Machine::call_from_mark() {
  const std::span<const Value> items = above_mark();
  if (items.empty()) throw Malformed{fmt::format("at byte {} of the pickle a class is missing", at_)};
  call_with_items(Value{items.front()}, items.subspan(1));
}

void Machine::create(bool with_keywords) {
  if (with_keywords) (void)pop();
  const Value arguments = pop();
  const Value callee = pop();
  call(callee, arguments, true);
}

void Machine::build() {
  const Value state = pop();
  const Value target = top();
  if (target.kind == Kind::global) return refuse_global(target, "sets attributes of");
  if (!can_be_called(target) && target.kind != Kind::array)
    throw Malformed{fmt::format("at byte {} the pickle sets attributes of what has none", at_)};
  witness_.on_state(target, state, at_);
  if (!target.is_object()) return;
  if (Node* node = tree_.parts(target)) node->state = state;
  if (steps_over_arrays_ && is_array_wrapper(target)) step_over_array(target);
}

void Machine::persistent(const Value& id) {
  witness_.on_persistent(id, at_);
  // ("module", a class, its source …) is how PyTorch of old writes the class of a layer.
  const Node* parts = id.kind == Kind::tuple ? tree_.parts(id) : nullptr;
  if (parts != nullptr && parts->items.size() >= 2 && parts->items[1].kind == Kind::global &&
      tree_.text_of(parts->items[0], 16) == "module")
    return push(parts->items[1]);
  const Value made = tree_.make(Kind::persistent);
  if (Node* node = tree_.parts(made)) node->arguments = id;
  push(made);
}

// A class is shared by all who use it: to change it changes what the rest of the program does.
void Machine::refuse_global(const Value& target, std::string_view how) {
  witness_.on_flaw(Safety::dangerous, "pickle.build",
                   fmt::format("it {} {} itself, not of an instance", how, tree_.global_of(target).full()), at_);
}

}  // namespace mlops::formats::pickle
