// Going through all that a pickle makes, with the names by which Python would reach it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/support/json.hpp>

#include "pickle/value.hpp"

namespace mlops::formats::pickle {

class Walk {
 public:
  // `fitted`: it lies under an attribute whose name ends in `_`, as those do that scikit-learn sets by fitting. Answers
  // whether nothing is to be looked for inside of it.
  using Visit = std::function<bool(const Value& value, const std::string& path, bool fitted)>;

  explicit Walk(const Tree& tree) : tree_{tree} {}
  void leave_out(std::vector<std::string> names) { left_out_ = std::move(names); }

  // Comes to each value under every name that leads to it, but looks inside of it only once. Depth is bounded.
  void run(const Value& top, const Visit& visit);

 private:
  void enter(const Value& value, const std::string& path, bool fitted, int depth);
  void enter_items(const Node& node, const std::string& path, bool fitted, int depth);
  void enter_pairs(const Node& node, const std::string& path, bool fitted, int depth);
  [[nodiscard]] std::string below(const std::string& path, std::string_view name) const;

  const Tree& tree_;
  std::vector<std::string> left_out_;
  std::vector<bool> seen_;
  const Visit* visit_ = nullptr;
};

// "sklearn.linear_model.LogisticRegression" for what is kept in a private module below that package.
std::string public_name(const Global& global);

// Plain values, and short lists and dicts of them; nullopt for anything else.
std::optional<Json> to_json(const Tree& tree, const Value& value);

}  // namespace mlops::formats::pickle
