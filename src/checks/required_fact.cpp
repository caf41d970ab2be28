#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "evidence.hpp"

namespace mlops::checks {
namespace {

constexpr std::size_t longest_found = 40;

struct Lookup {
  std::string found;    // "" when the fact is absent
  std::string missing;  // the reason then
};

std::string short_text(std::string_view text) { return truncate_to_width(printable(text), longest_found); }

template <typename Map, typename Write>
Lookup look_up(const Map& map, std::string_view kind, const std::string& key, const Write& write) {
  const auto found = map.find(key);
  if (found != map.end()) return {.found = write(found->second), .missing = {}};
  std::vector<std::string> known;
  for (const auto& [name, value] : map) known.push_back(name);
  return {.found = {}, .missing = no_such_key("", kind, key, known)};
}

Lookup look_up_keyed(const std::string& kind, const std::string& key, const Facts& facts) {
  const domain::Version& version = facts.version;
  if (kind == "tag") {
    // A tag may be a mere label.
    return look_up(facts.tags, kind, key,
                   [](const std::string& value) { return value.empty() ? std::string{"set"} : short_text(value); });
  }
  if (kind == "param") {
    return look_up(version.params, kind, key, [](const Json& value) { return short_text(to_line(value)); });
  }
  if (kind == "metric") return look_up(version.metrics, kind, key, [](double value) { return figure_text(value); });
  return {.found = {},
          .missing = fmt::format("`{}.{}` is no fact that this version of mlops knows", kind, printable(key))};
}

Lookup look_up_plain(const std::string& name, const Facts& facts) {
  const domain::Version& version = facts.version;
  if (name == "message") return {short_text(version.message), "it was registered without a message (`register -m`)"};
  if (name == "semver") return {version.semver ? version.semver->text() : "", "it has no SemVer (`register --semver`)"};
  if (name == "data") {
    return {version.data.empty() ? "" : count_text(version.data.size(), "dataset"),
            "no dataset is recorded (`register --data`)"};
  }
  if (name == "run")
    return {version.run ? fmt::format("run {}", *version.run) : "", "it is tied to no run (`register --run`)"};
  if (name == "parent") return {version.parent ? version.parent->text() : "", "it has no parent (`register --parent`)"};
  if (name == "signature") return {version.signature.is_null() ? "" : "recorded", "it has no signature"};
  if (name == "description") {
    return {short_text(facts.model_description),
            fmt::format("[model.{}] has no description in mlops.toml", version.id.model)};
  }
  return {"", fmt::format("`{}` is no fact that this version of mlops knows", printable(name))};
}

}  // namespace

domain::Evidence required_fact(const std::string& name, const Facts& facts) {
  const std::size_t dot = name.find('.');
  const bool has_key = dot != std::string::npos;
  const std::string kind = name.substr(0, dot);
  auto evidence =
      make_evidence("required." + name, has_key ? fmt::format("{} `{}`", kind, printable(name.substr(dot + 1))) : name);
  Lookup lookup = has_key ? look_up_keyed(kind, name.substr(dot + 1), facts) : look_up_plain(name, facts);
  if (!lookup.found.empty()) return passed(std::move(evidence), std::move(lookup.found));
  return failed(std::move(evidence), "none", std::move(lookup.missing));
}

}  // namespace mlops::checks
