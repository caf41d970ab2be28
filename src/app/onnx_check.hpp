// Asks the ONNX library about a model, in a process of its own: docs/design/0007-onnx-apart.md.
#pragma once

#include <filesystem>
#include <optional>

#include <mlops/formats/onnx_check.hpp>

namespace mlops::app {

// nullopt: the program `helper` is not installed. One that crashes, takes too long or says nothing sensible is told as
// what is wrong with the model, for it is the model that made it do so.
std::optional<formats::OnnxCheck> check_onnx(const std::filesystem::path& helper, const std::filesystem::path& model);

}  // namespace mlops::app
