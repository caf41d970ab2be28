// Several processes at once.
#pragma once

#include <cstdlib>
#include <set>

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "registry.hpp"

namespace mlops::store::contract {

// Runs `act(i)` in `count` processes of their own and says how each ended: 0, or 1 when it threw.
template <typename Act>
std::vector<int> in_processes(int count, const Act& act) {
  std::vector<pid_t> children;
  for (int i = 0; i < count; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      int status = 0;
      try {
        act(i);
      } catch (...) {
        status = 1;
      }
      _exit(status);
    }
    children.push_back(child);
  }
  std::vector<int> statuses;
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    statuses.push_back(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  }
  return statuses;
}

inline std::string new_store(const FreshUrl& fresh_url) {
  auto url = fresh_url();
  create_store(url);
  return url;
}

inline void many_writers_lose_nothing(const FreshUrl& fresh_url) {
  const std::string url = new_store(fresh_url);
  constexpr int writers = 8;
  constexpr int writes = 25;
  const auto statuses = in_processes(writers, [&](int writer) {
    for (int i = 0; i < writes; ++i) {
      const auto store = open_store({.url = url, .for_writing = true});
      const auto write = store->write(origin("writer " + std::to_string(writer)), minute(i));
      add(*write, version_of("churn", std::to_string(writer) + "/" + std::to_string(i)));
      write->commit();
    }
  });
  CHECK(statuses == std::vector<int>(writers, 0));

  const auto store = open_store({.url = url});
  const auto read = store->read();
  CHECK(read->latest("churn") == writers * writes);
  CHECK(read->log_head().size() == writers * writes + 1);
  CHECK(read->models(1, std::nullopt).items.front().versions == writers * writes);
  std::set<Digest> digests;
  for (int number = 1; number <= writers * writes; ++number) digests.insert(read->version({"churn", number})->digest);
  CHECK(digests.size() == writers * writes);
}

inline void one_promotion_wins(const FreshUrl& fresh_url) {
  const std::string url = new_store(fresh_url);
  constexpr int rivals = 6;
  {
    const auto store = open_store({.url = url, .for_writing = true});
    const auto write = store->write(origin(), minute(0));
    for (int i = 0; i < rivals; ++i) add(*write, version_of("churn", std::to_string(i)));
    write->commit();
  }
  const auto statuses = in_processes(rivals, [&](int rival) {
    const auto store = open_store({.url = url, .for_writing = true});
    const auto write = store->write(origin(), minute(1));
    write->change_stage(promotion("churn", rival + 1, std::nullopt));
    write->commit();
  });
  CHECK(std::count(statuses.begin(), statuses.end(), 0) == 1);
  CHECK(open_store({.url = url})->read()->stage_changes("churn", "production", std::nullopt, 10).size() == 1);
}

inline void a_killed_writer_leaves_a_sound_store(const FreshUrl& fresh_url) {
  const std::string url = new_store(fresh_url);
  const auto statuses = in_processes(1, [&](int) {
    const auto store = open_store({.url = url, .for_writing = true});
    const auto write = store->write(origin(), minute(0));
    // Enough to spill from memory into the file before the end.
    for (int i = 0; i < 3000; ++i) {
      auto version = version_of("churn", std::to_string(i));
      version.message = std::string(1000, 'x');
      add(*write, version);
    }
    kill(getpid(), SIGKILL);
  });
  CHECK(statuses == std::vector{128 + SIGKILL});

  const auto store = open_store({.url = url});
  CHECK(store->health().problems.empty());
  CHECK(store->read()->models(1, std::nullopt).items.empty());
  CHECK(store->read()->log_head().size() == 0);
  const auto writable = open_store({.url = url, .for_writing = true});
  const auto write = writable->write(origin(), minute(0));
  CHECK(add(*write, version_of("churn")).id.number == 1);
  write->commit();
}

inline void a_held_lock_is_reported(const FreshUrl& fresh_url) {
  const std::string url = new_store(fresh_url);
  const auto holder = open_store({.url = url, .for_writing = true});
  const auto held = holder->write(origin(), minute(0));
  held->ensure_model("churn");

  const auto waiting = open_store({.url = url, .for_writing = true, .busy_timeout_ms = 20});
  const auto error = error_of([&] { waiting->write(origin(), minute(0)); });
  CHECK(error.kind() == ErrorKind::unavailable);
  CHECK(error.message().find("is being changed by another process") != std::string::npos);
  CHECK(error.hints().front().find("another mlops process holds it") != std::string::npos);

  // Reading goes on beside an open change, and sees none of it.
  CHECK(open_store({.url = url})->read()->model("churn") == std::nullopt);
  held->commit();
  CHECK(open_store({.url = url})->read()->model("churn"));
}

inline void a_snapshot_stays_as_it_is(const FreshUrl& fresh_url) {
  Registry registry{fresh_url};
  add(registry, version_of("churn"));
  const auto first = registry.read();
  const auto second = registry.read();
  CHECK(first->latest("churn") == second->latest("churn"));
  CHECK(error_of([&] { registry.store().write(origin(), minute(0)); }).kind() == ErrorKind::failed);
}

}  // namespace mlops::store::contract
