#include <mlops/support/digest.hpp>

#include <catch2/catch.hpp>

#include <type_traits>

using namespace mlops;

namespace {

// FIPS 180-4 example "abc"; also `printf abc | sha256sum`.
constexpr std::string_view abc_hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

}  // namespace

TEST_CASE("SHA-256 agrees with the vectors of FIPS 180-4") {
  CHECK(sha256("abc").hex() == abc_hex);
  CHECK(sha256("").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").hex() ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_CASE("hashing in pieces gives the digest of the whole: a million times the letter a") {
  Sha256 hash;
  for (int piece = 0; piece < 1000; ++piece) hash.update(std::string(1000, 'a'));
  CHECK(hash.finish().hex() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("a finished computation can't be used again") {
  Sha256 hash;
  (void)hash.finish();
  CHECK_THROWS(hash.update("more"));
  CHECK_THROWS(hash.finish());
}

TEST_CASE("a digest is written with its prefix, and shortened for people") {
  const Digest digest = sha256("abc");
  CHECK(digest.text() == "sha256:" + std::string{abc_hex});
  CHECK(digest.text().size() == 71);
  CHECK(digest.short_text() == "sha256:ba7816bf8f01");
}

TEST_CASE("a digest is read back to the same bytes") {
  const auto digest = Digest::parse(sha256("abc").text());
  REQUIRE(digest);
  CHECK(*digest == sha256("abc"));
  CHECK(digest->bytes()[0] == 0xba);
  CHECK(digest->bytes()[31] == 0xad);
  CHECK(Digest::from_hex(abc_hex) == digest);
  CHECK(Digest{} < *digest);
}

TEST_CASE("what is not exactly a digest is none") {
  const std::string hex{abc_hex};
  CHECK_FALSE(Digest::parse(""));
  CHECK_FALSE(Digest::parse(hex));
  CHECK_FALSE(Digest::parse("sha256:"));
  CHECK_FALSE(Digest::parse("SHA256:" + hex));
  CHECK_FALSE(Digest::parse("sha512:" + hex));
  CHECK_FALSE(Digest::parse("sha256:" + hex + "0"));
  CHECK_FALSE(Digest::parse("sha256:" + hex.substr(1)));
  CHECK_FALSE(Digest::parse("sha256:B" + hex.substr(1)));
  CHECK_FALSE(Digest::parse("sha256:g" + hex.substr(1)));
  CHECK_FALSE(Digest::parse(" sha256:" + hex));
  CHECK_FALSE(Digest::from_hex("sha256:" + hex));
}
