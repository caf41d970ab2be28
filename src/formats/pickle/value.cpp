#include "pickle/value.hpp"

#include <algorithm>
#include <cstring>

#include "malformed.hpp"

namespace mlops::formats::pickle {

namespace {

constexpr std::size_t most_nodes = 3u << 18;
constexpr std::size_t most_items = 1u << 22;
// Plain items of one list beyond these tell nothing more, and would leave no room for others.
constexpr std::size_t most_plain_items = 1u << 16;
// Of one object; to look them through again and again must not take for ever.
constexpr std::size_t most_state_attributes = 512;
constexpr std::size_t most_globals = 100'000;
constexpr std::size_t pool_size = 32u << 20;
constexpr std::size_t longest_pooled = 256;
// Each may cost a source that unpacks the unpacking of all before it.
constexpr std::uint32_t most_read_again = 1u << 16;

bool is_plain(const Value& value) { return value.kind < Kind::tuple; }

}  // namespace

// What has no parts has the number 0.
Tree::Tree(const ByteSource& source) : source_{source}, nodes_(1) {}

Value Tree::make(Kind kind) {
  if (nodes_.size() == most_nodes) {
    lost_parts_ = true;
    return Value{kind};
  }
  nodes_.emplace_back();
  return Value{kind, static_cast<std::uint32_t>(nodes_.size() - 1)};
}

const Node* Tree::parts(const Value& value) const {
  if (value.kind < Kind::tuple || value.kind == Kind::global || value.node == 0) return nullptr;
  return &nodes_[value.node];
}

Node* Tree::parts(const Value& value) { return const_cast<Node*>(std::as_const(*this).parts(value)); }

bool Tree::room_for(std::size_t items) {
  if (kept_items_ + items > most_items) {
    lost_parts_ = true;
    return false;
  }
  kept_items_ += items;
  return true;
}

void Tree::add_item(Node& node, const Value& item) {
  ++node.count;
  if (node.items.size() >= most_plain_items && is_plain(item)) return;
  if (room_for(1)) node.items.push_back(item);
}

void Tree::add_pair(Node& node, const Value& key, const Value& value) {
  ++node.count;
  if (node.items.size() >= most_plain_items && is_plain(value)) return;
  if (!room_for(2)) return;
  node.items.push_back(key);
  node.items.push_back(value);
}

Value Tree::global(std::string_view module, std::string_view name) {
  std::string key{module};
  key += '\n';
  key += name;
  const auto [at, is_new] = global_ids_.try_emplace(std::move(key), static_cast<std::uint32_t>(globals_.size()));
  if (is_new) {
    if (globals_.size() == most_globals) throw Unscannable{"it imports too many different things"};
    globals_.push_back(Global{std::string{module}, std::string{name}, judge(module, name)});
  }
  return Value{Kind::global, at->second};
}

Value Tree::text(std::uint64_t offset, const unsigned char* bytes, std::size_t size) {
  Value value{Kind::text, 0, offset};
  if (size > longest_pooled || pool_.size() + size + 2 > pool_size) return value;
  value.node = static_cast<std::uint32_t>(pool_.size() + 1);
  const auto length = static_cast<std::uint16_t>(size);
  pool_.append(reinterpret_cast<const char*>(&length), sizeof length);
  pool_.append(reinterpret_cast<const char*>(bytes), size);
  return value;
}

std::optional<std::string> Tree::text_of(const Value& value, std::size_t most) const {
  if (value.kind != Kind::text && value.kind != Kind::bytes) return std::nullopt;
  if (value.node > 0) {
    std::uint16_t length = 0;
    std::memcpy(&length, pool_.data() + value.node - 1, sizeof length);
    return pool_.substr(value.node - 1 + sizeof length, std::min<std::size_t>(length, most));
  }
  if (++read_again_ > most_read_again) throw Unscannable{"it goes back to what it said before too often"};
  const auto blob = blob_at(source_, value.bits);
  if (!blob) return std::nullopt;
  return decode(source_, *blob, most);
}

std::optional<Blob> Tree::blob_of(const Value& value) const {
  if (value.kind != Kind::text && value.kind != Kind::bytes) return std::nullopt;
  return blob_at(source_, value.bits);
}

const Value* Tree::find(const Value& dict, std::string_view key) const {
  const Node* node = parts(dict);
  if (node == nullptr || (dict.kind != Kind::dict && !dict.is_object())) return nullptr;
  // Of a key that is set twice, the later value holds.
  for (std::size_t at = node->items.size() / 2; at-- > 0;) {
    if (text_of(node->items[2 * at], key.size() + 1) == key) return &node->items[2 * at + 1];
  }
  return nullptr;
}

const Value* Tree::attribute(const Value& object, std::string_view name) const {
  const Node* node = object.is_object() ? parts(object) : nullptr;
  if (node == nullptr) return nullptr;
  const Node* state = parts(node->state);
  if (state == nullptr || state->items.size() > 2 * most_state_attributes) return nullptr;
  if (node->state.kind == Kind::dict) return find(node->state, name);
  // (attributes, slots), as objects with __slots__ have them
  if (node->state.kind != Kind::tuple || state->items.size() != 2) return nullptr;
  const Value* slot = find(state->items[1], name);
  return slot != nullptr ? slot : find(state->items[0], name);
}

const Global* Tree::maker(const Value& object) const {
  const Node* node = object.is_object() ? parts(object) : nullptr;
  if (node == nullptr || node->callee.kind != Kind::global) return nullptr;
  return &global_of(node->callee);
}

}  // namespace mlops::formats::pickle
