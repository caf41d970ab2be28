// Keras configurations: what loading a model can run.
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include <fmt/core.h>

#include "json/json_text.hpp"
#include "keras/config.hpp"
#include "keras/modules.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

using domain::Safety;

int base64_digit(char c) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::size_t at = digits.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

// A code object as marshal writes it, in Base64: the type 'c' with or without its flag, and a small number of
// arguments.
bool is_marshalled_code(std::string_view text) {
  constexpr std::size_t shortest = 40;
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || text.size() - start < shortest) return false;
  text.remove_prefix(start);
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    const int digit = base64_digit(text[i]);
    if (digit < 0) return false;
    bits = bits << 6 | static_cast<std::uint64_t>(digit);
  }
  const auto type = static_cast<unsigned char>(bits >> 40);
  return (type == 0x63 || type == 0xe3) && (bits >> 8 & 0xffffff) == 0;
}

bool is_python_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return c == '_' || c == '.' || c == '>' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z');
  });
}

// "Lambda" of "Lambda", "keras.layers.Lambda" and "Custom>Lambda".
std::string_view last_part(std::string_view name) { return name.substr(name.find_last_of(".>") + 1); }

class ConfigScanner {
 public:
  explicit ConfigScanner(Scanning& scanning) : scanning_{scanning} {}

  void scan(const Json& value) {
    scanning_.spend(1);
    if (value.is_string() && is_marshalled_code(value.as_string())) {
      scanning_.report(Safety::dangerous, "keras.code", "holds Python code");
    }
    if (value.is_array()) {
      for (const Json& item : value.as_array()) scan(item);
    }
    if (!value.is_object()) return;
    judge(value);
    for (const auto& [key, member] : value.as_object()) {
      if (key == "__lambda__" && !member.is_null()) {
        scanning_.report(Safety::dangerous, "keras.lambda", "holds a lambda");
      }
      scan(member);
    }
  }

 private:
  void report(const Judgement& judgement, std::string_view rule) {
    if (judgement.safety != Safety::allowlisted) scanning_.report(judgement.safety, rule, judgement.what);
  }

  void judge(const Json& object) {
    const std::string_view class_name = text_at(object, "class_name");
    const std::string_view module = text_at(object, "module");
    const Json* config = object.find("config");
    if (class_name.empty()) {
      report(judge_keras_module(module), "keras.object");
    } else if (class_name == "function") {
      judge_function(object, module, config);
    } else {
      judge_class(object, class_name, module, config);
    }
    const std::string_view package = text_at(object, "package");
    if (!class_name.empty()) report(judge_keras_module(package), "keras.object");
    judge_vocabulary(object);
  }

  void judge_function(const Json& object, std::string_view module, const Json* config) {
    std::string_view name;
    if (config != nullptr) name = config->is_string() ? config->as_string() : text_at(*config, "name");
    report(judge_keras_function(module, name), "keras.function");
    const std::string_view registered = text_at(object, "registered_name");
    if (!registered.empty() && registered != "function" && registered != name) {
      report(judge_keras_function(module, registered), "keras.function");
    }
  }

  void judge_class(const Json& object, std::string_view class_name, std::string_view module, const Json* config) {
    constexpr auto data =
        std::to_array<std::string_view>({"TensorShape", "TypeSpec", "__bytes__", "__ellipsis__", "__keras_tensor__",
                                         "__numpy__", "__slice__", "__tensor__", "__tuple__"});
    const std::string_view plain = last_part(class_name);
    if (class_name == "__lambda__") {
      return scanning_.report(Safety::dangerous, "keras.lambda", "holds a lambda, which is Python code");
    }
    if (plain == "Lambda") return judge_lambda(config != nullptr ? *config : Json{});
    if (class_name == "__typespec__") return judge_typespec(object);
    if (std::ranges::find(data, class_name) != data.end() && module.empty()) return;
    if (judge_tensorflow_layer(class_name, config)) return;
    report(judge_keras_class(module, class_name), "keras.object");
    const std::string_view registered = text_at(object, "registered_name");
    if (registered.empty() || registered == class_name) return;
    if (last_part(registered) == "Lambda") judge_lambda(config != nullptr ? *config : Json{});
    report(judge_registered_name(registered), "keras.object");
  }

  void judge_typespec(const Json& object) {
    constexpr auto known =
        std::to_array<std::string_view>({"IndexedSlicesSpec", "RaggedTensorSpec", "SparseTensorSpec", "TensorSpec"});
    const std::string_view name = text_at(object, "spec_name");
    if (std::ranges::find(known, name) != known.end()) return;
    scanning_.report(Safety::dangerous, "keras.object", fmt::format("calls tf.{} as a type", name));
  }

