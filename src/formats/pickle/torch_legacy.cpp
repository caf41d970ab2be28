#include "pickle/torch_legacy.hpp"

#include <unordered_map>

#include <fmt/core.h>

#include "malformed.hpp"
#include "pickle/scan_pickle.hpp"
#include "pickle/torch.hpp"

namespace mlops::formats::pickle {

namespace {

constexpr std::int64_t legacy_protocol = 1001;
constexpr std::size_t most_storages = 1u << 18;
constexpr std::size_t longest_storage_key = 256;

// Notes the storages that tensors lie in, which are then found by their keys.
template <typename Base>
class StorageWatch final : public Base {
 public:
  template <typename... Arguments>
  explicit StorageWatch(const Tree& tree, Arguments&&... arguments)
      : Base{std::forward<Arguments>(arguments)...}, tree_{tree} {}

  void on_persistent(const Value& id, std::uint64_t at) override {
    Base::on_persistent(id, at);
    auto storage = read_storage(tree_, id);
    if (!storage || storages_.size() == most_storages) return;
    std::string key = storage->key;
    storages_.emplace(std::move(key), std::move(*storage));
  }

  [[nodiscard]] const Storage* find(const std::string& key) const {
    const auto found = storages_.find(key);
    return found == storages_.end() ? nullptr : &found->second;
  }

 private:
  const Tree& tree_;
  std::unordered_map<std::string, Storage> storages_;
};

// Steps over the storages that `keys` lists, in that order: the number of elements, then their bytes.
template <typename Watch>
void step_over_storages(Window& input, const Tree& tree, const Value& keys, const Watch& watch) {
  const Node* node = keys.kind == Kind::list ? tree.parts(keys) : nullptr;
  if (node == nullptr || node->items.size() != node->count)
    throw Malformed{"the keys of its storages are not a list of texts"};
  for (const Value& each : node->items) {
    const std::string key = tree.text_of(each, longest_storage_key).value_or("");
    const Storage* storage = watch.find(key);
    if (storage == nullptr) throw Malformed{fmt::format("no tensor lies in storage `{}`", key)};
    const auto elements = input.little<std::uint64_t>();
    if (elements != storage->elements)
      throw Malformed{fmt::format("storage `{}` has {} elements, not {}", key, elements, storage->elements)};
    std::uint64_t bytes = 0;
    if (__builtin_mul_overflow(elements, storage->item_size, &bytes) || bytes > input.left())
      throw Malformed{fmt::format("storage `{}` reaches beyond the end", key)};
    input.skip(bytes);
  }
}

}  // namespace

bool is_torch_legacy(std::string_view head) {
  // PROTO, and of protocols 4 and 5 FRAME
  constexpr std::string_view magic = "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
  if (head.size() < 2 || head[0] != '\x80') return false;
  head.remove_prefix(2);
  if (head.starts_with('\x95') && head.size() > 9) head.remove_prefix(9);
  return head.starts_with(magic) && head.size() > magic.size() && head[magic.size()] == '.';
}

void inspect_torch_legacy(const ByteSource& source, domain::Inspection& inspection) {
  Window input{source};
  Tree tree{source};
  StorageWatch<Witness> watch{tree};
  Machine machine{input, tree, watch, false};
  machine.run();
  inspection.facts.emplace_back("protocol", machine.protocol());
  const Value protocol = machine.run();
  if (protocol.kind != Kind::integer || protocol.integer() != legacy_protocol)
    inspection.problems.emplace_back("it is of another protocol than 1001");
  machine.run();
  list_torch_tensors(tree, machine.run(), inspection);
  step_over_storages(input, tree, machine.run(), watch);
  if (input.left() > 0) inspection.problems.emplace_back(fmt::format("{} bytes follow its last storage", input.left()));
}

void scan_torch_legacy(const ByteSource& source, Scanning& scanning) {
  Window input{source};
  Tree tree{source};
  StorageWatch<Judge> watch{tree, tree, scanning, Persistent::storages};
  Machine machine{input, tree, watch, false};
  Value last;
  for (int pickle = 0; pickle < 5; ++pickle) {
    if (!scan_one(machine, input, scanning, &last)) return scan_behind(input, machine, scanning);
  }
  try {
    step_over_storages(input, tree, last, watch);
  } catch (const Malformed& error) {
    scanning.report(domain::Safety::malformed, "pickle.storages", error.what());
  }
  scan_rest(input, machine, scanning);
}

}  // namespace mlops::formats::pickle
