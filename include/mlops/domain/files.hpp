// The files of a version or dataset, and the manifest whose digest is its identity.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/support/digest.hpp>

namespace mlops::domain {

struct FileEntry {
  std::string path;  // relative, '/', normalised UTF-8, see check_file_path
  Digest digest;
  std::uint64_t size = 0;
  bool executable = false;
  // Where the bytes are: "" in the artifact store, else a URI of the place where the file was registered by reference
  // and stays. Not part of the content: the manifest and its digest are the same either way.
  std::string uri = {};
  friend bool operator==(const FileEntry&, const FileEntry&) = default;
};

// The files of a list that were registered by reference.
struct References {
  std::int64_t count = 0;
  std::uint64_t bytes = 0;
  Digest digest;  // of their places: of the canonical JSON object from path to URI
  friend bool operator==(const References&, const References&) = default;
};
// nullopt when the artifact store has them all.
std::optional<References> references_of(const std::vector<FileEntry>& files);

// Refuses, with Error{usage} that names the path and the rule: absolute paths, "..", ".", empty segments, backslashes,
// control characters, invalid UTF-8, and anything longer than 1024 bytes.
std::string check_file_path(std::string_view path);

// Sorted by path; refuses with Error{usage} duplicates, paths that differ only in case ("Model.bin", "model.bin"), and
// a path that is also a folder of another.
std::vector<FileEntry> normalise_files(std::vector<FileEntry> files);

enum class Content { model, dataset };

// The OCI manifest of a CNCF ModelPack artifact over the files, and its config, both as canonical JSON without times or
// machine facts, so that the same files have the same digest everywhere. Format: docs/formats.md; source: the ModelPack
// specification (specs-go/v1) and OCI image-spec v1.1. `files` are normalised and not empty.
struct Manifest {
  std::string manifest;  // bytes to store; their SHA-256 is the digest of the version
  std::string config;    // bytes to store
  Digest digest;
  Digest config_digest;
};
Manifest make_manifest(const std::vector<FileEntry>& files, Content content);

// The digest of the manifest's config, from the digests of the files in their order, without holding them all.
class ConfigDigest {
 public:
  ConfigDigest();
  void add(const Digest& file);
  Digest finish();  // once

 private:
  Sha256 hash_;
  bool first_ = true;
};

// The digest of a dataset: of one file its own SHA-256 (what sha256sum prints), of several that of their manifest.
Digest dataset_digest(const std::vector<FileEntry>& files);

}  // namespace mlops::domain