  // Whether it is a layer that stands for one operation of TensorFlow.
  bool judge_tensorflow_layer(std::string_view class_name, const Json* config) {
    constexpr auto by_symbol = std::to_array<std::string_view>({"TFOpLambda", "SlicingOpLambda"});
    constexpr auto of_objects = std::to_array<std::string_view>({"ClassMethod", "InstanceMethod", "InstanceProperty"});
    const Json empty;
    const Json& settings = config != nullptr ? *config : empty;
    if (std::ranges::find(by_symbol, class_name) != by_symbol.end()) {
      report(judge_tensorflow_operation(text_at(settings, "function")), "keras.operation");
      return true;
    }
    if (std::ranges::find(of_objects, class_name) != of_objects.end()) {
      const std::string_view method = text_at(settings, class_name == "InstanceProperty" ? "attr_name" : "method_name");
      scanning_.report(Safety::unknown, "keras.operation", fmt::format("calls `{}` of a TensorFlow class", method));
      return true;
    }
    if (class_name != "TensorFlowOpLayer") return false;
    const Json* node = settings.find("node_def");
    const std::string_view operation = node != nullptr ? text_at(*node, "op") : std::string_view{};
    if (operation.empty()) {
      scanning_.report(Safety::unknown, "keras.operation", "holds an operation of TensorFlow that can't be read");
    } else {
      report(judge_tensorflow_operation(operation), "keras.operation");
    }
    return true;
  }

  void judge_lambda(const Json& config) {
    const std::string_view name = text_at(config, "name");
    const auto says = [&](Safety safety, std::string_view what) {
      scanning_.report(safety, "keras.lambda", fmt::format("the Lambda layer `{}` {}", name, what));
    };
    for (const std::string_view key : {"module", "output_shape_module", "mask_module", "arguments_module"}) {
      if (judge_keras_module(text_at(config, key)).safety == Safety::dangerous) {
        says(Safety::dangerous, fmt::format("takes its function from the module {}", text_at(config, key)));
      }
    }
    const Json* function = config.find("function");
    if (function == nullptr || function->is_null()) return says(Safety::dangerous, "runs a function that is not told");
    if (function->is_object()) return judge_lambda_object(*function, says);
    if (!function->is_string()) return says(Safety::dangerous, "runs Python code that is stored in the file");
    const std::string& text = function->as_string();
    if (!is_python_name(text) || is_marshalled_code(text)) {
      return says(Safety::dangerous, "runs Python code that is stored in the file");
    }
    const bool is_dangerous = judge_keras_function("", last_part(text)).safety == Safety::dangerous;
    says(is_dangerous ? Safety::dangerous : Safety::unknown, fmt::format("calls the function {}", text));
  }

  template <typename Says>
  void judge_lambda_object(const Json& function, const Says& says) {
    if (text_at(function, "class_name") != "function") {
      return says(Safety::dangerous, "runs Python code that is stored in the file");
    }
    // Whatever else is wrong with the function is reported where it is described.
    const std::string_view name = text_at(function, "config");
    const bool is_dangerous = judge_keras_function(text_at(function, "module"), name).safety == Safety::dangerous;
    says(is_dangerous ? Safety::dangerous : Safety::unknown, fmt::format("calls the function {}", name));
  }

  // A vocabulary that is a text is the path of a file, which loading the model reads.
  void judge_vocabulary(const Json& object) {
    for (const std::string_view key : {"vocabulary", "vocabulary_file", "merges"}) {
      const std::string_view path = text_at(object, key);
      if (!path.empty()) {
        scanning_.report(Safety::dangerous, "keras.file", fmt::format("reads its {} from the file {}", key, path));
      }
    }
  }

  Scanning& scanning_;
};

}  // namespace

void scan_keras_config(const Json& config, Scanning& scanning) { ConfigScanner{scanning}.scan(config); }

void scan_keras_json(std::string_view text, Scanning& scanning) {
  scanning.spend(text.size());
  try {
    return scan_keras_config(parse_keras_json(text), scanning);
  } catch (const Malformed& error) {
    scanning.report(Safety::unscannable, "keras.config", fmt::format("can't be read: {}", error.what()));
  }
  // A reader that is less strict may still read it.
  for (const std::string_view sign : {"\"__lambda__\"", "\"Lambda\""}) {
    if (text.find(sign) != std::string_view::npos) {
      scanning.report(Safety::dangerous, "keras.lambda", "mentions a lambda in a configuration that can't be read");
    }
  }
}

}  // namespace mlops::formats
