#include "folder/huggingface_card.hpp"

#include <catch2/catch.hpp>

#include <fmt/core.h>

#include <mlops/formats/inspect.hpp>
#include <mlops/formats/scan.hpp>

#include "folder/huggingface.hpp"
#include "folder/weights.hpp"
#include "unit/formats/memory_files.hpp"

namespace mlops::formats {
namespace {

using domain::Safety;
using Contents = std::map<std::string, std::string>;
using Texts = std::vector<std::string>;

const Json* fact(const domain::Inspection& inspection, std::string_view name) {
  for (const auto& [key, value] : inspection.facts) {
    if (key == name) return &value;
  }
  return nullptr;
}

// The configuration of the smallest Llama, as transformers 4.31 writes it.
constexpr std::string_view llama = R"({
  "architectures": ["LlamaForCausalLM"], "hidden_act": "silu", "hidden_size": 64, "model_type": "llama",
  "num_hidden_layers": 2, "torch_dtype": "float16", "transformers_version": "4.31.0", "vocab_size": 32000,
  "layer_norm_eps": NaN
})";

TEST_CASE("a folder of transformers tells its architecture, its card and its tokenizer") {
  const domain::Inspection whole =
      inspect(MemoryFiles{
                  {{"config.json", std::string{llama}},
                   {"README.md", "---\nlicense: apache-2.0\ntags:\n- text-generation\n---\n# Tiny\n"},
                   {"tokenizer_config.json", R"({"tokenizer_class": "LlamaTokenizer", "chat_template": "{{ x }}"})"},
                   {"tokenizer.json", R"({"added_tokens": [{"id": 0}, {"id": 1}], "model": {"type": "BPE",
                                                 "vocab": {"a": 0, "b": 1, "\"}": 2}, "merges": []}})"},
                   {"generation_config.json", R"({"temperature": 0.6})"}}})
          .whole;
  CHECK(whole.format == "huggingface");
  CHECK(whole.architecture == "LlamaForCausalLM");
  CHECK(whole.licence == "apache-2.0");
  CHECK(whole.libraries.at("transformers") == "4.31.0");
  CHECK(whole.problems.empty());
  CHECK(fact(whole, "config")->at("hidden_size") == Json{64});
  CHECK(fact(whole, "card")->at("tags") == Json::array({"text-generation"}));
  CHECK(*fact(whole, "tokenizer") ==
        parse_json(R"({"tokenizer_class": "LlamaTokenizer", "chat_template": "{{ x }}", "model": "BPE", "vocabulary": 3,
                       "added_tokens": 2})",
                   "expected"));
  CHECK(fact(whole, "generation")->at("temperature") == Json{0.6});
}

TEST_CASE("quantisation is told by method and bits") {
  const auto quantisation = [](const std::string& settings) {
    return inspect(
               MemoryFiles{{{"config.json", R"({"model_type": "llama", "quantization_config": )" + settings + "}"}}})
        .whole.quantisation;
  };
  CHECK(quantisation(R"({"quant_method": "gptq", "bits": 4, "group_size": 128})") == "gptq 4-bit");
  CHECK(quantisation(R"({"load_in_4bit": true, "bnb_4bit_quant_type": "nf4"})") == "bitsandbytes 4-bit (nf4)");
  CHECK(quantisation(R"({"quant_method": "fp8"})") == "fp8");
  CHECK(quantisation("3").empty());
}

TEST_CASE("an adapter, a pipeline and sentence-transformers") {
  const auto adapter =
      inspect(MemoryFiles{
                  {{"adapter_config.json", R"({"peft_type": "LORA", "base_model_name_or_path": "org/base", "r": 8})"}}})
          .whole;
  CHECK(adapter.format == "huggingface");
  CHECK(fact(adapter, "adapter")->at("base_model_name_or_path") == Json{"org/base"});
  const auto pipeline =
      inspect(MemoryFiles{
                  {{"model_index.json", R"({"_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.21.4",
                                                   "unet": ["diffusers", "UNet2DConditionModel"]})"},
                   {"unet/config.json", R"({"_class_name": "UNet2DConditionModel"})"}}})
          .whole;
  CHECK(pipeline.architecture == "StableDiffusionPipeline");
  CHECK(pipeline.libraries.at("diffusers") == "0.21.4");
}

FileInspection weights(std::string path, std::string format, std::uint64_t parameters) {
  FileInspection file{std::move(path), parameters * 4, {}};
  file.inspection.format = std::move(format);
  file.inspection.parameters = parameters;
  file.inspection.add_tensor({.name = file.path, .dtype = "float32", .shape = {parameters}, .bytes = parameters * 4});
  return file;
}

domain::Inspection merged(const MemoryFiles& set, const std::vector<FileInspection>& files) {
  domain::Inspection whole;
  merge_weights(Folder{set, files}, whole);
  return whole;
}

