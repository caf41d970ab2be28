// YAML 1.1 as PyYAML's safe loader reads it: MLmodel, conda.yaml, the front matter of a model card.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/support/json.hpp>

namespace mlops::formats {

// One document of at most 4 MiB, 64 levels and half a million values; keys become text as they are written. Aliases
// may multiply what is written by no more than a few MiB. Refused, with Error{usage} "SOURCE:LINE:COLUMN: …": several
// documents, duplicate keys, keys that are not scalars, and tags that are not YAML's own. "" is null.
Json parse_yaml(std::string_view text, std::string_view source);

// A tag with which an unsafe loader makes an object of a class that the text names.
struct YamlTag {
  std::string tag;  // "python/object/apply:os.system"
  std::size_t line = 0;
};

struct YamlTags {
  std::vector<YamlTag> tags;  // at most a hundred
  std::string broken;         // where and why it is not YAML any more; "" when it is to its end
  bool given_up = false;      // `broken` tells of a limit of ours, not of the text
};

// Those of all documents, up to where the text is not YAML any more. Tags of plain values ("python/tuple") are not
// among them.
YamlTags object_tags(std::string_view text);

}  // namespace mlops::formats
