// The OCI manifest over the files of a version: media types and annotations of the CNCF ModelPack specification.
#include <array>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <mlops/domain/files.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/json.hpp>
#include <mlops/support/text.hpp>

namespace mlops::domain {
namespace {

constexpr std::string_view manifest_type = "application/vnd.oci.image.manifest.v1+json";
constexpr std::string_view artifact_type = "application/vnd.cncf.model.manifest.v1+json";
constexpr std::string_view config_type = "application/vnd.cncf.model.config.v1+json";

constexpr std::string_view weight_layer = "application/vnd.cncf.model.weight.v1.raw";
constexpr std::string_view config_layer = "application/vnd.cncf.model.weight.config.v1.raw";
constexpr std::string_view doc_layer = "application/vnd.cncf.model.doc.v1.raw";
constexpr std::string_view code_layer = "application/vnd.cncf.model.code.v1.raw";
constexpr std::string_view dataset_layer = "application/vnd.cncf.model.dataset.v1.raw";

using LayerRule = std::pair<std::string_view, std::string_view>;

// By the whole file name in lower case: these mean more than their extension says.
constexpr std::array by_name = std::to_array<LayerRule>({
    {"mlmodel", config_layer},
    {"vocab.txt", config_layer},
    {"merges.txt", config_layer},
    {"tokenizer.model", config_layer},
    {"requirements.txt", config_layer},
    {"makefile", code_layer},
    {"dockerfile", code_layer},
});

constexpr std::array by_prefix = std::to_array<LayerRule>({
    {"readme", doc_layer},
    {"license", doc_layer},
    {"licence", doc_layer},
    {"notice", doc_layer},
    {"changelog", doc_layer},
});

constexpr std::array by_extension = std::to_array<LayerRule>({
    {"md", doc_layer},      {"rst", doc_layer},    {"txt", doc_layer},      {"pdf", doc_layer},
    {"html", doc_layer},    {"py", code_layer},    {"ipynb", code_layer},   {"sh", code_layer},
    {"r", code_layer},      {"jl", code_layer},    {"sql", code_layer},     {"c", code_layer},
    {"h", code_layer},      {"cpp", code_layer},   {"hpp", code_layer},     {"rs", code_layer},
    {"go", code_layer},     {"js", code_layer},    {"json", config_layer},  {"jsonl", config_layer},
    {"yaml", config_layer}, {"yml", config_layer}, {"toml", config_layer},  {"cfg", config_layer},
    {"conf", config_layer}, {"ini", config_layer}, {"jinja", config_layer}, {"tiktoken", config_layer},
});

std::string_view model_layer_type(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  const std::string name = lower_ascii(slash == std::string_view::npos ? path : path.substr(slash + 1));
  for (const auto& [known, type] : by_name) {
    if (name == known) return type;
  }
  for (const auto& [prefix, type] : by_prefix) {
    if (name.starts_with(prefix)) return type;
  }
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos) return weight_layer;
  const std::string_view extension = std::string_view{name}.substr(dot + 1);
  for (const auto& [known, type] : by_extension) {
    if (extension == known) return type;
  }
  return weight_layer;
}

// Only the permission differs between files; owner and time are constant, or the digest would depend on the machine.
std::string executable_metadata(const FileEntry& file) {
  constexpr int mode_0755 = 493;
  return canonical(Json::object({{"name", file.path},
                                 {"mode", mode_0755},
                                 {"uid", 0},
                                 {"gid", 0},
                                 {"size", file.size},
                                 {"mtime", "1970-01-01T00:00:00Z"},
                                 {"typeflag", 0}}));
}

// The texts below are canonical JSON by construction, members in their order: a tree of values for 100,000 files would
// take several times as long.
void append_layer(std::string& text, const FileEntry& file, Content content) {
  text += R"({"annotations":{)";
  if (file.executable) {
    text += R"("org.cncf.model.file.metadata+json":)" + canonical(Json{executable_metadata(file)}) + ',';
  }
  const std::string_view type = content == Content::dataset ? dataset_layer : model_layer_type(file.path);
  fmt::format_to(std::back_inserter(text),
                 R"("org.cncf.model.filepath":{}}},"digest":"{}","mediaType":"{}","size":{}}})",
                 canonical(Json{file.path}), file.digest.text(), type, file.size);
}

constexpr std::string_view config_begin = R"({"config":{},"descriptor":{},"modelfs":{"diffIds":[)";
constexpr std::string_view config_end = R"(],"type":"layers"}})";

std::string config_of(const std::vector<FileEntry>& files) {
  std::string text{config_begin};
  for (const FileEntry& file : files) {
    if (&file != &files.front()) text += ',';
    text += '"' + file.digest.text() + '"';
  }
  return text.append(config_end);
}

std::string manifest_of(const std::vector<FileEntry>& files, Content content, const Manifest& config) {
  std::string text =
      fmt::format(R"({{"artifactType":"{}","config":{{"digest":"{}","mediaType":"{}","size":{}}},"layers":[)",
                  artifact_type, config.config_digest.text(), config_type, config.config.size());
  for (const FileEntry& file : files) {
    if (&file != &files.front()) text += ',';
    append_layer(text, file, content);
  }
  return text + fmt::format(R"(],"mediaType":"{}","schemaVersion":2}})", manifest_type);
}

}  // namespace

ConfigDigest::ConfigDigest() { hash_.update(config_begin); }

void ConfigDigest::add(const Digest& file) {
  if (!first_) hash_.update(",");
  first_ = false;
  hash_.update('"' + file.text() + '"');
}

Digest ConfigDigest::finish() {
  hash_.update(config_end);
  return hash_.finish();
}

Manifest make_manifest(const std::vector<FileEntry>& files, Content content) {
  if (files.empty()) throw Error{ErrorKind::usage, "there are no files to describe"};
  Manifest result;
  result.config = config_of(files);
  result.config_digest = sha256(result.config);
  result.manifest = manifest_of(files, content, result);
  result.digest = sha256(result.manifest);
  return result;
}

}  // namespace mlops::domain
