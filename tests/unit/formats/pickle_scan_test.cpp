// The ways in which pickles have hidden from scanners, each in bytes of our own. What loaders do with them was tried
// with CPython 3.11's pickle.
#include <catch2/catch.hpp>

#include <mlops/formats/scan.hpp>

#include "pickle_writer.hpp"

namespace mlops::formats {
namespace {

using domain::Safety;
using Op = pickle::Op;

TEST_CASE("plain data is allowlisted") {
  CHECK(scan_bytes(PickleWriter{}.proto(4).op(Op::empty_list).stop()).safety == Safety::allowlisted);
  // pickle.dumps([1, 2.5, "x", None, (True,)], 0)
  const domain::Scan scan = scan_bytes("(lp0\nI1\naF2.5\naVx\np1\naNa(I01\ntp2\na.");
  CHECK(scan.format == "pickle");
  CHECK(scan.safety == Safety::allowlisted);
  CHECK(scan.findings.empty());
}

TEST_CASE("every way to call a function is seen") {
  const auto argument = [](PickleWriter& writer) -> PickleWriter& { return writer.text("id").op(Op::tuple1); };
  PickleWriter reduce = PickleWriter{}.proto(2).global("os", "system");
  CHECK(finds_call(scan_bytes(argument(reduce).op(Op::reduce).stop()), "os.system"));
  PickleWriter newobj = PickleWriter{}.proto(2).global("os", "system");
  CHECK(finds_call(scan_bytes(argument(newobj).op(Op::newobj).stop()), "os.system"));
  PickleWriter newobj_ex = PickleWriter{}.proto(4).stack_global("os", "system");
  CHECK(finds_call(scan_bytes(argument(newobj_ex).op(Op::empty_dict).op(Op::newobj_ex).stop()), "os.system"));
  const auto obj = PickleWriter{}.proto(1).op(Op::mark).global("os", "system").text("id").op(Op::obj).stop();
  CHECK(finds_call(scan_bytes(obj), "os.system"));
  const auto inst = PickleWriter{}.op(Op::mark).text("id").op(Op::inst).raw("os\nsystem\n").stop();
  CHECK(finds_call(scan_bytes(inst), "os.system"));
  CHECK(finds_call(scan_bytes("cos\nsystem\n(S'id'\ntR."), "os.system"));
  CHECK(finds_call(scan_bytes(PickleWriter{}.stack_global("os", "system").called_with("id").stop()), "os.system"));
}

TEST_CASE("what is called is told with its arguments and its place") {
  const domain::Scan scan = scan_bytes(PickleWriter{}.proto(4).stack_global("os", "system").called_with("id").stop());
  CHECK(scan.globals == std::vector<std::string>{"os.system"});
  REQUIRE(scan.findings.size() == 2);
  CHECK(scan.findings[0] == domain::Finding{Safety::dangerous, "pickle.global", "at byte 20", "imports os.system"});
  CHECK(scan.findings[1] == domain::Finding{Safety::dangerous, "pickle.call", "at byte 29", "calls os.system('id')"});
}

TEST_CASE("a danger is a danger though it is only imported") {
  const domain::Scan scan = scan_bytes(PickleWriter{}.proto(4).stack_global("builtins", "eval").stop());
  CHECK(scan.safety == Safety::dangerous);
  CHECK(has_rule(scan, Safety::dangerous, "pickle.global"));
}

TEST_CASE("nothing that a pickle does afterwards hides a call") {
  const auto call = [] { return PickleWriter{}.proto(2).global("os", "system").called_with("id"); };
  CHECK(finds_call(scan_bytes(call().op(Op::pop).op(Op::none).stop()), "os.system"));
  const auto popped_with_mark = PickleWriter{}.proto(2).op(Op::mark).global("os", "system").called_with("id");
  CHECK(finds_call(scan_bytes(PickleWriter{popped_with_mark}.op(Op::pop_mark).op(Op::none).stop()), "os.system"));
  CHECK(finds_call(scan_bytes(call().put(0).op(Op::pop).op(Op::none).put(0).stop()), "os.system"));
  const auto duplicated =
      PickleWriter{}.proto(2).global("os", "system").op(Op::dup).op(Op::pop).called_with("id").op(Op::pop);
  CHECK(finds_call(scan_bytes(PickleWriter{duplicated}.op(Op::none).stop()), "os.system"));
}

TEST_CASE("names that come out of the memo are followed") {
  const auto bytes = PickleWriter{}
                         .proto(4)
                         .text("system")
                         .op(Op::memoize)
                         .text("os")
                         .op(Op::memoize)
                         .op(Op::pop)
                         .op(Op::pop)
                         .get(1)
                         .get(0)
                         .op(Op::stack_global)
                         .called_with("id")
                         .stop();
  CHECK(finds_call(scan_bytes(bytes), "os.system"));
  // The number that MEMOIZE takes counts what was put under far numbers too.
  const auto far = PickleWriter{}
                       .proto(4)
                       .text("os")
                       .op(Op::long_binput)
                       .number(70000, 4)
                       .text("system")
                       .op(Op::memoize)
                       .op(Op::pop)
                       .get(1)
                       .op(Op::stack_global)
                       .called_with("id")
                       .stop();
  CHECK(finds_call(scan_bytes(far), "os.system"));
}

TEST_CASE("an instruction across the end of a frame is no accident") {
  // The frame ends inside the text.
  const auto bytes = PickleWriter{}.proto(4).frame(8).text("harmless text").stop();
  CHECK(has_rule(scan_bytes(bytes), Safety::dangerous, "pickle.frame"));
}

TEST_CASE("a frame inside a frame is no accident") {
  const auto bytes = PickleWriter{}.proto(4).frame(12).frame(1).op(Op::none).op(Op::pop).op(Op::none).stop();
  CHECK(has_rule(scan_bytes(bytes), Safety::dangerous, "pickle.frame"));
}

TEST_CASE("a frame that is longer than the file, or than its pickle, is malformed") {
  const auto longer = PickleWriter{}.proto(4).frame(1000).stack_global("os", "system").called_with("id").stop();
  CHECK(has_rule(scan_bytes(longer), Safety::malformed, "pickle.frame"));
  CHECK(finds_call(scan_bytes(longer), "os.system"));
  CHECK(has_rule(scan_bytes(PickleWriter{}.proto(4).frame(4).op(Op::none).stop() + "NN"), Safety::malformed,
                 "pickle.frame"));
}

TEST_CASE("frames one after the other are how picklers write") {
  const auto bytes = PickleWriter{}.proto(4).frame(6).op(Op::empty_list).integer(1).frame(2).op(Op::append).stop();
  CHECK(scan_bytes(bytes).safety == Safety::allowlisted);
}

TEST_CASE("pickles that follow the first one are scanned") {
  const auto harmless = PickleWriter{}.proto(2).op(Op::none).stop();
  const auto call = PickleWriter{}.proto(2).global("os", "system").called_with("id").stop();
  CHECK(scan_bytes(harmless + harmless + harmless).safety == Safety::allowlisted);
  CHECK(finds_call(scan_bytes(harmless + harmless + call), "os.system"));
  CHECK(finds_call(scan_bytes(harmless + "cos\nsystem\n(S'id'\ntR."), "os.system"));
}

TEST_CASE("pickles behind bytes that are none are found") {
  const auto harmless = PickleWriter{}.proto(2).op(Op::none).stop();
  const auto call = PickleWriter{}.proto(2).global("os", "system").called_with("id").stop();
  const domain::Scan scan = scan_bytes(harmless + std::string(5000, '\xff') + call);
  CHECK(finds_call(scan, "os.system"));
  CHECK(has_rule(scan, Safety::malformed, "pickle.trailing"));
}

TEST_CASE("what ran before something broken counts") {
  const auto broken = PickleWriter{}.proto(2).global("os", "system").called_with("id").raw("\xff\xff\xff");
  const domain::Scan scan = scan_bytes(broken.unfinished());
  CHECK(scan.safety == Safety::dangerous);
  CHECK(finds_call(scan, "os.system"));
  CHECK(has_rule(scan, Safety::malformed, "pickle.broken"));
  const auto call = PickleWriter{}.proto(2).global("os", "system").called_with("id").stop();
  CHECK(finds_call(scan_bytes(PickleWriter{}.proto(2).op(Op::none).op(Op::none).op(Op::reduce).unfinished() + call),
                   "os.system"));
}

TEST_CASE("errors never mean clean") {
  const auto is_malformed = [](const std::string& bytes) { return scan_bytes(bytes).safety == Safety::malformed; };
  CHECK(is_malformed(PickleWriter{}.proto(2).op(Op::none).get(7).stop()));                   // missing memo
  CHECK(is_malformed(PickleWriter{}.proto(2).op(Op::none).op(Op::pop).op(Op::pop).stop()));  // empty stack
  CHECK(is_malformed(PickleWriter{}.proto(2).op(Op::mark).op(Op::none).op(Op::mark).op(Op::dup).stop()));
  CHECK(is_malformed(PickleWriter{}.proto(2).op(Op::none).op(Op::tuple).stop()));                // no mark
  CHECK(is_malformed(PickleWriter{}.proto(2).op(Op::mark).op(Op::none).op(Op::dict).stop()));    // odd
  CHECK(is_malformed(PickleWriter{}.proto(2).op(Op::none).op(Op::none).op(Op::append).stop()));  // no list
  CHECK(is_malformed(PickleWriter{}.proto(2).op(Op::none).op(Op::none).op(Op::build).stop()));
  CHECK(is_malformed(PickleWriter{}.proto(4).frame(1).op(Op::none).unfinished()));  // no STOP
  CHECK(is_malformed(PickleWriter{}.proto(4).op(Op::none).op(Op::binbytes8).number(1ull << 60, 8).stop()));
}

TEST_CASE("every component of a dotted name counts") {
  for (const auto& [module, name] :
       std::vector<std::pair<std::string, std::string>>{{"pathlib", "os.system"},
                                                        {"numpy", "ma.core.os.system"},
                                                        {"collections", "_sys.modules"},
                                                        {"sklearn.base", "BaseEstimator.__init__.__globals__"},
                                                        {"builtins", "object.__subclasses__"},
                                                        {"asyncio.unix_events", "_UnixSubprocessTransport._start"},
                                                        {"os.path", "join"},
                                                        {"torch.serialization", "os"}}) {
    CAPTURE(module, name);
    CHECK(scan_bytes(PickleWriter{}.proto(4).stack_global(module, name).stop()).safety == Safety::dangerous);
  }
  // Even where each part is harmless, a path through attributes is on no list.
  const auto dotted = PickleWriter{}.proto(4).stack_global("collections", "OrderedDict.fromkeys").stop();
  CHECK(scan_bytes(dotted).safety == Safety::unknown);
}

TEST_CASE("names of Python 2 are read as Python 3 reads them in old protocols") {
  const domain::Scan scan =
      scan_bytes(PickleWriter{}.proto(2).global("commands", "getoutput").called_with("id").stop());
  CHECK(scan.globals == std::vector<std::string>{"subprocess.getoutput"});
  CHECK(finds_call(scan, "subprocess.getoutput"));
  CHECK(finds_call(scan_bytes(PickleWriter{}.proto(2).global("__builtin__", "eval").called_with("1").stop()),
                   "builtins.eval"));
  CHECK(scan_bytes(PickleWriter{}.proto(2).global("__builtin__", "set").stop()).safety == Safety::allowlisted);
  CHECK(scan_bytes(PickleWriter{}.proto(2).global("__builtin__", "reduce").stop()).safety == Safety::dangerous);
  // Protocol 3 does not translate, and to Python 2 the name means what it says.
  CHECK(scan_bytes(PickleWriter{}.proto(3).global("commands", "getoutput").stop()).safety == Safety::dangerous);
  CHECK(scan_bytes(PickleWriter{}.proto(3).global("__builtin__", "eval").stop()).safety == Safety::dangerous);
}

TEST_CASE("a name that is not plain text is no accident") {
  const auto number = PickleWriter{}.proto(4).text("os").integer(5).op(Op::stack_global).stop();
  CHECK(has_rule(scan_bytes(number), Safety::dangerous, "pickle.stack-global"));
  // str(b"os", "ascii") is text when it runs, and nothing to those who only look at constants.
  const auto made = PickleWriter{}
                        .proto(4)
                        .stack_global("builtins", "str")
                        .bytes("os")
                        .text("ascii")
                        .op(Op::tuple2)
                        .op(Op::reduce)
                        .text("system")
                        .op(Op::stack_global)
                        .called_with("id")
                        .stop();
  CHECK(has_rule(scan_bytes(made), Safety::dangerous, "pickle.stack-global"));
}

TEST_CASE("extension codes mean what their loader says") {
  const auto bytes = PickleWriter{}.proto(2).op(Op::ext1).number(7, 1).called_with("id").stop();
  const domain::Scan scan = scan_bytes(bytes);
  CHECK(scan.safety == Safety::unknown);
  CHECK(has_rule(scan, Safety::unknown, "pickle.ext"));
  CHECK(has_rule(scan, Safety::unknown, "pickle.call"));
}

TEST_CASE("to change a class instead of an instance is no accident") {
  const auto classes = PickleWriter{}.proto(2).global("collections", "OrderedDict");
  CHECK(has_rule(scan_bytes(PickleWriter{classes}.op(Op::empty_dict).op(Op::build).stop()), Safety::dangerous,
                 "pickle.build"));
  CHECK(has_rule(scan_bytes(PickleWriter{classes}.text("k").text("v").op(Op::setitem).stop()), Safety::dangerous,
                 "pickle.build"));
  CHECK(has_rule(scan_bytes(PickleWriter{classes}.text("v").op(Op::append).stop()), Safety::dangerous, "pickle.build"));
  const auto many = PickleWriter{classes}.op(Op::mark).text("k").text("v").op(Op::setitems).stop();
  CHECK(has_rule(scan_bytes(many), Safety::dangerous, "pickle.build"));
}

TEST_CASE("the protocol is told once, at the beginning") {
  CHECK(has_rule(scan_bytes(PickleWriter{}.proto(2).op(Op::none).proto(4).stop()), Safety::malformed, "pickle.proto"));
  CHECK(has_rule(scan_bytes(PickleWriter{}.proto(2).proto(2).op(Op::none).stop()), Safety::malformed, "pickle.proto"));
}

std::string utf8_of_latin1(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) text += static_cast<char>(0xc0 | byte >> 6);
    text += static_cast<char>(byte >= 0x80 ? 0x80 | (byte & 0x3f) : byte);
  }
  return text;
}

