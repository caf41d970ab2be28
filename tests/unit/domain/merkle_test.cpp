#include <mlops/domain/merkle.hpp>

#include <catch2/catch.hpp>

#include <string>

#include <mlops/support/error.hpp>

using namespace mlops;
using namespace mlops::domain;

namespace {

using namespace std::literals;

// The leaves of the reference tree of Certificate Transparency (github.com/google/certificate-transparency,
// merkletree/merkle_tree_test.cc), and the root over the first n of them.
const std::vector<std::string> leaves = {""s,
                                         "\x00"s,
                                         "\x10"s,
                                         "\x20\x21"s,
                                         "\x30\x31"s,
                                         "\x40\x41\x42\x43"s,
                                         "\x50\x51\x52\x53\x54\x55\x56\x57"s,
                                         "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"s};
const std::vector<std::string> roots = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

// MTH of RFC 6962, section 2.1, word for word.
Digest tree_hash(const std::vector<std::string>& data, std::size_t begin, std::size_t end) {
  if (begin == end) return empty_root();
  if (end - begin == 1) return leaf_hash(data[begin]);
  std::size_t k = 1;
  while (k * 2 < end - begin) k *= 2;
  return node_hash(tree_hash(data, begin, begin + k), tree_hash(data, begin + k, end));
}

}  // namespace

TEST_CASE("the roots of the growing tree are those of Certificate Transparency's reference tree") {
  MerkleFrontier frontier;
  CHECK(frontier.root().hex() == roots[0]);
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    frontier.append(leaf_hash(leaves[i]));
    CHECK(frontier.size() == i + 1);
    CHECK(frontier.root().hex() == roots[i + 1]);
  }
}

TEST_CASE("appending leads to the tree that RFC 6962 defines, for every size") {
  std::vector<std::string> data;
  MerkleFrontier frontier;
  for (std::size_t size = 1; size <= 130; ++size) {
    data.push_back("event " + std::to_string(size));
    frontier.append(leaf_hash(data.back()));
    REQUIRE(frontier.root() == tree_hash(data, 0, size));
  }
}

TEST_CASE("a frontier goes on where it was stored") {
  MerkleFrontier frontier;
  for (const std::string& leaf : leaves) {
    frontier = MerkleFrontier{frontier.size(), frontier.hashes()};
    frontier.append(leaf_hash(leaf));
  }
  CHECK(frontier.root().hex() == roots.back());
}

TEST_CASE("a stored frontier with the wrong number of hashes is damage") {
  const Digest hash = leaf_hash("x");
  for (const auto& [size, count] : std::vector<std::pair<std::uint64_t, std::size_t>>{{0, 1}, {1, 0}, {3, 1}, {4, 2}}) {
    try {
      const MerkleFrontier frontier{size, std::vector<Digest>(count, hash)};
      FAIL("accepted");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::integrity);
    }
  }
}
