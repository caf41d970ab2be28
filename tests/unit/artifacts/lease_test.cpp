#include "local/lease.hpp"

#include <catch2/catch.hpp>

#include <optional>

#include <sys/wait.h>
#include <unistd.h>

#include "store_for_tests.hpp"

namespace mlops::artifacts {
namespace {

std::set<std::string> lease_files(const LocalLayout& layout) { return files_below(layout.leases()); }

TEST_CASE("a lease is seen by others while it is held, and gone after") {
  const Sandbox box;
  const LocalLayout layout{box.store};
  CHECK(running_leases(layout, "", true).empty());
  {
    const Lease lease{layout, "register"};
    const auto running = running_leases(layout, "", true);
    REQUIRE(running.size() == 1);
    CHECK(running[0].id == lease.id());
    CHECK_THAT(running[0].holder, Catch::StartsWith("register, process " + std::to_string(::getpid()) + " on "));
    CHECK(lease_files(layout) == std::set<std::string>{lease.id()});
  }
  CHECK(running_leases(layout, "", false).empty());
  CHECK(lease_files(layout).empty());
}

TEST_CASE("one's own lease does not count") {
  const Sandbox box;
  const LocalLayout layout{box.store};
  const Lease own{layout, "gc"};
  CHECK(running_leases(layout, own.id(), true).empty());
  const Lease other{layout, ""};
  const auto running = running_leases(layout, own.id(), true);
  REQUIRE(running.size() == 1);
  CHECK_THAT(running[0].holder, Catch::StartsWith("a command, process "));
}

TEST_CASE("the lease of a command that was killed is removed, but only when asked") {
  const Sandbox box;
  const LocalLayout layout{box.store};
  const pid_t child = ::fork();
  if (child == 0) {
    const Lease lease{layout, "register"};
    ::_exit(0);  // as a killed one: nothing of it cleans up
  }
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  REQUIRE(lease_files(layout).size() == 1);
  CHECK(running_leases(layout, "", false).empty());
  CHECK(lease_files(layout).size() == 1);
  CHECK(running_leases(layout, "", true).empty());
  CHECK(lease_files(layout).empty());
}

TEST_CASE("the lease of another user counts, readable or not") {
  const Sandbox box;
  fs::permissions(box.root, fs::perms::all);
  const LocalLayout layout{box.store};
  const Lease lease{layout, "register"};
  const auto seen_by_nobody = [&layout] {
    const AsNobody nobody;
    return running_leases(layout, "", true);
  };
  fs::permissions(layout.leases() / lease.id(), fs::perms{0644});
  REQUIRE(seen_by_nobody().size() == 1);
  CHECK_THAT(seen_by_nobody()[0].holder, Catch::StartsWith("register, "));
  fs::permissions(layout.leases() / lease.id(), fs::perms{0600});
  REQUIRE(seen_by_nobody().size() == 1);
  CHECK(seen_by_nobody()[0].holder == "a command of another user");
}

TEST_CASE("what a lease says of its command is printed safely") {
  const Sandbox box;
  const LocalLayout layout{box.store};
  const Lease lease{layout, "register\x1B[2J\n"};
  CHECK(running_leases(layout, "", false).at(0).holder.find('\x1B') == std::string::npos);
}

TEST_CASE("there is one keeper at a time") {
  const Sandbox box;
  const LocalLayout layout{box.store};
  std::optional<KeeperLock> first{layout};
  CHECK(error_of([&] { const KeeperLock second{layout}; }).kind() == ErrorKind::unavailable);
  first.reset();
  CHECK_NOTHROW(KeeperLock{layout});
}

}  // namespace
}  // namespace mlops::artifacts
