// [hooks.NAME]: who is told of what.
#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/address.hpp>
#include <mlops/support/text.hpp>

#include "policy_parts.hpp"
#include "segments.hpp"

namespace mlops::domain {
namespace {

constexpr std::size_t longest_url = 2000;

std::vector<HookEvent> read_events(const TableReader& reader) {
  const std::vector<std::string> known = hook_event_names();
  std::vector<HookEvent> events;
  const auto names = reader.strings("on");
  if (!names && reader.find("on") == nullptr) {
    reader.mistake(reader.line(), fmt::format("`on` is needed: any of {}", join(known, ", ")));
  }
  for (const auto& [name, line] : names.value_or(std::vector<TableReader::Item>{})) {
    const auto event = parse_hook_event(name);
    if (!event) {
      const auto near = near_miss(name, known);
      reader.mistake(line, fmt::format("unknown event `{}`{}", shown(name),
                                       near ? fmt::format(", did you mean `{}`?", *near)
                                            : fmt::format(" (events: {})", join(known, ", "))));
    } else if (std::ranges::find(events, *event) == events.end()) {
      events.push_back(*event);
    }
  }
  if (names && names->empty()) reader.mistake(reader.line_of("on"), "`on` names no event");
  return events;
}

// The authority of a URL: "user@host:443".
std::string_view authority_of(std::string_view url) {
  const std::string_view rest = url.substr(url.find("://") + 3);
  return rest.substr(0, rest.find_first_of("/?#"));
}

std::string_view host_of(std::string_view authority) {
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

bool is_plain_text(std::string_view url) {
  return std::ranges::all_of(url, [](char c) { return c > ' ' && c < '\x7f' && c != '\\'; });
}

std::string read_variable(const TableReader& reader, std::string_view key) {
  const auto name = reader.string(key);
  if (!name) return "";
  if (is_variable_name(*name)) return *name;
  // It may be the secret itself, so it is not shown.
  reader.mistake(reader.line_of(key), fmt::format("`{}` is the name of an environment variable, not its value", key));
  return "";
}

void read_webhook(const TableReader& reader, Hook& hook) {
  hook.allow_private = reader.boolean("allow_private").value_or(false);
  hook.url_from = read_variable(reader, "url_from");
  hook.secret = read_variable(reader, "secret");
  hook.url = reader.string("url").value_or("");
  if (reader.find("url") == nullptr) return;
  if (const auto fault = fault_of_hook_url(hook.url, hook.allow_private)) {
    reader.mistake(reader.line_of("url"), fmt::format("`url` {}", *fault));
  }
}

}  // namespace

std::optional<std::string> fault_of_hook_url(std::string_view url, bool allow_private) {
  const bool is_secure = url.starts_with("https://");
  if (!is_secure && !url.starts_with("http://")) return "must begin with `https://`";
  if (url.size() > longest_url || !is_plain_text(url)) return "is no URL: it has characters that a URL can't have";
  const std::string_view authority = authority_of(url);
  if (authority.find('@') != std::string_view::npos) {
    return "has credentials in it, which don't belong into this file: keep the URL in a variable, and its name in "
           "`url_from`";
  }
  const std::string_view host = host_of(authority);
  if (host.empty()) return "names no host";
  if (allow_private) return std::nullopt;
  if (!is_secure) return "must begin with `https://`, unless `allow_private = true`";
  if (const auto why = why_not_public(host)) {
    return fmt::format("leads to {}; that needs `allow_private = true`", *why);
  }
  return std::nullopt;
}

Hook read_hook(const TableReader& reader, std::string_view name) {
  reader.refuse_unknown({"on", "command", "url", "url_from", "secret", "allow_private"});
  Hook hook;
  hook.name = name;
  hook.on = read_events(reader);
  const int ways = (reader.find("command") != nullptr ? 1 : 0) + (reader.find("url") != nullptr ? 1 : 0) +
                   (reader.find("url_from") != nullptr ? 1 : 0);
  if (ways != 1) reader.mistake(reader.line(), "needs one of `command`, `url` and `url_from`");
  if (reader.find("command") == nullptr) {
    read_webhook(reader, hook);
    return hook;
  }
  hook.command = read_command(reader, {});
  for (const std::string_view key : {"secret", "allow_private"}) {
    if (reader.find(key) != nullptr) reader.mistake(reader.line_of(key), fmt::format("`{}` is for webhooks", key));
  }
  return hook;
}

}  // namespace mlops::domain