TEST_CASE("pickles inside of pickles are scanned") {
  const auto call = PickleWriter{}.proto(2).global("os", "system").called_with("id").stop();
  const auto in_bytes = scan_bytes(PickleWriter{}.proto(3).bytes(call).stop());
  CHECK(finds_call(in_bytes, "os.system"));
  REQUIRE_FALSE(in_bytes.findings.empty());
  CHECK(in_bytes.findings[0].where == "at byte 2 › at byte 2");
  CHECK(finds_call(scan_bytes(PickleWriter{}.proto(3).bytes("cos\nsystem\n(S'id'\ntR.").stop()), "os.system"));
  // As Python 3 writes bytes for protocol 2: Latin-1 text
  const auto in_text = PickleWriter{}
                           .proto(2)
                           .global("_codecs", "encode")
                           .text(utf8_of_latin1(call))
                           .text("latin1")
                           .op(Op::tuple2)
                           .op(Op::reduce)
                           .stop();
  CHECK(finds_call(scan_bytes(in_text), "os.system"));
  // Between quotes, with escapes
  CHECK(finds_call(scan_bytes("(lp0\nS'cos\\nsystem\\n(S\"id\"\\ntR.'\na."), "os.system"));
  const auto loads = scan_bytes(PickleWriter{}
                                    .proto(4)
                                    .stack_global("torch.storage", "_load_from_bytes")
                                    .bytes(call)
                                    .op(Op::tuple1)
                                    .op(Op::reduce)
                                    .stop());
  CHECK(finds_call(loads, "os.system"));
}

