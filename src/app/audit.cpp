#include <mlops/app/audit.hpp>

#include <algorithm>
#include <map>
#include <unordered_map>

#include <fmt/core.h>

#include <mlops/domain/files.hpp>
#include <mlops/domain/merkle.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "resolve.hpp"

namespace mlops::app {

namespace {

constexpr std::size_t most_problems = 100;

std::optional<Timestamp> read_time(const std::optional<std::string>& text, std::string_view flag, Timestamp now) {
  if (!text) return std::nullopt;
  // A date means its end everywhere, but "since" a day takes the whole of it.
  const bool is_date = text->size() == std::string_view{"2026-11-01"}.size() && text->find('-') == 4;
  const bool from_midnight = flag == "--since" && is_date;
  if (const auto time = parse_time(from_midnight ? *text + "T00:00:00Z" : *text, now)) return time;
  throw Error{ErrorKind::usage,
              fmt::format("{} `{}` is not a time", flag, printable(*text)),
              {"write a date (2026-11-01), a time (2026-11-01T09:30:00Z) or a span back from now (3d)"}};
}

// The state that the events lead to, as digests: memory stays small for millions of subjects.
struct Expected {
  Digest state;
  std::uint64_t event = 0;
  bool exists = false;
};

// None for a state that no event can have left, such as one with text that is not UTF-8.
std::optional<Digest> digest_of(const Json& state) {
  try {
    return sha256(canonical(state));
  } catch (const Error&) {
    return std::nullopt;
  }
}

// What an event tells of a list of files: the digest over it, and one over the places of those that stay elsewhere.
struct ToldFiles {
  Digest digest;
  std::optional<Digest> references;
  std::uint64_t event = 0;
};

std::optional<Digest> references_told_by(const std::vector<domain::FileEntry>& files) {
  const auto references = domain::references_of(files);
  return references ? digest_of(domain::to_json(*references)) : std::nullopt;
}

class Verifier {
 public:
  explicit Verifier(AuditVerifyOutcome& outcome) : outcome_{outcome} {}

  void take_event(const store::StoredEvent& stored) {
    ++outcome_.events;
    if (stored.sequence != outcome_.events) {
      complain(stored.sequence, "", fmt::format("event {} is missing", outcome_.events));
      outcome_.events = stored.sequence;
    }
    const Digest leaf = domain::leaf_hash(stored.canonical);
    if (leaf != stored.leaf) complain(stored.sequence, "", "the event is not what its hash was made from");
    tree_.append(leaf);
    replay(stored);
  }

  void take_head(const domain::MerkleFrontier& head, const Digest& root) {
    outcome_.root = tree_.root();
    if (head.size() != tree_.size()) {
      complain(std::min(head.size(), tree_.size()) + 1, "",
               fmt::format("the log's head counts {} events, but there are {}", head.size(), tree_.size()));
    } else if (head.root() != tree_.root() || root != tree_.root()) {
      complain(std::nullopt, "",
               fmt::format("the Merkle root is {}, but the log's head says {}", tree_.root().short_text(),
                           root.short_text()));
    }
  }

  void take_subject(const std::string& subject, const Json& state) {
    ++outcome_.subjects;
    const auto found = expected_.find(subject);
    if (found == expected_.end() || !found->second.exists) {
      complain(std::nullopt, subject, "it is in the registry, but no event tells of it");
      return;
    }
    if (digest_of(state) != found->second.state) {
      complain(found->second.event, subject, "its present state is not what its last event left");
    }
    expected_.erase(found);
  }

  void take_stage_change(const domain::StageChange& change) {
    const auto found = changes_.find(change.id);
    const std::string subject = domain::stage_subject(change.model, change.stage);
    if (found == changes_.end()) {
      complain(std::nullopt, subject,
               fmt::format("change {} of the stage is recorded, but no event tells of it", change.id));
      return;
    }
    if (digest_of(domain::to_json(change)) != found->second.state) {
      complain(found->second.event, subject,
               fmt::format("change {} of the stage is not what its event tells", change.id));
    }
    changes_.erase(found);
  }

  void take_file_list(const std::string& subject, const std::vector<domain::FileEntry>& files) {
    const auto found = digests_.find(subject);
    if (found == digests_.end()) return;  // take_subject has complained
    const auto& [digest, references, event] = found->second;
    if (subject.starts_with("version/") ? !is_version(files, digest) : !is_dataset(files, digest)) {
      complain(event, subject, "its list of files doesn't have the digest that its event tells");
    } else if (references != references_told_by(files)) {
      complain(event, subject, "the places of its files are not those that its event tells");
    }
    digests_.erase(found);
  }

