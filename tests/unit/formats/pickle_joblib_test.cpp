// Files of joblib.dump, put together as joblib/numpy_pickle.py writes them.
#include <catch2/catch.hpp>

#include "pickle_writer.hpp"

namespace mlops::formats {
namespace {

using domain::Safety;
using Op = pickle::Op;

struct Wrapper {
  std::string dtype = "f8";
  std::int32_t length = 3;
  bool aligned = true;
};

// Up to and with the BUILD that the bytes of the array follow.
PickleWriter& add_wrapper(PickleWriter& writer, const Wrapper& wrapper) {
  writer.global("joblib.numpy_pickle", "NumpyArrayWrapper").op(Op::empty_tuple).op(Op::newobj).op(Op::empty_dict);
  writer.op(Op::mark).text("subclass").global("numpy", "ndarray").text("shape").integer(wrapper.length);
  writer.op(Op::tuple1).text("order").text("C").text("dtype").global("numpy", "dtype").text(wrapper.dtype);
  writer.op(Op::newfalse).op(Op::newtrue).op(Op::tuple3).op(Op::reduce).text("allow_mmap").op(Op::newtrue);
  if (wrapper.aligned) writer.text("numpy_array_alignment_bytes").integer(16);
  return writer.op(Op::setitems).op(Op::build);
}

std::string padding(std::size_t size) { return static_cast<char>(size) + std::string(size, '\xff'); }

const std::string call = "cos\nsystem\n(S'id'\ntR.";

TEST_CASE("arrays between the instructions are stepped over") {
  PickleWriter writer = PickleWriter{}.proto(3).op(Op::empty_list);
  add_wrapper(writer, {}).raw(padding(5)).raw(std::string(24, 'x')).op(Op::append);
  add_wrapper(writer, {"i4", 2, true}).raw(padding(16)).raw(std::string(8, '.')).op(Op::append);
  const std::string bytes = writer.stop();
  const domain::Scan scan = scan_bytes(bytes);
  CHECK(scan.format == "joblib");
  CHECK(scan.safety == Safety::allowlisted);
  const domain::Inspection inspection = inspect_bytes(bytes);
  REQUIRE(inspection.tensors.size() == 2);
  CHECK(inspection.tensors[0] == domain::Tensor{"0", "float64", {3}, 24});
  CHECK(inspection.tensors[1] == domain::Tensor{"1", "int32", {2}, 8});
  for (std::size_t size = 2; size < bytes.size(); ++size) {
    CAPTURE(size);
    CHECK(scan_bytes(std::string_view{bytes}.substr(0, size)).safety == Safety::malformed);
  }
}

TEST_CASE("what follows an array is run") {
  PickleWriter writer = PickleWriter{}.proto(3);
  add_wrapper(writer, {}).raw(padding(5)).raw(std::string(24, '.')).op(Op::pop);
  writer.global("os", "system").called_with("id");
  CHECK(finds_call(scan_bytes(writer.stop()), "os.system"));
}

TEST_CASE("joblib before 1.1 does not align") {
  PickleWriter writer = PickleWriter{}.proto(3);
  add_wrapper(writer, {"f8", 3, false}).raw(std::string(24, '\0'));
  CHECK(scan_bytes(writer.stop()).safety == Safety::allowlisted);
}

TEST_CASE("an array that is a pickle for pickle.load is scanned as one") {
  PickleWriter writer = PickleWriter{}.proto(3);
  std::string array = call;
  array.resize(24, ' ');
  add_wrapper(writer, {"f8", 3, false}).raw(array);
  CHECK(finds_call(scan_bytes(writer.stop()), "os.system"));
  // The number of bytes left out is `c`: to pickle.load, the beginning of GLOBAL.
  PickleWriter padded = PickleWriter{}.proto(3);
  std::string left_out = call;
  left_out.resize(1 + 'c', ' ');
  add_wrapper(padded, {}).raw(left_out).raw(std::string(24, '\0'));
  const domain::Scan scan = scan_bytes(padded.stop());
  CHECK(finds_call(scan, "os.system"));
  CHECK(has_rule(scan, Safety::malformed, "pickle.array"));
}

TEST_CASE("an array of objects is a pickle of its own") {
  PickleWriter writer = PickleWriter{}.proto(3);
  add_wrapper(writer, {"O8", 1, true}).raw(PickleWriter{}.proto(2).op(Op::empty_list).stop());
  CHECK(scan_bytes(writer.stop()).safety == Safety::allowlisted);
  PickleWriter hostile = PickleWriter{}.proto(3);
  add_wrapper(hostile, {"O8", 1, true}).raw(call);
  CHECK(finds_call(scan_bytes(hostile.stop()), "os.system"));
}

TEST_CASE("an array that reaches beyond the end, or has no size, is malformed") {
  PickleWriter longer = PickleWriter{}.proto(3);
  add_wrapper(longer, {"f8", 1'000'000'000, true}).raw(padding(5)).raw(std::string(24, 'x'));
  CHECK(scan_bytes(longer.stop()).safety == Safety::malformed);
  PickleWriter negative = PickleWriter{}.proto(3);
  add_wrapper(negative, {"f8", -1, true}).raw(padding(5));
  CHECK(scan_bytes(negative.stop()).safety == Safety::malformed);
  PickleWriter untyped = PickleWriter{}.proto(3);
  add_wrapper(untyped, {"?", 1, true}).raw(padding(5));
  CHECK(scan_bytes(untyped.stop()).safety == Safety::malformed);
}

TEST_CASE("an array inside a frame is no accident") {
  PickleWriter inner;
  add_wrapper(inner, {}).raw(padding(5)).raw(std::string(24, 'x'));
  const std::string body = inner.stop();
  const auto bytes = PickleWriter{}.proto(4).frame(body.size()).raw(body).unfinished();
  CHECK(has_rule(scan_bytes(bytes), Safety::dangerous, "pickle.frame"));
}

}  // namespace
}  // namespace mlops::formats
