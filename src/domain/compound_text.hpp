// A condition cut at its `and`, `or` and brackets, into comparisons that others read.
#pragma once

#include <string_view>
#include <vector>

#include <mlops/domain/compound.hpp>

#include "condition_text.hpp"

namespace mlops::domain {

struct CutCondition {
  std::vector<ConditionText::Part> comparisons;  // in the order written
  Junction whole;
};

// `and` binds closer than `or`, as in `list --where`. Error{usage} that points at what it can't cut.
CutCondition cut_condition(std::string_view text, std::string_view shape);

// Reads each comparison with `read`, a function from ConditionText to a part.
template <typename Read>
auto read_compound(std::string_view text, std::string_view shape, const Read& read) {
  CutCondition cut = cut_condition(text, shape);
  Compound<decltype(read(ConditionText{text, shape}))> compound;
  compound.text = text;
  compound.whole = std::move(cut.whole);
  for (const ConditionText::Part& comparison : cut.comparisons) {
    compound.parts.push_back(read(ConditionText{text, comparison, shape}));
  }
  return compound;
}

}  // namespace mlops::domain