  void finish() {
    for (const auto& [subject, expected] : expected_) {
      if (expected.exists) complain(expected.event, subject, "an event tells of it, but it is not in the registry");
    }
    for (const auto& [id, expected] : changes_) {
      complain(expected.event, "", fmt::format("change {} of a stage is told of, but not recorded", id));
    }
    for (const auto& [subject, told] : digests_) complain(told.event, subject, "its list of files is gone");
    std::stable_sort(outcome_.problems.begin(), outcome_.problems.end(),
                     [](const AuditProblem& a, const AuditProblem& b) {
                       return a.event.value_or(UINT64_MAX) < b.event.value_or(UINT64_MAX);
                     });
    if (outcome_.problems.size() > most_problems) outcome_.problems.resize(most_problems);
  }

 private:
  static bool is_version(const std::vector<domain::FileEntry>& files, const Digest& digest) {
    return !files.empty() && domain::make_manifest(files, domain::Content::model).digest == digest;
  }
  static bool is_dataset(const std::vector<domain::FileEntry>& files, const Digest& digest) {
    return !files.empty() && domain::dataset_digest(files) == digest;
  }

  void replay(const store::StoredEvent& stored) {
    domain::Event event;
    try {
      event = domain::parse_event(stored.canonical);
    } catch (const Error& error) {
      complain(stored.sequence, "", error.message());
      return;
    }
    if (event.sequence != stored.sequence)
      complain(stored.sequence, event.subject, "the event names another sequence number");
    Expected& expected = expected_[event.subject];
    const bool existed = !event.before.is_null();
    if (existed != expected.exists || (existed && sha256(canonical(event.before)) != expected.state)) {
      complain(stored.sequence, event.subject, "the event begins with another state than the one before it left");
    }
    expected.exists = !event.after.is_null();
    expected.event = stored.sequence;
    if (expected.exists) expected.state = sha256(canonical(event.after));
    note_parts(event);
  }

  // Parts of a subject's state that are checked on their own: every stage change, and the digest over a list of files.
  void note_parts(const domain::Event& event) {
    if (event.after.is_null()) return;
    if (event.subject.starts_with("stage/")) {
      const Json* id = event.after.find("id");
      if (id && id->is_integer()) changes_[id->as_integer()] = {sha256(canonical(event.after)), event.sequence, true};
    }
    if (event.subject.starts_with("version/") || event.subject.starts_with("dataset/")) {
      const Json* digest = event.after.find("digest");
      const auto parsed = digest && digest->is_string() ? Digest::parse(digest->as_string()) : std::nullopt;
      if (!parsed) return;
      const Json* references = event.after.find("references");
      digests_.insert_or_assign(event.subject,
                                ToldFiles{*parsed, references ? digest_of(*references) : std::nullopt, event.sequence});
    }
  }

  void complain(std::optional<std::uint64_t> event, std::string subject, std::string message) {
    constexpr std::size_t most_kept = 100 * most_problems;  // enough to find the earliest among them
    if (outcome_.problems.size() < most_kept)
      outcome_.problems.push_back({event, std::move(subject), std::move(message)});
  }

  AuditVerifyOutcome& outcome_;
  domain::MerkleFrontier tree_;
  std::unordered_map<std::string, Expected> expected_;
  std::map<std::int64_t, Expected> changes_;
  std::unordered_map<std::string, ToldFiles> digests_;
};

}  // namespace

void audit_log(Workspace& workspace, const AuditLogRequest& request,
               const std::function<void(const domain::Event&)>& visit) {
  if (request.model) require_model(*workspace.read(), *request.model);
  store::EventQuery query;
  query.model = request.model;
  query.actor = request.actor;
  query.kind_prefix = request.kind;
  query.since = read_time(request.since, "--since", workspace.now());
  query.until = read_time(request.until, "--until", workspace.now());
  for (;;) {
    // A transaction for each page: a reader that waits for its pager must not keep writers waiting too.
    const auto events = workspace.read()->events(query);
    for (const auto& event : events) visit(event);
    if (events.size() < query.limit) return;
    query.after = events.back().sequence;
  }
}

AuditVerifyOutcome verify_audit(Workspace& workspace) {
  AuditVerifyOutcome outcome;
  Verifier verifier{outcome};
  const auto view = workspace.read();
  view->for_each_event([&](const store::StoredEvent& event) { verifier.take_event(event); });
  verifier.take_head(view->log_head(), view->log_root());
  view->for_each_subject([&](const std::string& subject, const Json& state) { verifier.take_subject(subject, state); });
  view->for_each_stage_change([&](const domain::StageChange& change) { verifier.take_stage_change(change); });
  view->for_each_file_list([&](const std::string& subject, const std::vector<domain::FileEntry>& files) {
    verifier.take_file_list(subject, files);
  });
  verifier.finish();
  // What the store keeps beside the records to find them by could still lead a search to the wrong ones.
  if (outcome.problems.empty()) {
    for (std::string& problem : workspace.store().health().problems) {
      outcome.problems.push_back({std::nullopt, "", std::move(problem)});
    }
  }
  return outcome;
}

}  // namespace mlops::app
