#include "folder/huggingface.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "folder/huggingface_card.hpp"
#include "folder/weights.hpp"
#include "json/lenient_json.hpp"

namespace mlops::formats {

namespace {

using domain::Inspection;

std::string fact_text(const Json& json, std::string_view key) {
  const Json* const value = json.find(key);
  if (value == nullptr) return "";
  if (value->is_string()) return cut_text(value->as_string(), 300);
  return value->is_number() ? to_line(*value) : "";
}

void keep(const Json& json, std::string_view key, Json::Object& facts) {
  const Json* const value = json.find(key);
  if (value != nullptr && !value->is_null()) facts.emplace_back(key, bounded(*value, 4000));
}

void add_library(const Json& json, std::string_view key, std::string library, Inspection& whole) {
  const std::string version = fact_text(json, key);
  if (!version.empty()) whole.libraries.emplace(std::move(library), version);
}

// "gptq 4-bit", "bitsandbytes nf4", "fp8".
std::string quantisation_of(const Json& config) {
  const Json* const settings = config.find("quantization_config");
  if (settings == nullptr || !settings->is_object()) return "";
  const auto is_set = [&](std::string_view key) {
    const Json* const value = settings->find(key);
    return value != nullptr && value->is_bool() && value->as_bool();
  };
  std::string text = fact_text(*settings, "quant_method");
  std::string bits = fact_text(*settings, "bits");
  if (bits.empty() && is_set("load_in_4bit")) bits = "4";
  if (bits.empty() && is_set("load_in_8bit")) bits = "8";
  if (text.empty()) text = bits.empty() ? "" : "bitsandbytes";
  if (!bits.empty()) text += fmt::format(" {}-bit", bits);
  if (is_set("load_in_4bit") && settings->find("bnb_4bit_quant_type") != nullptr) {
    text += fmt::format(" ({})", fact_text(*settings, "bnb_4bit_quant_type"));
  }
  return text;
}

void read_config(const Json& config, Inspection& whole) {
  if (const Json* classes = config.find("architectures");
      classes != nullptr && classes->is_array() && !classes->as_array().empty() && classes->as_array()[0].is_string()) {
    whole.architecture = cut_text(classes->as_array()[0].as_string(), 300);
  }
  if (whole.architecture.empty()) whole.architecture = fact_text(config, "_class_name");  // of a part of diffusers
  whole.quantisation = quantisation_of(config);
  add_library(config, "transformers_version", "transformers", whole);
  add_library(config, "_diffusers_version", "diffusers", whole);

  constexpr auto keys = std::to_array<std::string_view>({"model_type",
                                                         "torch_dtype",
                                                         "dtype",
                                                         "_name_or_path",
                                                         "hidden_size",
                                                         "num_hidden_layers",
                                                         "num_attention_heads",
                                                         "num_key_value_heads",
                                                         "head_dim",
                                                         "intermediate_size",
                                                         "vocab_size",
                                                         "max_position_embeddings",
                                                         "n_positions",
                                                         "n_embd",
                                                         "n_layer",
                                                         "n_head",
                                                         "d_model",
                                                         "num_layers",
                                                         "sliding_window",
                                                         "rope_theta",
                                                         "rope_scaling",
                                                         "tie_word_embeddings",
                                                         "num_experts",
                                                         "num_local_experts",
                                                         "num_experts_per_tok",
                                                         "problem_type",
                                                         "finetuning_task",
                                                         "id2label",
                                                         "quantization_config",
                                                         "auto_map"});
  Json::Object facts;
  for (const std::string_view key : keys) keep(config, key, facts);
  whole.facts.emplace_back("config", Json{std::move(facts)});
}

// PEFT: the weights beside it are only what was trained on top of another model.
void read_adapter(const Json& adapter, Inspection& whole) {
  constexpr auto keys =
      std::to_array<std::string_view>({"peft_type", "task_type", "base_model_name_or_path", "revision", "r",
                                       "lora_alpha", "lora_dropout", "target_modules", "auto_mapping"});
  Json::Object facts;
  for (const std::string_view key : keys) keep(adapter, key, facts);
  whole.facts.emplace_back("adapter", Json{std::move(facts)});
  add_library(adapter, "peft_version", "peft", whole);
}

// diffusers: {"unet": ["diffusers", "UNet2DConditionModel"], …}, each in a folder of its own.
void read_pipeline(const Folder& folder, const Json& pipeline, Inspection& whole) {
  constexpr std::size_t most_parts = 50;
  whole.architecture = fact_text(pipeline, "_class_name");
  add_library(pipeline, "_diffusers_version", "diffusers", whole);
  Json::Object parts;
  for (const auto& [name, classes] : pipeline.as_object()) {
    if (!classes.is_array() || parts.size() == most_parts) continue;
    parts.emplace_back(cut_text(name, 100), bounded(classes, 500));
    const Folder part = folder.at(name);
    if (part.empty() || name.empty()) continue;
    Inspection inspection;
    merge_weights(part, inspection);
    inspection.architecture.clear();
    merge_part(inspection, whole);
  }
  whole.facts.emplace_back("pipeline", Json{std::move(parts)});
}

// sentence-transformers writes the versions it was made with.
void read_sentence_transformers(const Json& config, Inspection& whole) {
  const Json* const versions = config.find("__version__");
  if (versions == nullptr || !versions->is_object()) return;
  add_library(*versions, "sentence_transformers", "sentence-transformers", whole);
  add_library(*versions, "transformers", "transformers", whole);
  add_library(*versions, "pytorch", "torch", whole);
}

bool has_any(const Json& json, std::initializer_list<std::string_view> keys) {
  return std::ranges::any_of(keys, [&](std::string_view key) { return json.find(key) != nullptr; });
}

}  // namespace

bool is_huggingface(const Folder& folder) {
  Inspection ignored;
  if (const auto config = folder.json_object("config.json", ignored);
      config &&
      has_any(*config, {"model_type", "architectures", "transformers_version", "auto_map", "_diffusers_version"})) {
    return true;
  }
  if (const auto adapter = folder.json_object("adapter_config.json", ignored)) return has_any(*adapter, {"peft_type"});
  if (const auto pipeline = folder.json_object("model_index.json", ignored)) return has_any(*pipeline, {"_class_name"});
  return false;
}

void inspect_huggingface(const Folder& folder, Inspection& whole) {
  if (const auto config = folder.json_object("config.json", whole)) read_config(*config, whole);
  if (const auto adapter = folder.json_object("adapter_config.json", whole)) read_adapter(*adapter, whole);
  if (const auto config = folder.json_object("config_sentence_transformers.json", whole)) {
    read_sentence_transformers(*config, whole);
  }
  read_model_card(folder, whole);
  read_tokenizer(folder, whole);
  if (const auto generation = folder.json_object("generation_config.json", whole)) {
    whole.facts.emplace_back("generation", bounded(*generation, 4000));
  }
  if (const auto pipeline = folder.json_object("model_index.json", whole)) read_pipeline(folder, *pipeline, whole);
  merge_weights(folder, whole);
}

}  // namespace mlops::formats
