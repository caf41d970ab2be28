#include "yaml/yaml.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "yaml/yaml_events.hpp"
#include "yaml/yaml_scalar.hpp"

namespace mlops::formats {

namespace {

using YamlKind = YamlEvent::Kind;

constexpr std::string_view own_tags = "tag:yaml.org,2002:";
constexpr std::size_t deepest = 64;
constexpr std::size_t most_values = 500'000;
// What anchors and aliases may copy, in bytes: a few letters can stand for a billion values.
constexpr std::size_t most_copied = 8u << 20;

class Builder {
 public:
  Builder(std::string_view text, std::string_view source) : events_{text, source} {}

  Json document() {
    (void)events_.next();  // the stream begins
    YamlEvent event = events_.next();
    if (event.kind == YamlKind::stream_end) return Json{};
    event = events_.next();
    Json root = value(event, 0);
    (void)events_.next();  // the document ends
    event = events_.next();
    if (event.kind != YamlKind::stream_end) events_.fail(event, "a second document, where one is expected");
    return root;
  }

 private:
  struct Anchored {
    Json value;
    std::size_t weight = 0;
  };

  Json value(const YamlEvent& event, std::size_t depth) {
    if (event.kind == YamlKind::alias) return expanded(event);
    if (depth == deepest) events_.fail(event, fmt::format("nested more than {} levels deep", deepest));
    if (++values_ > most_values) events_.fail(event, fmt::format("more than {} values", most_values));
    const std::size_t before = weight_;
    weight_ += sizeof(Json) + event.value.size();
    Json result = event.kind == YamlKind::scalar           ? scalar(event)
                  : event.kind == YamlKind::sequence_start ? sequence(event, depth)
                                                           : mapping(event, depth);
    if (!event.anchor.empty()) {
      const std::size_t weight = weight_ - before;
      spend(event, weight);
      anchors_[event.anchor] = {result, weight};
    }
    return result;
  }

  Json expanded(const YamlEvent& event) {
    const auto found = anchors_.find(event.anchor);
    if (found == anchors_.end())
      events_.fail(event, fmt::format("alias `*{}` refers to nothing before it", event.anchor));
    spend(event, found->second.weight);
    weight_ += found->second.weight;
    return found->second.value;
  }

  void spend(const YamlEvent& event, std::size_t weight) {
    copied_ += weight;
    if (copied_ > most_copied)
      events_.fail(event, fmt::format("aliases expand to more than {}", bytes_text(most_copied)));
  }

  // Of YAML's own tags, what follows their prefix; "" for no tag, or for one that says nothing.
  std::string_view own_type(const YamlEvent& event) const {
    const std::string_view tag = event.tag;
    if (tag.empty() || tag == "!") return "";
    if (!tag.starts_with(own_tags)) events_.fail(event, fmt::format("tag `{}` is none of YAML's own", tag));
    return tag.substr(own_tags.size());
  }

  [[noreturn]] void wrong_tag(const YamlEvent& event) const {
    events_.fail(event, fmt::format("tag `{}` does not fit what it stands before", event.tag));
  }

  Json scalar(const YamlEvent& event) const {
    const std::string_view type = own_type(event);
    if (type.empty()) return event.plain && event.tag.empty() ? plain_scalar(event.value) : Json{event.value};
    auto typed = tagged_scalar(type, event.value);
    if (!typed) wrong_tag(event);
    return *std::move(typed);
  }

  Json sequence(const YamlEvent& event, std::size_t depth) {
    const std::string_view type = own_type(event);
    if (!type.empty() && type != "seq" && type != "omap" && type != "pairs") wrong_tag(event);
    Json::Array items;
    for (YamlEvent item = events_.next(); item.kind != YamlKind::sequence_end; item = events_.next()) {
      items.push_back(value(item, depth + 1));
    }
    return Json{std::move(items)};
  }

