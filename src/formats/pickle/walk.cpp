#include "pickle/walk.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "pickle/arrays.hpp"

namespace mlops::formats::pickle {

namespace {

constexpr int deepest_walk = 64;
constexpr std::size_t longest_key_in_path = 256;
constexpr std::size_t longest_path = 1024;
constexpr std::size_t most_short_items = 100;
constexpr int deepest_json = 3;
constexpr int most_json_values = 1000;

bool is_fitted_name(std::string_view name) {
  return name.size() > 1 && name.ends_with('_') && !name.starts_with('_') && name != "classes_";
}

std::string key_text(const Tree& tree, const Value& key) {
  if (const auto text = tree.text_of(key, longest_key_in_path)) return *text;
  return key.kind == Kind::integer ? fmt::format("{}", key.integer()) : std::string{"?"};
}

}  // namespace

void Walk::run(const Value& top, const Visit& visit) {
  seen_.clear();
  visit_ = &visit;
  enter(top, "", false, 0);
}

std::string Walk::below(const std::string& path, std::string_view name) const {
  if (std::ranges::find(left_out_, name) != left_out_.end()) return path;
  if (path.empty()) return std::string{name};
  return path.size() + name.size() > longest_path ? path : fmt::format("{}.{}", path, name);
}

void Walk::enter(const Value& value, const std::string& path, bool fitted, int depth) {
  const Node* node = tree_.parts(value);
  if (node == nullptr || depth == deepest_walk) return;
  if ((*visit_)(value, path, fitted)) return;
  if (seen_.size() <= value.node) seen_.resize(value.node + 1);
  if (seen_[value.node]) return;
  seen_[value.node] = true;
  switch (value.kind) {
    case Kind::tuple:
    case Kind::list:
    case Kind::set:
      return enter_items(*node, path, fitted, depth);
    case Kind::dict:
      return enter_pairs(*node, path, fitted, depth);
    case Kind::call:
    case Kind::instance:
      if (const Node* arguments = tree_.parts(node->arguments)) enter_items(*arguments, path, fitted, depth);
      if (node->state.kind == Kind::tuple) {
        if (const Node* state = tree_.parts(node->state)) {
          for (const Value& each : state->items) enter(each, path, fitted, depth + 1);
        }
      } else {
        enter(node->state, path, fitted, depth + 1);
      }
      return enter_pairs(*node, path, fitted, depth);
    case Kind::array:
      return enter(node->state, path, fitted, depth + 1);
    default:
      return;
  }
}

void Walk::enter_items(const Node& node, const std::string& path, bool fitted, int depth) {
  for (std::size_t at = 0; at < node.items.size(); ++at) {
    const Value& item = node.items[at];
    if (tree_.parts(item) == nullptr) continue;
    // A step of a pipeline is (name, estimator …).
    const Node* pair = item.kind == Kind::tuple ? tree_.parts(item) : nullptr;
    if (pair != nullptr && pair->items.size() >= 2 && pair->items[0].kind == Kind::text && pair->items[1].is_object()) {
      enter(pair->items[1], below(path, key_text(tree_, pair->items[0])), fitted, depth + 1);
    } else {
      enter(item, below(path, fmt::format("{}", at)), fitted, depth + 1);
    }
  }
}

void Walk::enter_pairs(const Node& node, const std::string& path, bool fitted, int depth) {
  for (std::size_t at = 0; at + 1 < node.items.size(); at += 2) {
    const Value& value = node.items[at + 1];
    if (tree_.parts(value) == nullptr) continue;
    const std::string name = key_text(tree_, node.items[at]);
    enter(value, below(path, name), fitted || is_fitted_name(name), depth + 1);
  }
}

std::string public_name(const Global& global) {
  std::string path;
  std::string_view rest = global.module;
  while (!rest.empty() && !rest.starts_with('_')) {
    const std::size_t dot = std::min(rest.find('.'), rest.size() - 1);
    const bool is_last = rest.find('.') == std::string_view::npos;
    path += rest.substr(0, is_last ? rest.size() : dot);
    path += '.';
    rest.remove_prefix(is_last ? rest.size() : dot + 1);
  }
  return path + global.name;
}

namespace {

std::optional<Json> to_json_within(const Tree& tree, const Value& value, int depth, int& left) {
  if (--left < 0) return std::nullopt;
  if (auto scalar = read_scalar(tree, value)) return scalar;
  const Node* node = tree.parts(value);
  if (depth == deepest_json) return std::nullopt;
  if (node == nullptr) return value.kind == Kind::tuple ? std::optional{Json::array()} : std::nullopt;
  if (value.kind == Kind::dict) {
    if (node->count > most_short_items) return std::nullopt;
    Json members = Json::object();
    for (std::size_t at = 0; at + 1 < node->items.size(); at += 2) {
      auto member = to_json_within(tree, node->items[at + 1], depth + 1, left);
      if (!member) return std::nullopt;
      members.set(key_text(tree, node->items[at]), std::move(*member));
    }
    return members;
  }
  if (value.kind != Kind::tuple && value.kind != Kind::list && value.kind != Kind::set) {
    auto elements = read_elements(tree, value, most_short_items);
    return elements ? std::optional{Json{std::move(*elements)}} : std::nullopt;
  }
  if (node->count > most_short_items || node->items.size() != node->count) return std::nullopt;
  Json items = Json::array();
  for (const Value& item : node->items) {
    auto one = to_json_within(tree, item, depth + 1, left);
    if (!one) return std::nullopt;
    items.push_back(std::move(*one));
  }
  return items;
}

}  // namespace

std::optional<Json> to_json(const Tree& tree, const Value& value) {
  int left = most_json_values;
  return to_json_within(tree, value, 0, left);
}

}  // namespace mlops::formats::pickle
