#include <catch2/catch.hpp>

#include <mlops/artifacts/artifacts.hpp>

#include "files_for_tests.hpp"

namespace mlops::artifacts {
namespace {

// A file that is registered by reference.
struct Elsewhere : Sandbox {
  fs::path place = write(root / "share" / "größe 100%.bin", "weights");
  std::unique_ptr<ArtifactStore> artifacts = open_local_store(store);
  std::vector<domain::FileEntry> files = refer_to_files(plan_files({place}), {}, {});

  [[nodiscard]] Intactness look() const { return verify_file(*artifacts, files[0], {}); }
  CheckoutResult checkout() const { return checkout_files(*artifacts, files, root / "out", {}, {}); }
  [[nodiscard]] std::string read() const {
    std::string bytes;
    read_file(*artifacts, files[0],
              [&bytes](std::span<const std::byte> piece) {
                bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
              },
              {});
    return bytes;
  }
};

TEST_CASE("a reference is the entry of the stored file, with its place as a URI") {
  const Elsewhere elsewhere;
  REQUIRE(elsewhere.files.size() == 1);
  CHECK(elsewhere.files[0].digest == sha256("weights"));
  CHECK(elsewhere.files[0].size == 7);
  CHECK(elsewhere.files[0].uri ==
        "file://" + fs::canonical(elsewhere.root).string() + "/share/gr%C3%B6%C3%9Fe%20100%25.bin");
  CHECK_FALSE(fs::exists(elsewhere.store));
}

TEST_CASE("the bytes of a reference come from its place") {
  const Elsewhere elsewhere;
  CHECK(elsewhere.look() == Intactness::intact);
  CHECK(elsewhere.read() == "weights");
  CHECK(elsewhere.checkout().written == 1);
  CHECK(text_of(elsewhere.root / "out" / "größe 100%.bin") == "weights");
}

TEST_CASE("a reference whose file changed is damaged, and nothing of it is written") {
  const Elsewhere elsewhere;
  write(elsewhere.place, GENERATE("WEIGHTS", "longer than it was", ""));
  CHECK(elsewhere.look() == Intactness::damaged);
  const Error error = error_of([&] { elsewhere.checkout(); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK_THAT(error.message(), Catch::Contains(elsewhere.files[0].uri));
  CHECK(error_of([&] { static_cast<void>(elsewhere.read()); }).kind() == ErrorKind::integrity);
  CHECK(files_below(elsewhere.root / "out").empty());
}

TEST_CASE("a reference whose file is gone is missing") {
  const Elsewhere elsewhere;
  fs::remove(elsewhere.place);
  CHECK(elsewhere.look() == Intactness::missing);
  CHECK(error_of([&] { elsewhere.checkout(); }).kind() == ErrorKind::not_found);
}

TEST_CASE("once the store has the bytes, the place is not needed") {
  const Elsewhere elsewhere;
  elsewhere.artifacts->put_bytes("weights");
  fs::remove(elsewhere.place);
  CHECK(elsewhere.look() == Intactness::intact);
  CHECK(elsewhere.read() == "weights");
  CHECK(elsewhere.checkout().written == 1);
}

TEST_CASE("a URI that is none of ours is refused") {
  Elsewhere elsewhere;
  elsewhere.files[0].uri =
      GENERATE("https://example.org/w.bin", "file://relative", "file:///a%0", "file:///a%00b", "/etc");
  CHECK(elsewhere.look() == Intactness::damaged);
  CHECK(error_of([&] { elsewhere.checkout(); }).kind() == ErrorKind::integrity);
}

}  // namespace
}  // namespace mlops::artifacts
