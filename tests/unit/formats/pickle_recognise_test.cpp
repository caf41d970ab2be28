#include "pickle/recognise.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "pickle_writer.hpp"

namespace mlops::formats {
namespace {

bool is_pickle(std::string_view bytes) { return pickle::looks_like_pickle(MemorySource{bytes}); }

TEST_CASE("pickles of every protocol are recognised") {
  // pickle.dumps({"a": [1, 2.5]}, protocol) of CPython 3.11
  CHECK(is_pickle("(dp0\nVa\np1\n(lp2\nI1\naF2.5\nas."));
  CHECK(
      is_pickle(std::string{"}q\x00X\x01\x00\x00\x00"
                            "aq\x01]q\x02(K\x01G@\x04\x00\x00\x00\x00\x00\x00"
                            "es.",
                            29}));
  CHECK(is_pickle(PickleWriter{}.proto(2).op(pickle::Op::none).stop()));
  CHECK(is_pickle(PickleWriter{}.proto(5).op(pickle::Op::none).stop()));
}

TEST_CASE("a pickle without a magic number is recognised by what it does") {
  CHECK(is_pickle("cos\nsystem\n(S'id'\ntR."));
  CHECK(is_pickle("(S'id'\nios\nsystem\n."));
  CHECK(is_pickle("(cos\nsystem\nS'id'\no."));
  CHECK(is_pickle("I1\n0cbuiltins\neval\n(V1\ntR"));
  CHECK(is_pickle(PickleWriter{}.stack_global("os", "system").called_with("id").stop()));
  CHECK(is_pickle("cmy.own.module\nClass\n(I1\nI2\ntRp0\n."));
}

TEST_CASE("text is no pickle, however it begins") {
  for (const std::string_view text : {"",
                                      "\n",
                                      "c",
                                      "(",
                                      ".",
                                      "cat\ndog\nbird\n",
                                      "cos\nsin\ntan\n",
                                      "(item\nname\nrest of it\n",
                                      "ctypes\nos\n",
                                      "(1, 2)\n(3, 4)\n",
                                      "(a b c)",
                                      "I am a text.\n",
                                      "Name,Age\nN,1\n",
                                      "N.",
                                      "{\"a\": 1}",
                                      "[1, 2, 3]",
                                      "}{",
                                      "1,2,3\n4,5,6\n",
                                      "0.5 0.25\n",
                                      "F1.5\n",
                                      "Using these words here, and there are very many of them in a row.",
                                      "X marks the spot, and so it goes on and on and on",
                                      "] ] ]",
                                      "import os\nos.system('id')\n",
                                      "#!/bin/sh\n",
                                      "compose\nBuilt\n(all)\nof\nit.\n",
                                      "GET / HTTP/1.1\r\n",
                                      "lines\nand\nmore lines.\n",
                                      "PK\x03\x04"}) {
    CAPTURE(text);
    CHECK_FALSE(is_pickle(text));
  }
}

TEST_CASE("words in any order are no pickle") {
  // Every opcode of protocols 0 and 1 is a character of text.
  const std::vector<std::string> words{"cat", "dog", "(a",  "b)",   "I1",  "N",   "t.",   "sun.", "R2",
                                       "p0",  "q",   "gas", "Vera", "Sam", "kit", "Xena", "else", "big"};
  std::uint32_t state = 1;
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (int word = 0; word < 20; ++word) {
      state = state * 1664525 + 1013904223;
      text += words[(state >> 16) % words.size()] + ((state >> 8) % 3 == 0 ? " " : "\n");
    }
    CAPTURE(text);
    REQUIRE_FALSE(is_pickle(text));
  }
}

TEST_CASE("noise with the first two bytes of a pickle in it is no pickle") {
  std::mt19937 random{1};
  for (int round = 0; round < 2000; ++round) {
    std::string noise{"\x80\x04"};
    while (noise.size() < 1024) noise += static_cast<char>(random() & 0xff);
    CAPTURE(round);
    REQUIRE_FALSE(pickle::looks_like_pickle_inside(MemorySource{noise}));
  }
}

TEST_CASE("a pickle in the middle of other bytes is one when it imports something, or goes on for long") {
  const auto inside = [](const std::string& bytes) { return pickle::looks_like_pickle_inside(MemorySource{bytes}); };
  CHECK(inside(PickleWriter{}.proto(4).stack_global("os", "system").called_with("id").stop()));
  CHECK(inside(PickleWriter{}.proto(2).global("os", "system").raw("\xff and then it breaks").unfinished()));
  PickleWriter list = PickleWriter{}.proto(4).op(pickle::Op::empty_list);
  for (int i = 0; i < 20; ++i) list.op(pickle::Op::none).op(pickle::Op::append);
  CHECK(inside(list.stop()));
  CHECK_FALSE(inside(PickleWriter{}.proto(4).op(pickle::Op::none).stop()));
}

TEST_CASE("numbers are no pickle") {
  std::string floats;
  for (int i = 0; i < 4000; ++i) {
    const auto value = static_cast<float>(std::sin(i) * 3);
    char bytes[4];
    std::memcpy(bytes, &value, 4);
    floats.append(bytes, 4);
  }
  for (std::size_t at = 0; at < 2000; ++at) {
    CAPTURE(at);
    REQUIRE_FALSE(is_pickle(std::string_view{floats}.substr(at)));
  }
}

}  // namespace
}  // namespace mlops::formats