TEST_CASE("the same weights in two formats are counted once") {
  const MemoryFiles set{{{"model.safetensors", ""}, {"pytorch_model.bin", ""}}};
  const auto whole =
      merged(set, {weights("model.safetensors", "safetensors", 10), weights("pytorch_model.bin", "pytorch", 10)});
  CHECK(whole.parameters == 10u);
  CHECK(whole.tensor_count == 1);
  CHECK(*fact(whole, "weights_format") == Json{"safetensors"});
}

TEST_CASE("an index names the files of the weights") {
  const std::string index =
      R"({"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors",
                               "c": "model-00002-of-00002.safetensors"}})";
  const std::vector<FileInspection> files = {weights("model-00001-of-00002.safetensors", "safetensors", 10),
                                             weights("model-00002-of-00002.safetensors", "safetensors", 5),
                                             {"model.safetensors.index.json", index.size(), {}}};
  const MemoryFiles set{{{"model-00001-of-00002.safetensors", ""},
                         {"model-00002-of-00002.safetensors", ""},
                         {"model.safetensors.index.json", index}}};
  CHECK(merged(set, files).parameters == 15u);
  const auto part = merged(set, {files[0], files[2]});
  CHECK(part.parameters == 10u);
  CHECK(part.problems ==
        Texts{"model.safetensors.index.json: names `model-00002-of-00002.safetensors`, which is not there"});
}

TEST_CASE("the front matter of a card stands between its first lines of three hyphens") {
  CHECK(front_matter("---\na: 1\n---\ntext\n---\n") == "a: 1\n");
  CHECK(front_matter("\xEF\xBB\xBF---\r\na: 1\r\n---\r\n") == "a: 1\r\n");
  CHECK(front_matter("# Title\n---\na: 1\n---\n").empty());
  CHECK(front_matter("---\na: 1\n").empty());
  CHECK(front_matter("").empty());
  CHECK(inspect(MemoryFiles{{{"config.json", std::string{llama}}, {"README.md", "---\na: [\n---\n"}}})
            .whole.problems.size() == 1);
}

TEST_CASE("a vocabulary is counted whatever the text is") {
  const std::string text = R"({"model": {"vocab": [["a", -1.0], ["b", -2.0]], "type": "Unigram"}, "added_tokens": []})";
  const Vocabulary vocabulary = count_vocabulary(text);
  CHECK(vocabulary.words == 2);
  CHECK(vocabulary.model == "Unigram");
  for (std::size_t size = 0; size < text.size(); ++size) CHECK(count_vocabulary(text.substr(0, size)).words <= 2);
  CHECK(count_vocabulary("]]]]\"\\").words == 0);
}

Texts findings(const Contents& contents) {
  Texts texts;
  for (const FileScan& file : scan(MemoryFiles{contents}).files) {
    for (const domain::Finding& finding : file.scan.findings) {
      texts.push_back(fmt::format("{}: {} {} {}", file.path, name_of(finding.safety), finding.rule, finding.what));
    }
  }
  return texts;
}

TEST_CASE("code that settings name is a finding") {
  CHECK(findings({{"config.json", std::string{llama}}, {"train.py", "import os\n"}}).empty());
  CHECK(
      findings(
          {{"x/config.json",
            R"({"auto_map": {"AutoModel": "modeling_x.XModel", "AutoConfig": "org/repo--configuration_x.XConfig"}})"}}) ==
      Texts{"x/config.json: unknown hf.remote-code loading with trust_remote_code runs `modeling_x.py` of this folder",
            "x/config.json: unknown hf.remote-code loading with trust_remote_code runs `configuration_x.py` of "
            "`org/repo`"});
  CHECK(findings({{"tokenizer_config.json", R"({"auto\u005fmap": {"AutoTokenizer": ["tok.Slow", null]}})"}}).size() ==
        1);
  CHECK(
      findings({{"config.json", R"({"custom_pipelines": {"my-task": {"impl": "my_pipeline.MyPipeline"}}})"}}) ==
      Texts{"config.json: unknown hf.remote-code loading with trust_remote_code runs `my_pipeline.py` of this folder"});
  CHECK(findings({{"modules.json", R"([{"type": "sentence_transformers.models.Pooling"}, {"type": "custom.Module"}])"}})
            .size() == 1);
  CHECK(
      findings({{"model_index.json",
                 R"({"_class_name": ["pipeline", "MyPipeline"], "unet": ["my_unet", "U"], "vae": ["diffusers", "V"]})"},
                {"pipeline.py", ""},
                {"unet/my_unet.py", ""}})
          .size() == 2);
  CHECK(findings({{"config.json", R"({"_attn_implementation": "org/kernels"})"}}).size() == 1);
  CHECK(findings({{"config.json", R"({"model_type": "llama", "_attn_implementation": "sdpa", "eps": Infinity})"}})
            .empty());
}

TEST_CASE("settings of which a loader might read something else than we do are malformed") {
  CHECK(findings({{"config.json", R"({"auto_map": {"AutoModel": "a.B"}, "auto_map": {}})"}}) ==
        Texts{"config.json: malformed folder.settings can't be read: config.json:1:36: duplicate member `auto_map`"});
  CHECK(findings({{"config.json", "{"}}).size() == 1);
}

}  // namespace
}  // namespace mlops::formats
