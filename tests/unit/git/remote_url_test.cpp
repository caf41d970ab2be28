#include <catch2/catch.hpp>

#include "remote_url.hpp"

using mlops::git::without_credentials;

TEST_CASE("an address loses what gives access") {
  const auto [url, expected] = GENERATE(table<std::string, std::string>({
      {"https://example.org/a/b.git", "https://example.org/a/b.git"},
      {"https://token@example.org/a.git", "https://example.org/a.git"},
      {"https://ada:pass@example.org:8443/a.git", "https://example.org:8443/a.git"},
      {"https://ada:p@ss:w?rd@example.org/a.git", "https://example.org/a.git"},
      {"https://example.org/a.git?private_token=x#y", "https://example.org/a.git"},
      {"https://example.org/@scope/a.git", "https://example.org/@scope/a.git"},
      {"ssh://git@example.org:22/a.git", "ssh://git@example.org:22/a.git"},
      {"ssh://git:pass@example.org/a.git", "ssh://git@example.org/a.git"},
      {"git+ssh://git:p@ss@example.org/a.git", "git+ssh://git@example.org/a.git"},
      {"ssh://example.org/a.git", "ssh://example.org/a.git"},
      {"git@example.org:a/b.git", "git@example.org:a/b.git"},
      {"/srv/git/a.git", "/srv/git/a.git"},
      {"file:///srv/git/a.git", "file:///srv/git/a.git"},
      {"https://token@", "https://"},
      {"", ""},
  }));
  CHECK(without_credentials(url) == expected);
}
