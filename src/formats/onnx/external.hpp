// Tensors whose data lies in other files: whether what they point at is there, and theirs to read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/inspection.hpp>
#include <mlops/formats/file_set.hpp>

#include "onnx/model.hpp"

namespace mlops::formats::onnx {

// What is wrong with where the data is said to lie, as far as the model alone can tell.
std::vector<domain::Finding> judge_locations(const Model& model);

// What is wrong with the files that are pointed at, when the model is `path` in `set`: missing, too short. Of a model
// by itself, alone in `set` or with nullptr for it, that can't be checked, which is a finding too.
std::vector<domain::Finding> judge_targets(const Model& model, const FileSet* set, std::string_view path);

// Ranges of one file that overlap without being the same: legal, but hardly meant. One sentence for each file.
std::vector<std::string> overlaps(const Model& model);

}  // namespace mlops::formats::onnx
