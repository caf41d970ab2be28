#include <mlops/domain/event.hpp>

#include <fmt/core.h>

#include <mlops/support/error.hpp>

namespace mlops::domain {
namespace {

Error bad_event(std::string_view why) {
  return Error{ErrorKind::integrity, fmt::format("an event of the audit log is damaged: {}", why)};
}

Timestamp time_of(const Json& json) {
  const std::string& text = json.as_string();
  const auto at = parse_time(text, Timestamp{});
  if (!at) throw bad_event("its time can't be read");
  return *at;
}

Event event_from_json(const Json& json) {
  Event event;
  event.sequence = static_cast<std::uint64_t>(json.at("sequence").as_integer());
  event.at = time_of(json.at("at"));
  event.origin.actor = json.at("actor").as_string();
  event.origin.host = json.at("host").as_string();
  event.origin.command = json.at("command").as_string();
  if (const Json& url = json.at("ci_url"); !url.is_null()) event.origin.ci_url = url.as_string();
  event.kind = json.at("kind").as_string();
  event.subject = json.at("subject").as_string();
  event.before = json.at("before");
  event.after = json.at("after");
  return event;
}

}  // namespace

Json to_json(const Event& event) {
  return Json::object({{"sequence", event.sequence},
                       {"at", rfc3339(event.at)},
                       {"actor", event.origin.actor},
                       {"host", event.origin.host},
                       {"command", event.origin.command},
                       {"ci_url", event.origin.ci_url},
                       {"kind", event.kind},
                       {"subject", event.subject},
                       {"before", event.before},
                       {"after", event.after}});
}

std::string canonical_event(const Event& event) { return canonical(to_json(event)); }

Event parse_event(std::string_view text) {
  Event event;
  try {
    event = event_from_json(parse_json(text, "event"));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::integrity) throw;
    throw bad_event(error.message());
  }
  // Whatever reads differently from what it is hashed as could hide a change: unknown members, other spellings.
  if (canonical_event(event) != text) throw bad_event("it is not in canonical form");
  return event;
}

std::string subject_of(const Model& model) { return "model/" + model.name; }
std::string subject_of(const Version& version) { return "version/" + version.id.text(); }
std::string subject_of(const Dataset& dataset) { return "dataset/" + dataset.text(); }
std::string subject_of(const Run& run) { return fmt::format("run/{}", run.number); }
std::string subject_of(const Verdict& verdict) { return fmt::format("verdict/{}", verdict.id); }
std::string subject_of(const Approval& approval) { return fmt::format("approval/{}", approval.id); }
std::string subject_of(const Waiver& waiver) { return fmt::format("waiver/{}", waiver.id); }
std::string subject_of(const RunRelease& release) { return fmt::format("release/{}", release.run); }
std::string subject_of(const Collection& collection) { return fmt::format("collection/{}", collection.id); }
std::string tags_subject(const VersionId& id) { return "tags/" + id.text(); }
std::string deprecation_subject(const VersionId& id) { return "deprecation/" + id.text(); }
std::string deletion_subject(const VersionId& id) { return "deletion/" + id.text(); }
std::string stage_subject(std::string_view model, std::string_view stage) {
  return fmt::format("stage/{}@{}", model, stage);
}
std::string alias_subject(std::string_view model, std::string_view alias) {
  return fmt::format("alias/{}@{}", model, alias);
}

std::string model_of_subject(std::string_view subject) {
  const std::size_t slash = subject.find('/');
  if (slash == std::string_view::npos) return "";
  const std::string_view type = subject.substr(0, slash);
  const std::string_view name = subject.substr(slash + 1);
  if (type == "model") return std::string{name};
  const bool names_model = type == "version" || type == "stage" || type == "alias" || type == "tags" ||
                           type == "deprecation" || type == "deletion";
  return names_model ? std::string{name.substr(0, name.find('@'))} : "";
}

}  // namespace mlops::domain
