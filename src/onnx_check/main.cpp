// onnx-check MODEL: what the ONNX library itself thinks of a model, as one JSON document on stdout. `mlops` runs this
// as a process of its own: docs/design/0007-onnx-apart.md.
#include <onnx/checker.h>
#include <onnx/onnx_pb.h>
#include <onnx/proto_utils.h>
#include <onnx/shape_inference/implementation.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <limits>
#include <new>
#include <stdexcept>
#include <string>

#include <mlops/support/files.hpp>
#include <mlops/support/json.hpp>
#include <mlops/support/text.hpp>

namespace {

using mlops::Json;

constexpr std::uintmax_t largest_message = std::numeric_limits<int>::max();
constexpr std::size_t longest_message = 4000;
constexpr int most_ports = 10'000;
constexpr rlim_t most_seconds = 120;
// The file once as it is, and some copies of what it holds.
constexpr rlim_t memory_base = rlim_t{2} << 30;
constexpr rlim_t memory_per_byte = 6;

void limit(int resource, rlim_t most) {
  const rlimit limits{most, most};
  (void)::setrlimit(static_cast<__rlimit_resource>(resource), &limits);
}

void limit_self(std::uintmax_t model_size) {
  limit(RLIMIT_CPU, most_seconds);
  limit(RLIMIT_CORE, 0);
  if (MLOPS_LIMIT_MEMORY) limit(RLIMIT_AS, memory_base + memory_per_byte * model_size);
}

Json text(std::string_view bytes) {
  const std::string_view kept = bytes.substr(0, longest_message);
  return mlops::is_valid_utf8(kept) ? Json{kept} : Json{mlops::printable(kept)};
}

// What went wrong in `work`; null when nothing did.
Json complaint_of(const std::function<void()>& work) {
  try {
    work();
    return {};
  } catch (const std::bad_alloc&) {
    return Json{"it needs more memory than a check may take"};
  } catch (const std::exception& error) {
    return text(error.what());
  }
}

// "FLOAT8E5M2" → "float8_e5m2"
std::string dtype_name(int data_type) {
  if (!onnx::TensorProto_DataType_IsValid(data_type)) return "";
  std::string name =
      mlops::lower_ascii(onnx::TensorProto_DataType_Name(static_cast<onnx::TensorProto_DataType>(data_type)));
  if (name == "undefined") return "";
  if (name == "float") return "float32";
  if (name == "double") return "float64";
  const std::size_t exponent = name.find('e', std::min<std::size_t>(name.size(), 5));
  if (name.starts_with("float") && exponent != std::string::npos) name.insert(exponent, "_");
  return name;
}

Json shape_of(const onnx::TensorShapeProto& shape) {
  Json dims = Json::array();
  for (const auto& dim : shape.dim()) {
    if (dim.has_dim_value()) {
      dims.push_back(Json{dim.dim_value()});
    } else {
      dims.push_back(dim.has_dim_param() && !dim.dim_param().empty() ? text(dim.dim_param()) : Json{});
    }
  }
  return dims;
}

template <typename Values>
Json ports_of(const Values& values) {
  Json ports = Json::array();
  for (int i = 0; i < std::min(values.size(), most_ports); ++i) {
    const onnx::ValueInfoProto& value = values.Get(i);
    const bool is_tensor = value.type().has_tensor_type();
    const auto& tensor = value.type().tensor_type();
    ports.push_back(Json::object({{"name", text(value.name())},
                                  {"dtype", is_tensor ? Json{dtype_name(tensor.elem_type())} : Json{}},
                                  {"shape", is_tensor && tensor.has_shape() ? shape_of(tensor.shape()) : Json{}}}));
  }
  return ports;
}

onnx::ModelProto read_model(const std::filesystem::path& path) {
  const std::string bytes = mlops::read_file(path, largest_message);
  onnx::ModelProto model;
  if (!onnx::ParseProtoFromBytes(&model, bytes.data(), bytes.size())) throw std::runtime_error{"it is no ModelProto"};
  return model;
}

// The types and shapes that follow are filled in as far as they go, and only then what does not fit is an error.
void infer(onnx::ModelProto& model) {
  using onnx::shape_inference::InferShapes;
  const auto* registry = onnx::OpSchemaRegistry::Instance();
  constexpr bool check_types = true;
  constexpr bool strict = true;
  InferShapes(model, registry, onnx::ShapeInferenceOptions{!check_types, !strict, true});
  InferShapes(model, registry, onnx::ShapeInferenceOptions{check_types, strict, true});
}

Json report(const std::filesystem::path& path, std::uintmax_t size) {
  if (size > largest_message) {
    const Json too_large{"the model is larger than 2 GB, more than the library can read"};
    return Json::object({{"check", too_large},
                         {"inference", too_large},
                         {"inputs", Json::array()},
                         {"outputs", Json::array()},
                         {"values", 0}});
  }
  // By its path, so that data outside of the model is looked for.
  const Json check = complaint_of([&] { onnx::checker::check_model(path.string()); });
  onnx::ModelProto model;
  const Json inference = complaint_of([&] {
    model = read_model(path);
    infer(model);
  });
  return Json::object({{"check", check},
                       {"inference", inference},
                       {"inputs", ports_of(model.graph().input())},
                       {"outputs", ports_of(model.graph().output())},
                       {"values", Json{model.graph().value_info_size()}}});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("Usage: onnx-check MODEL\n", stderr);
    return 2;
  }
  try {
    const std::filesystem::path path{argv[1]};
    const std::uintmax_t size = std::filesystem::file_size(path);
    limit_self(size);
    std::puts(mlops::to_line(report(path, size)).c_str());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}
