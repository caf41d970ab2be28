#include "onnx/external.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/core.h>

#include "inner_path.hpp"

namespace mlops::formats::onnx {

namespace {

using domain::Finding;
using domain::Safety;

// More of them say nothing new, and a hostile file has millions.
constexpr std::size_t most_findings = 100;

constexpr std::string_view data_rule = "onnx.external-data";
constexpr std::string_view path_rule = "onnx.external-path";

class Findings {
 public:
  void add(Safety safety, std::string_view rule, std::string what) {
    if (found_.size() < most_findings) found_.push_back({safety, std::string{rule}, "", std::move(what)});
  }
  std::vector<Finding> take() { return std::move(found_); }

 private:
  std::vector<Finding> found_;
};

// ONNX Runtime's own mark for data that is in memory: the offset is then an address.
bool is_memory_mark(std::string_view location) { return location.find("_ORT_MEM_ADDR_") != std::string_view::npos; }

std::string escape_of(const ExternalData& data) {
  if (is_memory_mark(data.location)) return "names an address in the memory of the process";
  return why_it_escapes(data.location).value_or("");
}

void judge_keys(const ExternalData& data, Findings& findings) {
  for (const std::string& key : data.unknown_keys) {
    // Old loaders set every key as an attribute of a Python object.
    const bool is_special = key.starts_with("__");
    findings.add(is_special ? Safety::dangerous : Safety::unknown, "onnx.external-key",
                 fmt::format("the external data of the tensor `{}` has the key `{}`", data.tensor, key));
  }
  if (!data.problem.empty()) {
    findings.add(Safety::malformed, data_rule,
                 fmt::format("the external data of the tensor `{}` {}", data.tensor, data.problem));
  }
}

void judge_target(const ExternalData& data, const SetFile& file, Findings& findings) {
  const auto complain = [&](const std::string& what) {
    findings.add(Safety::malformed, data_rule, fmt::format("the tensor `{}` {}", data.tensor, what));
  };
  if (data.offset > file.size) return complain(fmt::format("begins beyond the end of `{}`", file.path));
  const std::uint64_t left = file.size - data.offset;
  if (data.length && *data.length > left)
    return complain(fmt::format("reaches beyond the end of `{}` by {} bytes", file.path, *data.length - left));
  // Without a length, loaders read to the end of the file.
  if (!data.length && data.needed && *data.needed > left)
    return complain(fmt::format("reaches beyond the end of `{}` by {} bytes", file.path, *data.needed - left));
}

}  // namespace

std::vector<Finding> judge_locations(const Model& model) {
  Findings findings;
  for (const ExternalData& data : model.external) {
    const std::string escape = escape_of(data);
    if (!escape.empty()) {
      findings.add(
          Safety::dangerous, path_rule,
          fmt::format("the data of the tensor `{}` lies in `{}`, which {}", data.tensor, data.location, escape));
    }
    judge_keys(data, findings);
    if (data.length && data.needed && *data.length != *data.needed) {
      findings.add(Safety::malformed, data_rule,
                   fmt::format("the tensor `{}` has {} bytes of data, and its shape demands {}", data.tensor,
                               *data.length, *data.needed));
    }
  }
  for (const std::string& file : model.context_files) {
    if (const auto escape = why_it_escapes(file)) {
      findings.add(Safety::dangerous, path_rule,
                   fmt::format("compiled code is loaded from `{}`, which {}", file, *escape));
    }
  }
  return findings.take();
}

std::vector<Finding> judge_targets(const Model& model, const FileSet* set, std::string_view path) {
  Findings findings;
  const bool is_alone = set == nullptr || set->files().size() == 1;
  std::map<std::string_view, const SetFile*> files;  // by location
  for (const ExternalData& data : model.external) {
    if (!escape_of(data).empty()) continue;
    const auto [at, is_new] = files.emplace(data.location, nullptr);
    if (is_new && !is_alone) at->second = set->find(path_beside(path, data.location));
    if (at->second != nullptr) {
      judge_target(data, *at->second, findings);
    } else if (is_new && is_alone) {
      findings.add(Safety::unknown, data_rule,
                   fmt::format("data lies in the file `{}`, which can't be checked without its folder", data.location));
    } else if (is_new) {
      findings.add(Safety::malformed, data_rule,
                   fmt::format("data lies in the file `{}`, which is missing", data.location));
    }
  }
  return findings.take();
}

std::vector<std::string> overlaps(const Model& model) {
  struct Range {
    std::string_view location;
    std::uint64_t begin;
    std::uint64_t size;
    std::string_view tensor;
  };
  std::vector<Range> ranges;
  for (const ExternalData& data : model.external) {
    const std::uint64_t size = data.length.value_or(data.needed.value_or(0));
    if (size > 0) ranges.push_back({data.location, data.offset, size, data.tensor});
  }
  std::ranges::sort(ranges, {}, [](const Range& range) { return std::tuple{range.location, range.begin, range.size}; });
  std::vector<std::string> found;
  std::string_view last_reported;
  const Range* furthest = nullptr;  // of this file, so far
  for (const Range& here : ranges) {
    if (furthest == nullptr || furthest->location != here.location) {
      furthest = &here;
      continue;
    }
    const bool is_shared = furthest->begin == here.begin && furthest->size == here.size;
    const bool overlap = here.begin - furthest->begin < furthest->size && !is_shared;
    if (overlap && last_reported != here.location && found.size() < most_findings) {
      last_reported = here.location;
      found.push_back(
          fmt::format("the tensors `{}` and `{}` overlap in `{}`", furthest->tensor, here.tensor, here.location));
    }
    // Sorted by where they begin, so this can't be negative; nor can it overflow.
    const std::uint64_t ahead = here.begin - furthest->begin;
    if (furthest->size <= ahead || here.size > furthest->size - ahead) furthest = &here;
  }
  return found;
}

}  // namespace mlops::formats::onnx