  Json mapping(const YamlEvent& event, std::size_t depth) {
    const std::string_view type = own_type(event);
    if (!type.empty() && type != "map" && type != "set") wrong_tag(event);
    Json::Object members;
    std::unordered_set<std::string> keys;
    std::vector<Json> merged;
    for (YamlEvent key = events_.next(); key.kind != YamlKind::mapping_end; key = events_.next()) {
      if (key.kind != YamlKind::scalar) events_.fail(key, "a key that is not a scalar");
      if (!key.anchor.empty()) events_.fail(key, "a key with an anchor");
      (void)own_type(key);
      const YamlEvent next = events_.next();
      Json held = value(next, depth + 1);
      if (key.plain && key.value == "<<" && key.tag.empty()) {
        note_merged(next, std::move(held), merged);
        continue;
      }
      if (!keys.insert(key.value).second) events_.fail(key, fmt::format("duplicate key `{}`", key.value));
      weight_ += key.value.size();
      members.emplace_back(std::move(key.value), std::move(held));
    }
    for (const Json& source : merged) merge(source, members, keys);
    return Json{std::move(members)};
  }

  // `<<: *defaults`, or a list of such.
  void note_merged(const YamlEvent& at, Json held, std::vector<Json>& merged) const {
    Json::Array sources = held.is_array() ? held.as_array() : Json::Array{std::move(held)};
    for (Json& source : sources) {
      if (!source.is_object()) events_.fail(at, "`<<` merges something that is not a mapping");
      merged.push_back(std::move(source));
    }
  }

  // The mapping's own keys win, then those merged first.
  static void merge(const Json& source, Json::Object& members, std::unordered_set<std::string>& keys) {
    for (const auto& [key, held] : source.as_object()) {
      if (keys.insert(key).second) members.emplace_back(key, held);
    }
  }

  YamlEvents events_;
  std::unordered_map<std::string, Anchored> anchors_;
  std::size_t values_ = 0;
  std::size_t weight_ = 0;  // of what was built so far
  std::size_t copied_ = 0;
};

// Of what PyYAML writes for values that are not YAML's own, those which name no class and no function.
constexpr std::array<std::string_view, 12> plain_python = {"none", "bool",  "str",     "unicode", "bytes", "int",
                                                           "long", "float", "complex", "list",    "tuple", "dict"};
constexpr std::array<std::string_view, 13> yaml_types = {"null",  "bool", "int", "float", "binary", "timestamp", "omap",
                                                         "pairs", "set",  "str", "seq",   "map",    "merge"};

// "python/object:m.C" for a tag that makes an object; nullopt for all others.
std::optional<std::string> object_tag(std::string_view tag) {
  if (!tag.starts_with(own_tags)) return std::nullopt;
  const std::string_view type = tag.substr(own_tags.size());
  if (std::ranges::find(yaml_types, type) != yaml_types.end() || type == "value") return std::nullopt;
  constexpr std::string_view python = "python/";
  if (type.starts_with(python) && std::ranges::find(plain_python, type.substr(python.size())) != plain_python.end()) {
    return std::nullopt;
  }
  return std::string{type};
}

}  // namespace

Json parse_yaml(std::string_view text, std::string_view source) { return Builder{text, source}.document(); }

YamlTags object_tags(std::string_view text) {
  constexpr std::size_t most_tags = 100;
  YamlTags found;
  found.given_up = true;
  try {
    YamlEvents events{text, "YAML"};
    found.given_up = false;
    std::size_t depth = 0;
    for (YamlEvent event = events.next(); event.kind != YamlKind::stream_end; event = events.next()) {
      if (auto tag = object_tag(event.tag)) found.tags.push_back({*std::move(tag), event.line});
      if (event.kind == YamlKind::sequence_start || event.kind == YamlKind::mapping_start) ++depth;
      if (event.kind == YamlKind::sequence_end || event.kind == YamlKind::mapping_end) --depth;
      found.given_up = depth > deepest;
      if (found.given_up) events.fail(event, fmt::format("nested more than {} levels deep", deepest));
      if (found.tags.size() == most_tags) break;
    }
  } catch (const Error& error) {
    found.broken = error.message();
  }
  return found;
}

}  // namespace mlops::formats
