// The arrays of joblib, which lie between the instructions. Source: joblib/numpy_pickle.py, NumpyArrayWrapper.
#include <fmt/core.h>

#include "malformed.hpp"
#include "pickle/arrays.hpp"
#include "pickle/machine.hpp"

namespace mlops::formats::pickle {

using domain::Safety;

namespace {

// More is never needed to align an array, and from 40 on the number itself could be an instruction.
constexpr std::uint8_t most_padding = 32;

}  // namespace

bool Machine::is_array_wrapper(const Value& object) const {
  const Global* maker = tree_.maker(object);
  return maker != nullptr && maker->name == "NumpyArrayWrapper" &&
         (maker->module == "joblib.numpy_pickle" || maker->module == "sklearn.externals.joblib.numpy_pickle");
}

void Machine::step_over_array(const Value& wrapper) {
  if (in_.offset() < frame_end_ && frame_end_ != UINT64_MAX)
    witness_.on_flaw(Safety::dangerous, "pickle.frame", "an array begins inside a frame", at_);
  frame_end_ = UINT64_MAX;
  ++arrays_;
  const Value* dtype_value = tree_.attribute(wrapper, "dtype");
  const Value* shape_value = tree_.attribute(wrapper, "shape");
  const auto dtype = dtype_value != nullptr ? read_dtype(tree_, *dtype_value) : std::nullopt;
  const auto shape = shape_value != nullptr ? read_shape(tree_, *shape_value) : std::nullopt;
  if (!dtype || !shape) {
    if (tree_.lost_parts()) throw Unscannable{"it holds more than can be kept in mind"};
    throw Malformed{fmt::format("at byte {} an array has no type or no shape", at_)};
  }
  const auto count = elements_of(*shape);
  std::uint64_t bytes = 0;
  if (!count || __builtin_mul_overflow(*count, dtype->item_size, &bytes))
    throw Malformed{fmt::format("at byte {} an array is larger than any file", at_)};

  const Value made = tree_.make(Kind::array);
  Value data{Kind::unknown};
  if (dtype->has_objects) {
    // By pickle, not by joblib: no array lies between those instructions.
    Machine inner{in_, tree_, witness_, false};
    data = inner.run();
    steps_ += inner.steps();
  } else {
    skip_padding(wrapper);
    data.bits = in_.offset();
    in_.skip(bytes);
  }
  if (Node* node = tree_.parts(made)) *node = Node{*dtype_value, *shape_value, data, {}, bytes};
  stack_.back() = made;
}

void Machine::skip_padding(const Value& wrapper) {
  const Value* alignment = tree_.attribute(wrapper, "numpy_array_alignment_bytes");
  // joblib before 1.1 writes none.
  if (alignment == nullptr || alignment->kind == Kind::none) return witness_.on_bare_array(in_.offset());
  const std::uint8_t padding = in_.byte();
  if (padding > most_padding) {
    witness_.on_flaw(Safety::malformed, "pickle.array",
                     fmt::format("{} bytes are left out in front of an array, more than it needs", padding), at_);
    witness_.on_bare_array(in_.offset() - 1);
  }
  in_.skip(padding);
}

}  // namespace mlops::formats::pickle
