#include <mlops/domain/signature.hpp>

#include <catch2/catch.hpp>

namespace mlops::domain {
namespace {

using Shape = std::vector<Json>;
using Changes = std::vector<SignatureChange>;

Port port(std::string name, std::string dtype = "float32", std::optional<Shape> shape = {}, bool required = true) {
  return {std::move(name), std::move(dtype), std::move(shape), required};
}

Changes inputs(std::vector<Port> before, std::vector<Port> after) {
  return compare_signatures({.inputs = std::move(before), .outputs = {}, .params = {}},
                            {.inputs = std::move(after), .outputs = {}, .params = {}});
}

Changes outputs(std::vector<Port> before, std::vector<Port> after) {
  return compare_signatures({.inputs = {}, .outputs = std::move(before), .params = {}},
                            {.inputs = {}, .outputs = std::move(after), .params = {}});
}

TEST_CASE("the same signature in another order has no changes") {
  CHECK(inputs({port("a"), port("b")}, {port("b"), port("a")}).empty());
  CHECK(inputs({port("a", "float32", Shape{"batch", 3})}, {port("a", "float32", Shape{nullptr, 3})}).empty());
  CHECK(inputs({port("")}, {port("x")}).empty());
  CHECK(compare_signatures({}, {}).empty());
}

TEST_CASE("inputs that come and go") {
  CHECK(inputs({port("a"), port("b")}, {port("a")}) == Changes{{true, "input `b` is gone"}});
  CHECK(inputs({port("a")}, {port("a"), port("b")}) == Changes{{true, "input `b` is new and must be given"}});
  CHECK(inputs({port("a")}, {port("a"), port("b", "int64", {}, false)}) ==
        Changes{{false, "input `b` is new and may be left out"}});
  CHECK(inputs({port("a"), port("b")}, {port("a"), port("c")}) == Changes{{true, "input `b` is now called `c`"}});
  CHECK(inputs({port("a"), port("b")}, {port("b"), port("c"), port("d")}) ==
        Changes{{true, "input `a` is gone"},
                {true, "input `c` is new and must be given"},
                {true, "input `d` is new and must be given"}});
  CHECK(inputs({port("a")}, {port("a", "float32", {}, false)}) == Changes{{false, "input `a` may now be left out"}});
  CHECK(inputs({port("a", "float32", {}, false)}, {port("a")}) == Changes{{true, "input `a` must now be given"}});
}

TEST_CASE("an input may accept more, not less") {
  const auto breaks = [](std::string from, std::string to) {
    const Changes changes = inputs({port("a", std::move(from))}, {port("a", std::move(to))});
    REQUIRE(changes.size() == 1);
    return changes[0].breaks;
  };
  CHECK_FALSE(breaks("int64", "float64"));
  CHECK_FALSE(breaks("int64", "float32"));
  CHECK_FALSE(breaks("float32", "float64"));
  CHECK_FALSE(breaks("int32", "int64"));
  CHECK_FALSE(breaks("bool", "int8"));
  CHECK_FALSE(breaks("uint8", "int16"));
  CHECK_FALSE(breaks("float32", "complex64"));
  CHECK_FALSE(breaks("string", "any"));
  CHECK_FALSE(breaks("", "int64"));
  CHECK(breaks("float64", "float32"));
  CHECK(breaks("float32", "int64"));
  CHECK(breaks("int64", "int32"));
  CHECK(breaks("int64", "float16"));
  CHECK(breaks("uint8", "int8"));
  CHECK(breaks("int8", "uint8"));
  CHECK(breaks("int8", "bool"));
  CHECK(breaks("float64", "complex64"));
  CHECK(breaks("string", "int64"));
  CHECK(breaks("datetime", "string"));
  CHECK(inputs({port("a", "float64")}, {port("a", "int64")}) == Changes{{true, "input `a` was float64 and is int64"}});
}

TEST_CASE("a dimension may become free in an input, and fixed in an output") {
  const auto wide = port("x", "float32", Shape{nullptr, 28});
  const auto narrow = port("x", "float32", Shape{1, 28});
  CHECK(inputs({narrow}, {wide}) == Changes{{false, "input `x` had the shape [1, 28] and has [?, 28]"}});
  CHECK(inputs({wide}, {narrow}) == Changes{{true, "input `x` had the shape [?, 28] and has [1, 28]"}});
  CHECK(outputs({narrow}, {wide}) == Changes{{true, "output `x` had the shape [1, 28] and has [?, 28]"}});
  CHECK(outputs({wide}, {narrow}) == Changes{{false, "output `x` had the shape [?, 28] and has [1, 28]"}});
  CHECK(inputs({narrow}, {port("x", "float32", Shape{1, 28, 1})})[0].breaks);
  CHECK(inputs({narrow}, {port("x", "float32", Shape{1, 29})})[0].breaks);
  CHECK(inputs({narrow}, {port("x", "float32")}).empty());
}

TEST_CASE("outputs may only be added") {
  CHECK(outputs({port("a"), port("b")}, {port("a")}) == Changes{{true, "output `b` is gone"}});
  CHECK(outputs({port("a")}, {port("a"), port("b")}) == Changes{{false, "output `b` is new"}});
  CHECK(outputs({port("label")}, {port("class")}) == Changes{{true, "output `label` is now called `class`"}});
  CHECK(outputs({port("a", "int64")}, {port("a", "float64")}) ==
        Changes{{true, "output `a` was int64 and is float64"}});
  CHECK(outputs({port("")}, {port("", "float32", {}, false)}) == Changes{{true, "output 1 may now be missing"}});
}

TEST_CASE("a signature that says nothing of its inputs is not compared") {
  CHECK(inputs({}, {port("a")}) == Changes{{false, "the inputs are told for the first time"}});
  CHECK(inputs({port("a")}, {}) == Changes{{true, "the inputs are not told any more"}});
}

TEST_CASE("params are inputs that nobody must give") {
  const Signature before{.inputs = {}, .outputs = {}, .params = {port("k", "int64", {}, false)}};
  const Signature after{
      .inputs = {}, .outputs = {}, .params = {port("k", "int64", {}, false), port("t", "float64", {}, false)}};
  CHECK(compare_signatures(before, after) == Changes{{false, "param `t` is new and may be left out"}});
  CHECK(compare_signatures(after, before) == Changes{{true, "param `t` is gone"}});
}

}  // namespace
}  // namespace mlops::domain
