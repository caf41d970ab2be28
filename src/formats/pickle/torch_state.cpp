#include <algorithm>
#include <array>
#include <set>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "pickle/arrays.hpp"
#include "pickle/machine.hpp"
#include "pickle/torch.hpp"
#include "pickle/walk.hpp"

namespace mlops::formats::pickle {

namespace {

// What an optimiser keeps is no parameter of the model, nor are these running figures.
constexpr auto running_figures =
    std::to_array<std::string_view>({"running_mean", "running_var", "num_batches_tracked"});

bool is_parameter(std::string_view path) {
  if (lower_ascii(path).starts_with("optim") || path.find(".optim") != std::string_view::npos) return false;
  const std::string_view last = path.substr(path.rfind('.') + 1);
  return std::ranges::find(running_figures, last) == running_figures.end();
}

class Tensors {
 public:
  Tensors(const Tree& tree, domain::Inspection& inspection) : tree_{tree}, inspection_{inspection} {}

  // Whether it is a tensor, and nothing is to be looked for inside.
  bool take(const Value& value, const std::string& path) {
    const auto tensor = read_tensor(tree_, value);
    if (!tensor) return false;
    if (is_parameter(path) && (tensor->place.empty() || places_.insert(tensor->place).second))
      inspection_.parameters = inspection_.parameters.value_or(0) + tensor->elements;
    inspection_.add_tensor(domain::Tensor{path, tensor->dtype, tensor->shape, tensor->bytes});
    return true;
  }

 private:
  const Tree& tree_;
  domain::Inspection& inspection_;
  std::set<std::string> places_;  // of tensors that were counted: shared weights count once
};

void note_checkpoint(const Tree& tree, const Value& top, domain::Inspection& inspection) {
  for (const std::string_view key : {"epoch", "global_step", "step"}) {
    const Value* value = tree.find(top, key);
    const auto number = value != nullptr ? read_integer(tree, *value) : std::nullopt;
    if (number) inspection.facts.emplace_back(key, *number);
  }
  for (const std::string_view library : {"pytorch-lightning", "lightning"}) {
    const Value* version = tree.find(top, std::string{library} + "_version");
    if (version != nullptr && version->kind == Kind::text)
      inspection.libraries.emplace(library, tree.text_of(*version, 64).value_or(""));
  }
  for (const std::string_view key : {"hyper_parameters", "hparams"}) {
    const Value* given = tree.find(top, key);
    const Node* node = given != nullptr ? tree.parts(*given) : nullptr;
    if (node == nullptr) continue;
    for (std::size_t at = 0; at + 1 < node->items.size() && inspection.hyperparameters.size() < 1000; at += 2) {
      const auto name = tree.text_of(node->items[at], 256);
      auto value = to_json(tree, node->items[at + 1]);
      if (name && value) inspection.hyperparameters.insert_or_assign(*name, std::move(*value));
    }
  }
}

}  // namespace

void list_torch_tensors(const Tree& tree, const Value& top, domain::Inspection& inspection) {
  Tensors tensors{tree, inspection};
  Walk walk{tree};
  // A module keeps its tensors and parts in these, and people know them without.
  walk.leave_out({"_parameters", "_buffers", "_modules"});
  walk.run(top, [&tensors](const Value& value, const std::string& path, bool) { return tensors.take(value, path); });
  note_checkpoint(tree, top, inspection);
  const Global* maker = tree.maker(top);
  if (top.kind == Kind::instance && maker != nullptr && maker->module != "collections")
    inspection.architecture = public_name(*maker);
  if (tree.lost_parts()) inspection.problems.emplace_back("it holds more than can be listed");
}

void torch_state(const ByteSource& data_pkl, domain::Inspection& inspection) {
  Window input{data_pkl};
  Tree tree{data_pkl};
  Witness nobody;
  Machine machine{input, tree, nobody, false};
  const Value top = machine.run();
  inspection.facts.emplace_back("protocol", machine.protocol());
  list_torch_tensors(tree, top, inspection);
}

}  // namespace mlops::formats::pickle
