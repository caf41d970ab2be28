#include "pickle/inspect_pickle.hpp"

#include <unordered_set>

#include <fmt/core.h>

#include "malformed.hpp"
#include "pickle/arrays.hpp"
#include "pickle/estimator.hpp"
#include "pickle/machine.hpp"
#include "pickle/torch.hpp"
#include "pickle/walk.hpp"

namespace mlops::formats::pickle {

namespace {

constexpr std::size_t most_keys = 100;
constexpr std::size_t longest_key = 256;
constexpr std::uint64_t most_pickles = 100'000;

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::none:
      return "None";
    case Kind::boolean:
      return "bool";
    case Kind::integer:
    case Kind::big_integer:
      return "int";
    case Kind::real:
      return "float";
    case Kind::text:
      return "str";
    case Kind::bytes:
      return "bytes";
    case Kind::tuple:
      return "tuple";
    case Kind::list:
      return "list";
    case Kind::dict:
      return "dict";
    case Kind::set:
      return "set";
    case Kind::array:
      return "numpy.ndarray";
    default:
      return "unknown";
  }
}

std::string name_of_object(const Tree& tree, const Value& top) {
  if (read_array(tree, top)) return "numpy.ndarray";
  if (top.kind == Kind::global) return tree.global_of(top).full();
  const Global* maker = tree.maker(top);
  return maker != nullptr ? maker->full() : std::string{name_of(top.kind)};
}

void note_contents(const Tree& tree, const Value& top, domain::Inspection& inspection) {
  const Node* node = tree.parts(top);
  if (node == nullptr) return;
  if (top.kind == Kind::list || top.kind == Kind::tuple || top.kind == Kind::set || top.kind == Kind::dict)
    inspection.facts.emplace_back("items", node->count);
  if (top.kind != Kind::dict) return;
  Json keys = Json::array();
  for (std::size_t at = 0; at < node->items.size() && at < 2 * most_keys; at += 2) {
    const auto key = tree.text_of(node->items[at], longest_key);
    if (key) keys.push_back(*key);
  }
  inspection.facts.emplace_back("keys", std::move(keys));
}

bool is_number(const Dtype& dtype) { return std::string_view{"fiucbV"}.find(dtype.kind) != std::string_view::npos; }

void list_arrays(const Tree& tree, const Value& top, domain::Inspection& inspection) {
  std::unordered_set<std::uint32_t> counted;  // what has several names counts once
  const auto count = [&](const Value& value, std::uint64_t elements) {
    if (counted.insert(value.node).second) inspection.parameters = inspection.parameters.value_or(0) + elements;
  };
  Walk walk{tree};
  walk.run(top, [&](const Value& value, const std::string& path, bool fitted) {
    if (const auto tensor = read_tensor(tree, value)) {
      count(value, tensor->elements);
      inspection.add_tensor(domain::Tensor{path, tensor->dtype, tensor->shape, tensor->bytes});
      return true;
    }
    const auto array = read_array(tree, value);
    if (!array) return false;
    if (fitted && is_number(array->dtype)) count(value, array->count);
    inspection.add_tensor(domain::Tensor{path, array->dtype.name, array->shape, array->bytes});
    return !array->dtype.has_objects;
  });
  if (tree.lost_parts()) inspection.problems.emplace_back("it holds more than can be listed");
}

// The first pickle is the model; others may follow.
std::uint64_t count_rest(Window& input, Machine& machine, domain::Inspection& inspection) {
  std::uint64_t count = 1;
  for (; input.left() > 0 && count < most_pickles; ++count) {
    const std::uint64_t begin = input.offset();
    try {
      machine.run();
    } catch (const Malformed&) {
      inspection.problems.emplace_back(
          fmt::format("{} bytes follow that are no whole pickle", input.source().size() - begin));
      return count;
    }
  }
  return count;
}

// What is odd about it is told by a scan; here it must only not be taken for sound.
class Flaws final : public Witness {
 public:
  explicit Flaws(domain::Inspection& inspection) : inspection_{inspection} {}
  void on_flaw(domain::Safety safety, std::string_view, const std::string& what, std::uint64_t at) override {
    if (safety == domain::Safety::unknown || inspection_.problems.size() >= most_problems) return;
    inspection_.problems.push_back(fmt::format("at byte {} {}", at, what));
  }

 private:
  static constexpr std::size_t most_problems = 20;
  domain::Inspection& inspection_;
};

}  // namespace

void inspect_pickle(const ByteSource& source, domain::Inspection& inspection) {
  Window input{source};
  Tree tree{source};
  Flaws flaws{inspection};
  Machine machine{input, tree, flaws};
  const Value top = machine.run();
  if (machine.arrays() > 0) inspection.format = "joblib";
  inspection.facts.emplace_back("protocol", machine.protocol());
  inspection.facts.emplace_back("object", name_of_object(tree, top));
  if (is_estimator(tree, top)) {
    describe_estimator(tree, top, inspection);
  } else if (top.kind == Kind::instance && tree.maker(top) != nullptr) {
    inspection.architecture = public_name(*tree.maker(top));
  }
  note_contents(tree, top, inspection);
  list_arrays(tree, top, inspection);
  const std::uint64_t pickles = count_rest(input, machine, inspection);
  if (pickles > 1) inspection.facts.emplace_back("pickles", pickles);
}

}  // namespace mlops::formats::pickle
