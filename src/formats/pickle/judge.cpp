#include "pickle/judge.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "pickle/recognise.hpp"
#include "pickle/text_coding.hpp"

namespace mlops::formats::pickle {

namespace {

using domain::Safety;

// The same thing again and again is told a few times only; the first ones tell it all.
constexpr std::uint8_t most_calls = 3;
constexpr int most_flaws = 50;
constexpr int most_other_calls = 10;
constexpr std::size_t longest_text = 60;
constexpr std::size_t most_arguments = 4;
// Of a pickle that is written as text in another pickle.
constexpr std::size_t longest_decoded = 4u << 20;
constexpr std::uint64_t work_of_a_look = 16u << 10;

std::uint8_t& counter(std::vector<std::uint8_t>& counters, std::uint32_t global) {
  if (counters.size() <= global) counters.resize(global + 1);
  return counters[global];
}

std::string quoted(const Tree& tree, const Value& value) {
  const auto text = tree.text_of(value, longest_text * 4);
  return fmt::format("{}'{}'", value.kind == Kind::bytes ? "b" : "",
                     truncate_to_width(printable(text.value_or("")), longest_text));
}

std::string describe_items(const Tree& tree, const Value& tuple) {
  const Node* node = tree.parts(tuple);
  if (node == nullptr) return "";
  std::string text;
  for (std::size_t at = 0; at < node->items.size(); ++at) {
    if (at > 0) text += ", ";
    if (at == most_arguments) return text + "…";
    text += describe(tree, node->items[at]);
  }
  return text;
}

}  // namespace

std::string describe(const Tree& tree, const Value& value) {
  switch (value.kind) {
    case Kind::none:
      return "None";
    case Kind::boolean:
      return value.bits != 0 ? "True" : "False";
    case Kind::integer:
      return fmt::format("{}", value.integer());
    case Kind::real:
      return fmt::format("{}", value.real());
    case Kind::text:
    case Kind::bytes:
      return quoted(tree, value);
    case Kind::global:
      return tree.global_of(value).full();
    case Kind::tuple:
      return "(…)";
    case Kind::list:
      return "[…]";
    case Kind::dict:
      return "{…}";
    case Kind::call:
    case Kind::instance: {
      const Global* maker = tree.maker(value);
      return maker != nullptr ? fmt::format("{}(…)", maker->full()) : "…";
    }
    default:
      return "…";
  }
}

Verdict Judge::verdict_of(const Global& global) const {
  const std::string name = global.full();
  if (persistent_ == Persistent::programs && name.starts_with("__torch__.")) return {.safety = Safety::allowlisted};
  return global.verdict;
}

void Judge::report(Safety safety, std::string_view rule, const std::string& what, std::uint64_t at) {
  const Scanning::Place place{scanning_, fmt::format("at byte {}", at)};
  scanning_.report(safety, rule, what);
}

void Judge::on_import(const Value& value, std::uint64_t at) {
  std::uint8_t& reported = counter(imported_, value.node);
  if (reported > 0) return;
  reported = 1;
  const Global& global = tree_.global_of(value);
  scanning_.imports(global.full());
  const Safety safety = verdict_of(global).safety;
  if (safety == Safety::dangerous)
    report(Safety::dangerous, "pickle.global", fmt::format("imports {}", global.full()), at);
  if (safety == Safety::unknown) {
    report(Safety::unknown, "pickle.global",
           fmt::format("imports {}, which is not known to be harmless", global.full()), at);
  }
}

void Judge::on_call(const Value& callee, const Value& arguments, bool creates, std::uint64_t at) {
  if (callee.kind != Kind::global) {
    if (++other_calls_ <= most_other_calls)
      report(Safety::unknown, "pickle.call", "calls something that it made itself", at);
    return;
  }
  const Global& global = tree_.global_of(callee);
  const Node* given = tree_.parts(arguments);
  const bool has_arguments = given == nullptr ? arguments.kind != Kind::tuple || arguments.node != 0 : given->count > 0;
  const Verdict verdict = verdict_of(global);
  const bool is_harmless =
      verdict.safety == Safety::allowlisted && (creates || !verdict.only_as_class || !has_arguments);
  if (is_harmless) return;
  std::uint8_t& reported = counter(called_, callee.node);
  if (reported == (verdict.safety == Safety::dangerous ? most_calls : 1)) return;
  ++reported;
  report(std::max(verdict.safety, Safety::unknown), "pickle.call",
         fmt::format("calls {}({})", global.full(), describe_items(tree_, arguments)), at);
}

void Judge::on_persistent(const Value&, std::uint64_t at) {
  if (persistent_ != Persistent::unexpected || saw_persistent_) return;
  saw_persistent_ = true;
  report(Safety::unknown, "pickle.persistent", "asks its loader for something by a persistent id", at);
}

void Judge::on_flaw(Safety safety, std::string_view rule, const std::string& what, std::uint64_t at) {
  if (++flaws_ <= most_flaws) report(safety, rule, what, at);
}

void Judge::look_into(const ByteSource& part, std::uint64_t at) {
  scanning_.spend(work_of_a_look);
  if (read_bytes(part, 0, 2) == "PK" || looks_like_pickle(part)) scanning_.descend(part, fmt::format("at byte {}", at));
}

void Judge::on_nested(const Value& constant) {
  const auto blob = tree_.blob_of(constant);
  if (!blob) return;
  if (blob->coding == Coding::plain) look_into(SourcePart{tree_.source(), blob->begin, blob->size}, constant.bits);
  if (constant.kind != Kind::text) return;
  // Bytes that were written as text: with escapes, or as Python 3 writes them for protocols below 3.
  const std::string text = decode(tree_.source(), *blob, longest_decoded);
  if (const auto hidden = pickle_in_letters(text)) look_into(MemorySource{*hidden}, constant.bits);
  const auto bytes = latin1_bytes(text);
  if (blob->coding != Coding::plain) look_into(MemorySource{text}, constant.bits);
  if (!bytes || *bytes == text) return;
  look_into(MemorySource{*bytes}, constant.bits);
  if (blob->size > longest_decoded && looks_like_pickle(MemorySource{*bytes}))
    report(Safety::unscannable, "pickle.nested", "a pickle in its text is too long to be looked at", constant.bits);
}

// pickle.load takes an array for instructions, where joblib.load reads numbers. The first of them is looked into with
// all that follows; to do so with each would take for ever.
void Judge::on_bare_array(std::uint64_t begin) {
  const SourcePart rest{tree_.source(), begin, tree_.source().size() - begin};
  scanning_.spend(work_of_a_look);
  if (!looks_like_pickle(rest)) return;
  report(Safety::malformed, "pickle.array", "an array is a pickle to loaders other than joblib", begin);
  if (!std::exchange(saw_bare_array_, true)) scanning_.descend(rest, fmt::format("at byte {}", begin));
}

}  // namespace mlops::formats::pickle
