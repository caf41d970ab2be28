// Paths that a model file names: they must stay among the files of the model, on every system it may be loaded on.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mlops::formats {

// Why this path may lead out of the folder it is meant for ("is absolute"); nullopt when it can't.
std::optional<std::string> why_it_escapes(std::string_view path);

// `path`, which does not escape, from the folder in which the file `beside` is: "a/model.onnx", "./w.bin" → "a/w.bin".
std::string path_beside(std::string_view beside, std::string_view path);

}  // namespace mlops::formats
