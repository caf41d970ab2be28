#include "lightgbm.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "checked.hpp"
#include "facts.hpp"
#include "flaws.hpp"
#include "malformed.hpp"
#include "text_lines.hpp"

namespace mlops::formats {

namespace {

constexpr std::size_t longest_key = 256;
constexpr std::size_t longest_value = 1u << 20;
constexpr std::size_t most_settings = 300;
constexpr std::size_t most_features = 10'000;

// Lines of a tree with one value for each split.
constexpr auto split_lines =
    std::to_array<std::string_view>({"split_feature", "threshold", "decision_type", "left_child", "right_child"});

Json setting_of(std::string_view text) {
  if (const auto whole = parse_integer(text)) return *whole;
  if (const auto number = parse_double(text); number && std::isfinite(*number)) return *number;
  return fact_text(text, 1024);
}

std::vector<std::string> words_of(std::string_view text, std::size_t most) {
  std::vector<std::string> words;
  while (!text.empty() && words.size() < most) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.push_back(fact_text(text.substr(0, end), 256));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

class LightgbmModel {
 public:
  LightgbmModel(const ByteSource& source, domain::Inspection& inspection, Flaws& flaws)
      : lines_{source}, inspection_{inspection}, flaws_{flaws} {}

  void read() {
    boosting_ = lines_.rest(longest_key);
    while (!lines_.at_end()) read_line();
    end_tree();
    conclude();
  }

 private:
  enum class Part { header, trees, tail, parameters };

  struct Tree {
    std::optional<std::uint64_t> leaves;
    bool is_whole = true;
  };

  void read_line() {
    const std::string key = lines_.key(longest_key);
    if (part_ == Part::parameters) return read_parameter(key);
    if (key == "Tree" && part_ != Part::tail) {
      end_tree();
      part_ = Part::trees;
      tree_ = Tree{};
      lines_.rest(0);
    } else if (key == "end of trees") {
      end_tree();
      part_ = Part::tail;
      has_end_ = true;
      lines_.rest(0);
    } else if (key == "parameters:") {
      end_tree();
      part_ = Part::parameters;
      lines_.rest(0);
    } else if (part_ == Part::trees) {
      read_tree_line(key);
    } else if (part_ == Part::header) {
      read_header_line(key);
    } else {
      lines_.rest(0);
    }
  }

  void read_header_line(const std::string& key) {
    if (key == "tree_sizes") {
      tree_sizes_ = lines_.count_words();
    } else if (key == "feature_infos") {
      feature_infos_ = words_of(lines_.rest(longest_value), most_features);
    } else if (key == "feature_names") {
      const std::string names = lines_.rest(longest_value);
      feature_names_ = words_of(names, most_features);
      has_all_names_ = names.size() < longest_value && feature_names_.size() < most_features;
    } else if (const std::string value = lines_.rest(longest_key); header_.size() < most_settings && !key.empty()) {
      header_.emplace(fact_text(key, longest_key), value);
    }
  }

  void read_tree_line(const std::string& key) {
    if (key == "num_leaves") {
      const auto leaves = parse_integer(trim(lines_.rest(longest_key)));
      if (leaves && *leaves > 0) tree_->leaves = static_cast<std::uint64_t>(*leaves);
    } else if (key == "leaf_value") {
      expect(lines_.count_words(), tree_->leaves.value_or(0), key);
    } else if (key == "leaf_coeff") {
      parameters_ = saturating_sum(parameters_, lines_.count_words());
    } else if (std::ranges::find(split_lines, key) != split_lines.end()) {
      expect(lines_.count_words(), std::max<std::uint64_t>(tree_->leaves.value_or(1), 1) - 1, key);
    } else {
      lines_.rest(0);
    }
  }

  void expect(std::uint64_t found, std::uint64_t wanted, std::string_view key) {
    if (found == wanted || !std::exchange(tree_->is_whole, false)) return;
    flaws_.add("lightgbm.tree", fmt::format("tree {} has {} values in `{}`, not {}", trees_, found, key, wanted));
  }

  void end_tree() {
    if (!tree_) return;
    if (!tree_->leaves) flaws_.add("lightgbm.tree", fmt::format("tree {} has no leaves", trees_));
    const std::uint64_t leaves = tree_->leaves.value_or(0);
    leaves_ = saturating_sum(leaves_, leaves);
    parameters_ = saturating_sum(parameters_, saturating_sum(leaves, leaves > 0 ? leaves - 1 : 0));
    ++trees_;
    tree_.reset();
  }

  // "[learning_rate: 0.1]"
  void read_parameter(std::string line) {
    line += lines_.rest(longest_value);
    if (line == "end of parameters") {
      part_ = Part::tail;
      return;
    }
    const std::size_t colon = line.find(": ");
    if (!line.starts_with('[') || !line.ends_with(']') || colon == std::string::npos) return;
    const std::string name = fact_text(std::string_view{line}.substr(1, colon - 1), longest_key);
    const std::string_view value = std::string_view{line}.substr(colon + 2, line.size() - colon - 3);
    if (name == "boosting") boosting_ = fact_text(value, longest_key);
    if (!value.empty() && inspection_.hyperparameters.size() < most_settings)
      inspection_.hyperparameters.insert_or_assign(name, setting_of(value));
  }

  [[nodiscard]] std::optional<std::uint64_t> natural(const std::string& key) const {
    const auto found = header_.find(key);
    const auto value = found != header_.end() ? parse_integer(trim(found->second)) : std::nullopt;
    if (!value || *value < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*value);
  }

  void conclude() {
    const auto version = header_.find("version");
    if (version != header_.end()) inspection_.format_version = fact_text(version->second, longest_key);
    inspection_.producer = "lightgbm";
    inspection_.architecture = boosting_;
    inspection_.parameters = parameters_;
    tell("num_class", natural("num_class"));
    if (const auto last = natural("max_feature_idx")) tell("num_feature", *last + 1);
    tell("trees", trees_);
    tell("leaves", leaves_);
    if (const auto each = natural("num_tree_per_iteration"); each && *each > 0) tell("iterations", trees_ / *each);
    if (const auto objective = header_.find("objective"); objective != header_.end())
      inspection_.facts.emplace_back("objective", fact_text(objective->second, longest_key));
    check();
    tell_inputs();
  }

  void tell(std::string_view fact, std::optional<std::uint64_t> value) {
    if (value) inspection_.facts.emplace_back(fact, static_cast<std::int64_t>(*value));
  }

  void check() {
    for (const char* const key : {"num_class", "num_tree_per_iteration", "max_feature_idx"}) {
      if (!natural(key)) flaws_.add("lightgbm.model", fmt::format("`{}` is missing, or no number", key));
    }
    if (tree_sizes_ && *tree_sizes_ != trees_)
      flaws_.add("lightgbm.model", fmt::format("`tree_sizes` is of {} trees, there are {}", *tree_sizes_, trees_));
    // Version 2 had no such line.
    const auto version = header_.find("version");
    if (!has_end_ && version != header_.end() && version->second != "v2")
      flaws_.add("lightgbm.model", "it ends before `end of trees`");
    const auto last = natural("max_feature_idx");
    if (last && has_all_names_ && feature_names_.size() != *last + 1) {
      flaws_.add("lightgbm.model",
                 fmt::format("it has {} features, and names for {}", *last + 1, feature_names_.size()));
    }
  }

  void tell_inputs() {
    for (std::size_t i = 0; i < feature_names_.size(); ++i) {
      // "[lowest:highest]", "none" when it was of no use, or the categories: "1:0:2".
      const std::string_view info = i < feature_infos_.size() ? std::string_view{feature_infos_[i]} : "none";
      const bool is_category = !info.starts_with('[') && info != "none" && !info.empty();
      inspection_.signature.inputs.push_back({feature_names_[i], is_category ? "category" : "float64", std::nullopt});
    }
  }

  TextLines lines_;
  domain::Inspection& inspection_;
  Flaws& flaws_;
  Part part_ = Part::header;
  std::string boosting_;
  std::map<std::string, std::string> header_;
  std::vector<std::string> feature_names_;
  std::vector<std::string> feature_infos_;
  bool has_all_names_ = false;
  bool has_end_ = false;
  std::optional<std::uint64_t> tree_sizes_;  // how many
  std::optional<Tree> tree_;                 // that is being read
  std::uint64_t trees_ = 0;
  std::uint64_t leaves_ = 0;
  std::uint64_t parameters_ = 0;
};

}  // namespace

bool is_lightgbm(const Head& head) {
  if (!head.starts_with("tree\n") && !head.starts_with("tree\r\n")) return false;
  constexpr std::size_t first_lines = 1024;
  const std::string_view begin = std::string_view{head.bytes}.substr(0, first_lines);
  return begin.find("\nnum_class=") != std::string_view::npos;
}

void inspect_lightgbm(const ByteSource& source, domain::Inspection& inspection) {
  Flaws flaws;
  LightgbmModel{source, inspection, flaws}.read();
  flaws.tell(inspection);
}

void scan_lightgbm(const ByteSource& source, Scanning& scanning) {
  domain::Inspection inspection;
  Flaws flaws;
  LightgbmModel{source, inspection, flaws}.read();
  flaws.tell(scanning);
}

}  // namespace mlops::formats
