#include <mlops/support/address.hpp>

#include <catch2/catch.hpp>

using namespace mlops;

TEST_CASE("addresses of private places are told from public ones") {
  for (const char* host : {"127.0.0.1",         "10.1.2.3",        "172.16.0.1",      "172.31.255.255",
                           "192.168.0.1",       "169.254.169.254", "100.64.0.1",      "100.127.255.255",
                           "0.0.0.0",           "224.0.0.1",       "255.255.255.255", "198.18.0.1",
                           "198.19.255.255",    "192.0.0.192",     "[::1]",           "[::]",
                           "[::ffff:10.0.0.1]", "[::127.0.0.1]",   "[fe80::1]",       "[fec0::1]",
                           "[fc00::1]",         "[fd00:ec2::254]", "[ff02::1]",       "[64:ff9b::a00:1]",
                           "[64:ff9b:1::1]",    "[2002:a00:1::]",  "[2001::1]",       "[2001:db8::1]",
                           "[100::1]",          "[4000::1]"}) {
    CAPTURE(host);
    CHECK(why_not_public(host));
  }
  for (const char* host : {"8.8.8.8", "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0", "192.167.1.1",
                           "223.255.255.255", "198.17.255.255", "198.20.0.0", "[2606:4700::1111]", "[::ffff:8.8.8.8]",
                           "[64:ff9b::808:808]", "[2002:808:808::]", "[2001:4860:4860::8888]"}) {
    CAPTURE(host);
    CHECK_FALSE(why_not_public(host));
  }
}

TEST_CASE("what is no address is not judged by its text") {
  for (const char* host :
       {"example.com", "localhost", "", "[", "[]", "[127.0.0.1]", "127.0.0.1.example.com", "127.1"}) {
    CAPTURE(host);
    CHECK_FALSE(why_not_public(host));
  }
}

TEST_CASE("an address says what it is") {
  CHECK(why_not_public("127.9.9.9") == "a loopback address");
  CHECK(why_not_public("169.254.169.254") == "a link-local address");
  CHECK(why_not_public("[fd12::1]") == "a private address");
}