TEST_CASE("pickles are not followed for ever into themselves") {
  std::string bytes = PickleWriter{}.proto(4).op(Op::none).stop();
  for (int level = 0; level < 20; ++level) bytes = PickleWriter{}.proto(4).bytes(bytes).stop();
  CHECK(scan_bytes(bytes).safety == Safety::unscannable);
}

TEST_CASE("classes are harmless as such, and not called with what a file chooses") {
  const auto create = PickleWriter{}.proto(2).global("xgboost.core", "Booster").op(Op::empty_tuple).op(Op::newobj);
  CHECK(scan_bytes(PickleWriter{create}.stop()).safety == Safety::allowlisted);
  const auto call = PickleWriter{}.proto(2).global("xgboost.core", "Booster").called_with("/etc/passwd").stop();
  CHECK(scan_bytes(call).safety == Safety::unknown);
}

TEST_CASE("what a pickle made itself is not called unseen") {
  const auto bytes = PickleWriter{}
                         .proto(2)
                         .global("collections", "OrderedDict")
                         .op(Op::empty_tuple)
                         .op(Op::reduce)
                         .op(Op::empty_tuple)
                         .op(Op::reduce)
                         .stop();
  CHECK(has_rule(scan_bytes(bytes), Safety::unknown, "pickle.call"));
}

