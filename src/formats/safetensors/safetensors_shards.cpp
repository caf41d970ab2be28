#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include <fmt/core.h>

#include <mlops/support/error.hpp>

#include "checked.hpp"
#include "facts.hpp"
#include "json/json_stream.hpp"
#include "malformed.hpp"
#include "safetensors/safetensors.hpp"

namespace mlops::formats {

namespace {

constexpr std::uint64_t longest_index = 256u << 20;
constexpr std::size_t most_shards = 10'000;

struct Index {
  std::map<std::string, std::unordered_set<std::string>> shards;  // each with the tensors that should be in it
  std::optional<std::uint64_t> total_size;
};

void read_weight_map(DocumentReader& in, Index& index) {
  if (in.next() != Token::begin_object) throw Malformed{"`weight_map` is no object"};
  each_member(in, [&](const std::string& tensor) {
    const std::string shard = read_text(in, fmt::format("the shard of tensor {}", shown(tensor)));
    index.shards[shard].insert(tensor);
    if (index.shards.size() > most_shards) throw Malformed{fmt::format("more than {} shards", most_shards)};
  });
}

Index read_index(const ByteSource& source) {
  if (source.size() > longest_index) throw Malformed{"the index is longer than any index"};
  JsonStream in{source};
  Index index;
  bool has_map = false;
  if (in.next() != Token::begin_object) throw Malformed{"the index is no object"};
  each_member(in, [&](const std::string& key) {
    if (key == "weight_map") {
      has_map = true;
      return read_weight_map(in, index);
    }
    const Token token = in.next();
    if (key != "metadata" || token != Token::begin_object) return in.skip(token);
    each_member(in, [&](const std::string& name) {
      const Token value = in.next();
      if (name != "total_size") return in.skip(value);
      index.total_size = value == Token::number ? in.natural() : std::nullopt;
      // Old writers of transformers had it computed by torch, as a float.
      if (value == Token::number && !index.total_size && in.real() >= 0 && in.real() < 1e18)
        index.total_size = static_cast<std::uint64_t>(in.real());
    });
  });
  in.next();  // only white space may follow
  if (!has_map) throw Malformed{"the index has no `weight_map`"};
  return index;
}

// A shard's name is one of a file beside the index; anything else leads elsewhere.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string_view{"/\\\0", 3}) == std::string_view::npos;
}

class Shards {
 public:
  Shards(const FileSet& set, std::string_view index_path, domain::Inspection& inspection)
      : set_{set}, inspection_{inspection} {
    const std::size_t slash = index_path.rfind('/');
    if (slash != std::string_view::npos) folder_ = index_path.substr(0, slash + 1);
  }

  void read(const Index& index) {
    for (const auto& [name, tensors] : index.shards) read_shard(name, tensors);
    if (index.total_size && is_complete_ && *index.total_size != inspection_.tensor_bytes) {
      problem(fmt::format("the index counts {} bytes of tensors, the shards have {}", *index.total_size,
                          inspection_.tensor_bytes));
    }
    inspection_.facts.emplace_back("shards", static_cast<std::int64_t>(index.shards.size()));
    flaws_.tell(inspection_);
  }

 private:
  void read_shard(const std::string& name, const std::unordered_set<std::string>& wanted) {
    const SetFile* file = is_plain_name(name) ? set_.find(folder_ + name) : nullptr;
    if (file == nullptr) {
      is_complete_ = false;
      return problem(fmt::format("shard {} is missing, with {} tensors", shown(name), wanted.size()));
    }
    domain::Inspection shard;
    read_safetensors(*set_.open(*file), shard).tell(shard);
    for (const std::string& found : shard.problems) problem(fmt::format("shard {}: {}", shown(name), found));
    inspection_.parameters = saturating_sum(inspection_.parameters.value_or(0), shard.parameters.value_or(0));
    if (inspection_.licence.empty()) inspection_.licence = shard.licence;
    compare(name, wanted, shard);
    const std::uint64_t unlisted = shard.tensor_count - shard.tensors.size();
    std::uint64_t unlisted_bytes = shard.tensor_bytes;
    for (domain::Tensor& tensor : shard.tensors) {
      unlisted_bytes -= tensor.bytes;
      inspection_.add_tensor(std::move(tensor));
    }
    inspection_.tensor_count += unlisted;
    inspection_.tensor_bytes += unlisted_bytes;
  }

  void compare(const std::string& name, const std::unordered_set<std::string>& wanted,
               const domain::Inspection& shard) {
    std::size_t found = 0;
    for (const domain::Tensor& tensor : shard.tensors) {
      if (const auto [other, is_new] = seen_.emplace(tensor.name, name); !is_new) {
        problem(fmt::format("tensor {} is in {} and in {}", shown(tensor.name), shown(other->second), shown(name)));
      }
      if (wanted.contains(tensor.name)) {
        ++found;
      } else {
        problem(fmt::format("tensor {} is in {}, where the index does not place it", shown(tensor.name), shown(name)));
      }
    }
    // Of a shard that is not listed in full nothing can be missed.
    if (found == wanted.size() || shard.tensor_count > shard.tensors.size()) return;
    std::unordered_set<std::string_view> there;
    for (const domain::Tensor& tensor : shard.tensors) there.insert(tensor.name);
    std::vector<std::string_view> missing;
    for (const std::string& tensor : wanted) {
      if (!there.contains(tensor)) missing.push_back(tensor);
    }
    std::ranges::sort(missing);
    for (const std::string_view tensor : missing)
      problem(fmt::format("tensor {} is not in {}, where the index places it", shown(tensor), shown(name)));
  }

  void problem(std::string what) { flaws_.add("safetensors.shards", std::move(what)); }

  const FileSet& set_;
  domain::Inspection& inspection_;
  Flaws flaws_;
  std::string folder_;
  std::unordered_map<std::string, std::string> seen_;  // tensor and its shard
  bool is_complete_ = true;
};

}  // namespace

void inspect_safetensors_shards(const FileSet& set, std::string_view index_path, domain::Inspection& inspection) {
  const SetFile* file = set.find(index_path);
  if (file == nullptr) throw Malformed{fmt::format("the index {} is missing", shown(index_path))};
  const Index index = read_index(*set.open(*file));
  inspection.format = "safetensors";
  Shards{set, index_path, inspection}.read(index);
}

}  // namespace mlops::formats
