// What loading a folder of Hugging Face runs besides unpickling. Source: "Custom models" in the documentation of
// transformers (`auto_map`, `custom_pipelines`, trust_remote_code), "Load community pipelines" in that of diffusers,
// and the loader of modules of sentence-transformers.
#include <algorithm>
#include <array>
#include <functional>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "folder/folder_scan.hpp"
#include "jinja/jinja.hpp"
#include "json/lenient_json.hpp"

namespace mlops::formats {

namespace {

using domain::Safety;

constexpr std::string_view rule = "hf.remote-code";

// "modeling_x.XModel" of this folder, or "org/repo--modeling_x.XModel" of another.
void report_class(std::string_view reference, Scanning& scanning) {
  const std::size_t dashes = reference.find("--");
  const std::string_view place = dashes == std::string_view::npos ? "this folder" : reference.substr(0, dashes);
  std::string_view name = dashes == std::string_view::npos ? reference : reference.substr(dashes + 2);
  name = name.substr(0, name.rfind('.'));
  scanning.report(
      Safety::unknown, rule,
      fmt::format("loading with trust_remote_code runs `{}.py` of {}", printable(name),
                  dashes == std::string_view::npos ? std::string{place} : fmt::format("`{}`", printable(place))));
}

// A text, or a list of texts and nulls (a tokenizer has a slow and a fast class).
void report_classes(const Json& value, Scanning& scanning) {
  if (value.is_string()) return report_class(value.as_string(), scanning);
  if (!value.is_array()) return;
  for (const Json& item : value.as_array()) {
    if (item.is_string()) report_class(item.as_string(), scanning);
  }
}

void scan_auto_map(const Json& map, Scanning& scanning) {
  if (!map.is_object()) return report_classes(map, scanning);
  for (const auto& [auto_class, reference] : map.as_object()) report_classes(reference, scanning);
}

void scan_pipelines(const Json& pipelines, Scanning& scanning) {
  if (!pipelines.is_object()) return;
  for (const auto& [task, settings] : pipelines.as_object()) {
    if (const Json* code = settings.find("impl")) report_classes(*code, scanning);
  }
}

// A text, or a list of {"name", "template"}, or an object by names.
void scan_templates(const Json& value, Scanning& scanning) {
  if (value.is_string()) return report_jinja_dangers(value.as_string(), scanning);
  if (value.is_object()) {
    for (const auto& [name, held] : value.as_object()) scan_templates(held, scanning);
  } else if (value.is_array()) {
    for (const Json& item : value.as_array()) scan_templates(item, scanning);
  }
}

// "org/kernels" as the implementation of attention is fetched from the Hub and loaded.
void scan_kernels(const Json& value, Scanning& scanning) {
  if (!value.is_string() || value.as_string().find('/') == std::string::npos) return;
  scanning.report(Safety::unknown, rule, fmt::format("loading fetches the kernels `{}`", printable(value.as_string())));
}

struct Key {
  std::string_view name;
  void (*scan)(const Json& value, Scanning& scanning);
};

constexpr auto keys = std::to_array<Key>({{"auto_map", &scan_auto_map},
                                          {"custom_pipelines", &scan_pipelines},
                                          {"chat_template", &scan_templates},
                                          {"attn_implementation", &scan_kernels},
                                          {"_attn_implementation", &scan_kernels}});

// Also in the configurations of parts ("text_config").
void scan_object(const Json& json, Scanning& scanning) {
  if (json.is_array()) {
    for (const Json& item : json.as_array()) scan_object(item, scanning);
  }
  if (!json.is_object()) return;
  for (const auto& [name, value] : json.as_object()) {
    const auto* const key = std::ranges::find(keys, name, &Key::name);
    if (key != keys.end()) {
      key->scan(value, scanning);
    } else {
      scan_object(value, scanning);
    }
  }
}

// diffusers: a pipeline, or a class of it, whose module is a file of the folder.
void scan_pipeline_classes(const SettingsFile& file, const Json& pipeline, Scanning& scanning) {
  for (const auto& [name, classes] : pipeline.as_object()) {
    if (!classes.is_array() || classes.as_array().empty() || !classes.as_array()[0].is_string()) continue;
    const std::string& module = classes.as_array()[0].as_string();
    if (file.has(module + ".py") || file.has(fmt::format("{}/{}.py", name, module))) {
      report_class(module + ".", scanning);
    }
  }
}

bool is_of_transformers(const Json& json) {
  constexpr auto marks = std::to_array<std::string_view>({"model_type", "architectures", "transformers_version",
                                                          "auto_map", "peft_type", "_class_name", "_diffusers_version",
                                                          "tokenizer_class", "processor_class", "chat_template"});
  return std::ranges::any_of(marks, [&](std::string_view mark) { return json.find(mark) != nullptr; });
}

}  // namespace

bool scan_huggingface_config(const SettingsFile& file, Scanning& scanning) {
  const Json json = parse_python_json(file.text, file.name);
  if (!json.is_object()) return false;
  scan_object(json, scanning);
  if (file.name == "model_index.json") scan_pipeline_classes(file, json, scanning);
  return is_of_transformers(json);
}

bool scan_sentence_modules(const SettingsFile& file, Scanning& scanning) {
  const Json json = parse_python_json(file.text, file.name);
  if (!json.is_array()) return false;
  bool is_modules = false;
  for (const Json& module : json.as_array()) {
    const Json* const type = module.find("type");
    if (type == nullptr || !type->is_string()) continue;
    is_modules = true;
    if (!type->as_string().starts_with("sentence_transformers.")) report_class(type->as_string(), scanning);
  }
  return is_modules;
}

bool scan_chat_template(const SettingsFile& file, Scanning& scanning) {
  report_jinja_dangers(file.text, scanning);
  return true;
}

}  // namespace mlops::formats
