// A fresh registry for each example, and short words for what the examples put into it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <mlops/store/store.hpp>
#include <mlops/support/digest.hpp>
#include <mlops/support/error.hpp>

namespace mlops::store::contract {

// Where a store that does not exist yet may be created; each call gives another place.
using FreshUrl = std::function<std::string()>;

inline domain::Origin origin(const std::string& actor = "ann <ann@example.org>") {
  return {.actor = actor, .host = "laptop", .command = "an example", .ci_url = {}};
}

// 2026-11-01T00:00:00Z (date -u -d 2026-11-01 +%s) and minutes after it.
inline Timestamp minute(std::int64_t minutes) { return Timestamp{(1793491200 + 60 * minutes) * 1000}; }

class Registry {
 public:
  explicit Registry(const FreshUrl& fresh_url) : url_{fresh_url()} {
    create_store(url_);
    store_ = open_store({.url = url_, .for_writing = true});
  }

  [[nodiscard]] const std::string& url() const { return url_; }
  Store& store() { return *store_; }
  std::unique_ptr<ReadTransaction> read() { return store_->read(); }

  // One transaction that does `change` and commits.
  template <typename Change>
  auto write(Timestamp now, const std::string& actor, const Change& change) {
    const auto transaction = store_->write(origin(actor), now);
    if constexpr (std::is_void_v<decltype(change(*transaction))>) {
      change(*transaction);
      transaction->commit();
    } else {
      auto result = change(*transaction);
      transaction->commit();
      return result;
    }
  }
  template <typename Change>
  auto write(const Change& change) {
    return write(minute(0), origin().actor, change);
  }

 private:
  std::string url_;
  std::unique_ptr<Store> store_;
};

inline std::vector<domain::FileEntry> files_of(const std::string& content) {
  return {{.path = "model.bin", .digest = sha256(content), .size = content.size(), .executable = false}};
}

inline domain::Version version_of(const std::string& model, const std::string& content = "weights") {
  domain::Version version;
  version.id.model = model;
  version.digest = sha256("manifest of " + content);
  return version;
}

inline domain::Version add(WriteTransaction& write, domain::Version version) {
  write.ensure_model(version.id.model);
  const std::string content = version.digest.hex();
  return write.add_version(std::move(version), files_of(content));
}

inline domain::Version add(Registry& registry, const domain::Version& version) {
  return registry.write([&](WriteTransaction& write) { return add(write, version); });
}

inline domain::StageChange promotion(const std::string& model, std::int64_t version,
                                     std::optional<std::int64_t> previous, const std::string& stage = "production") {
  domain::StageChange change;
  change.model = model;
  change.stage = stage;
  change.version = version;
  change.previous = previous;
  change.message = "an example";
  return change;
}

inline domain::GitState commit_of(char digit) {
  domain::GitState git;
  git.commit = std::string(40, digit);
  git.branch = "main";
  return git;
}

inline domain::Dataset dataset_of(const std::string& name, const std::string& content) {
  domain::Dataset dataset;
  dataset.name = name;
  dataset.digest = sha256(content);
  dataset.rows = 3;
  dataset.columns = {{"age", "integer"}, {"name", "text"}};
  dataset.source = "data/" + name + ".csv";
  return dataset;
}

inline domain::DataUse use_of(const std::string& role, const domain::Dataset& dataset) {
  return {.role = role, .dataset = dataset.name, .number = dataset.number, .digest = dataset.digest};
}

inline domain::Run run_of(const std::string& model) {
  domain::Run run;
  run.model = model;
  run.command = {"python3", "train.py"};
  run.host = "laptop";
  run.pid = 42;
  run.started_at = minute(1);
  run.params = {{"lr", Json{0.1}}, {"solver", Json{"adam"}}};
  run.environment = Json::object({{"python", "3.11"}});
  return run;
}

// The error that `act` ends in; fails the example when there is none.
template <typename Act>
Error error_of(const Act& act) {
  try {
    act();
  } catch (const Error& error) {
    return error;
  }
  throw std::logic_error{"an error was expected"};
}

}  // namespace mlops::store::contract
