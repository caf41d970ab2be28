#include <mlops/domain/files.hpp>

#include <catch2/catch.hpp>

#include <mlops/support/json.hpp>

#include "unit/domain/errors.hpp"

using namespace mlops;
using namespace mlops::domain;

namespace {

std::vector<FileEntry> named(const std::vector<std::string>& paths) {
  std::vector<FileEntry> files;
  for (const std::string& path : paths)
    files.push_back({.path = path, .digest = sha256(path), .size = 1, .executable = false});
  return files;
}

std::string refusal(const std::vector<std::string>& paths) {
  return message_of([&] { normalise_files(named(paths)); });
}

std::string layer_type(const std::string& path, Content content = Content::model) {
  const Json manifest = parse_json(make_manifest(named({path}), content).manifest, "manifest");
  return manifest.at("layers").as_array().front().at("mediaType").as_string();
}

}  // namespace

TEST_CASE("a path in a version is relative, in parts, and leads nowhere else") {
  for (const std::string path : {"model.bin", "a/b/c", ".hidden", "a..b", "...", "größe.txt", "with space", "-rf"}) {
    CHECK(check_file_path(path) == path);
  }
  for (const std::string path : {"", "/etc/passwd", "../x", "a/../b", "a/..", ".", "./a", "a/.", "a//b", "a/", "a\\b",
                                 "a\nb", "a\x7f", "a\xff", "C:\\x"}) {
    INFO(path);
    const auto error = error_of([&] { check_file_path(path); });
    REQUIRE(error);
    CHECK(error->kind() == ErrorKind::usage);
  }
  CHECK_THROWS_AS(check_file_path(std::string("a\0b", 3)), Error);
  CHECK(check_file_path(std::string(1024, 'a')).size() == 1024);
  CHECK_THROWS_AS(check_file_path(std::string(1025, 'a')), Error);
  CHECK(message_of([] { check_file_path("a/../b"); }) ==
        "`a/../b` can't be the path of a file in a version: it has a `..` part, which leads outside");
}

TEST_CASE("files are sorted by the bytes of their paths") {
  const auto files = normalise_files(named({"b", "a/z", "a.txt", "B2", "ä"}));
  std::vector<std::string> paths;
  for (const auto& file : files) paths.push_back(file.path);
  CHECK(paths == std::vector<std::string>{"B2", "a.txt", "a/z", "b", "ä"});
}

TEST_CASE("files that can't stand together on every file system are refused") {
  CHECK(refusal({"a", "b", "a"}) == "the file `a` is given twice");
  CHECK(refusal({"Model.bin", "model.bin"}).find("differ only in case") != std::string::npos);
  CHECK(refusal({"data/Ärger", "data/ärger"}).find("differ only in case") != std::string::npos);
  CHECK(refusal({"ДОМ", "дом"}).find("differ only in case") != std::string::npos);
  CHECK(refusal({"model", "model/weights"}) == "`model` is a file, but `model/weights` needs it to be a folder");
  CHECK(refusal({"a/b", "A/b/c/d"}) == "`a/b` is a file, but `A/b/c/d` needs it to be a folder");
  CHECK(refusal({"model", "model.bin", "model-2/x"}) == "");
  CHECK(refusal({"a/../b"}) != "");
}

// Bytes and digests from Python's json.dumps(sort_keys=True, separators=(",", ":")) and hashlib over the same facts.
TEST_CASE("the manifest is the ModelPack manifest of the files in canonical JSON") {
  const auto entry = [](const char* path, const char* content, bool executable) {
    return FileEntry{
        .path = path, .digest = sha256(content), .size = std::string_view{content}.size(), .executable = executable};
  };
  const auto files = normalise_files({entry("predict.sh", "#!/bin/sh\n", true), entry("model.bin", "weights", false),
                                      entry("README.md", "# Churn\n", false), entry("MLmodel", "mlmodel\n", false)});
  const Manifest manifest = make_manifest(files, Content::model);
  CHECK(manifest.config_digest.text() == "sha256:835a5a236d5d89fdac06d606878a7faeecbc4a3990df6a2e6822f6c669edfbb7");
  CHECK(manifest.digest.text() == "sha256:ee8571ba74bb581128636f58636350c2286aaf375e405a50ac99ffc3d53b0520");
  CHECK(sha256(manifest.manifest) == manifest.digest);
  CHECK(sha256(manifest.config) == manifest.config_digest);
}

TEST_CASE("manifest and config are canonical for any legal path") {
  auto files = normalise_files(named({"a \"quoted\" name", "größe/模型.bin", "emoji 🚀.pt", "x{}y", "run.sh"}));
  for (FileEntry& file : files) file.executable = true;
  for (const Content content : {Content::model, Content::dataset}) {
    const Manifest manifest = make_manifest(files, content);
    CHECK(canonical(parse_json(manifest.manifest, "manifest")) == manifest.manifest);
    CHECK(canonical(parse_json(manifest.config, "config")) == manifest.config);
  }
}

TEST_CASE("the executable bit is part of a version's identity") {
  auto files = named({"run.sh"});
  const Digest plain = make_manifest(files, Content::model).digest;
  files.front().executable = true;
  CHECK(make_manifest(files, Content::model).digest != plain);
}

TEST_CASE("a layer's type follows from the file's name") {
  const std::vector<std::pair<std::string, std::string>> types = {{"model.bin", "weight"},
                                                                  {"weights/part-1.safetensors", "weight"},
                                                                  {"model", "weight"},
                                                                  {"model.pkl", "weight"},
                                                                  {"README", "doc"},
                                                                  {"readme.md", "doc"},
                                                                  {"docs/LICENSE-2.0.txt", "doc"},
                                                                  {"notes.txt", "doc"},
                                                                  {"train.py", "code"},
                                                                  {"explore.IPYNB", "code"},
                                                                  {"analysis.R", "code"},
                                                                  {"config.json", "weight.config"},
                                                                  {"conda.yaml", "weight.config"},
                                                                  {"MLmodel", "weight.config"},
                                                                  {"vocab.txt", "weight.config"},
                                                                  {"tokenizer.model", "weight.config"}};
  for (const auto& [path, type] : types) {
    INFO(path);
    CHECK(layer_type(path) == "application/vnd.cncf.model." + type + ".v1.raw");
    CHECK(layer_type(path, Content::dataset) == "application/vnd.cncf.model.dataset.v1.raw");
  }
}

TEST_CASE("a dataset of one file has the digest that sha256sum prints") {
  auto files = named({"train.csv"});
  CHECK(dataset_digest(files) == sha256("train.csv"));
  files.push_back({.path = "valid.csv", .digest = sha256("v"), .size = 1, .executable = false});
  CHECK(dataset_digest(files) == make_manifest(files, Content::dataset).digest);
}

TEST_CASE("where a file stays is no part of a version's identity, but is told apart") {
  auto files = named({"a.bin", "b.bin"});
  const Digest digest = make_manifest(files, Content::model).digest;
  CHECK(references_of(files) == std::nullopt);

  files[1].uri = "file:///data/b.bin";
  CHECK(make_manifest(files, Content::model).digest == digest);
  const auto references = references_of(files);
  REQUIRE(references);
  CHECK(references->count == 1);
  CHECK(references->bytes == files[1].size);
  CHECK(references->digest == sha256(R"({"b.bin":"file:///data/b.bin"})"));
  files[1].uri = "file:///data/c.bin";
  CHECK(references_of(files)->digest != references->digest);
}

TEST_CASE("a version without files is refused") { CHECK_THROWS_AS(make_manifest({}, Content::model), Error); }
