// What can be asked of the registry, and the answers that are more than one record.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <mlops/domain/filter.hpp>
#include <mlops/domain/hook.hpp>
#include <mlops/domain/lineage.hpp>
#include <mlops/domain/records.hpp>

namespace mlops::store {

struct Holder {
  std::string stage;
  std::int64_t version = 0;
  Timestamp since;
};

struct AliasTarget {
  std::string alias;
  std::int64_t version = 0;
};

struct ModelSummary {
  domain::Model model;
  std::int64_t versions = 0;  // that are not deleted
  std::int64_t latest = 0;    // the number of the newest of them, 0 without versions
  std::optional<Timestamp> latest_at;
  std::vector<Holder> holders;
};

struct VersionSummary {
  domain::Version version;
  domain::Tags tags;
  std::vector<std::string> stages;  // held now
  std::vector<std::string> aliases;
  std::optional<domain::Deprecation> deprecation;
  std::optional<domain::Deletion> deletion;
};

// Pages are cut by key, not by offset: `after` is the `next` of the page before.
template <typename T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next;  // nullopt on the last page
};

struct VersionQuery {
  std::string model;  // "" for the versions of all models
  domain::Filter filter;
  bool with_deleted = false;
  std::string sort = "number";  // "number", "age", "size", "semver", "metrics.NAME", "params.NAME"
  bool descending = true;
  std::size_t limit = 50;
  std::optional<std::string> after;
  Timestamp now;  // for ages in the filter
};

struct RunQuery {
  std::optional<std::string> model;
  domain::Filter filter;
  std::string sort = "number";  // "number", "age", "duration", "metrics.NAME", "params.NAME"
  bool descending = true;
  std::size_t limit = 50;
  std::optional<std::string> after;
  Timestamp now;  // for ages in the filter
};

struct EventQuery {
  std::uint64_t after = 0;  // events with a greater sequence
  std::size_t limit = 1000;
  std::optional<std::string> model;
  std::optional<std::string> actor;        // a part of it, without regard to case
  std::optional<std::string> kind_prefix;  // "stage" or "stage.promoted"
  std::optional<Timestamp> since;
  std::optional<Timestamp> until;
};

// An event as stored: its exact bytes, so that a verifier hashes what is there and not what we make of it.
struct StoredEvent {
  std::uint64_t sequence = 0;
  std::string canonical;
  Digest leaf;
};

struct LineageQuery {
  domain::NodeKind kind = domain::NodeKind::version;  // no firing or batch
  std::string id;  // as LineageNode::id; a commit may be a prefix of at least 7 digits
  domain::Direction direction = domain::Direction::both;
  std::size_t depth = 20;
  std::size_t limit = 1000;  // of nodes
};

struct DeliveryQuery {
  std::optional<std::string> hook = {};
  std::optional<domain::DeliveryState> state = {};
  bool untried = false;  // only those that nobody has tried to send
  bool newest_first = false;
  std::size_t limit = 1000;
};

// Names the hooks that are told of an event.
using HooksOf = std::function<std::vector<std::string>(domain::HookEvent event)>;

// Who needs objects of the artifact store.
struct ObjectOwner {
  domain::NodeKind kind = domain::NodeKind::version;  // version, dataset or run
  std::string id;                                     // "churn@7", "train@3", "12"
  // Of a run: whether it is still running or a version that is not deleted came of it, and when it ended.
  bool has_version = true;
  std::optional<Timestamp> ended_at = {};
};
struct NeededObject {
  Digest digest;
  std::optional<std::uint64_t> size;  // where it is recorded: of files
  std::string what;                   // "model.bin", "its manifest", "its log"
  std::string uri = {};               // of a file that stays where it is: the store need not have it
};
using NeedVisit = std::function<void(const ObjectOwner&, const NeededObject&)>;

}  // namespace mlops::store