TEST_CASE("a persistent id is for a loader of its own") {
  CHECK(has_rule(scan_bytes(PickleWriter{}.proto(2).text("id").op(Op::binpersid).stop()), Safety::unknown,
                 "pickle.persistent"));
}

TEST_CASE("a flood of harmless oddities does not wash away a danger") {
  PickleWriter writer;
  writer.proto(2);
  for (int i = 0; i < 1000; ++i) writer.global("unknown_" + std::to_string(i), "f").op(Op::pop);
  writer.global("os", "system").called_with("id");
  const domain::Scan scan = scan_bytes(writer.stop());
  CHECK(scan.safety == Safety::dangerous);
  CHECK(finds_call(scan, "os.system"));
  CHECK(scan.findings.size() == domain::Scan::most_findings);
}

TEST_CASE("what grows without end is unscannable") {
  const auto deep = PickleWriter{}.proto(2).raw(std::string((1u << 20) + 1, '(')).stop();
  CHECK(has_rule(scan_bytes(deep), Safety::unscannable, "pickle.limits"));
  const auto high = PickleWriter{}.proto(2).raw(std::string((1u << 22) + 1, 'N')).stop();
  CHECK(has_rule(scan_bytes(high), Safety::unscannable, "pickle.limits"));
}

}  // namespace
}  // namespace mlops::formats
