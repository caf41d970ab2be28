#include "pickle/recognise.hpp"

#include <algorithm>

#include "malformed.hpp"
#include "pickle/machine.hpp"

namespace mlops::formats::pickle {

namespace {

using domain::Safety;

constexpr std::uint64_t looked_at = 64u << 10;
constexpr std::size_t small_piece = 4096;
constexpr std::size_t longest_module = 256;
// How far bytes must run without a mistake before that can't be chance.
constexpr std::uint64_t steps_after_protocol = 3;
// In 64 KiB of noise the two bytes of a protocol stand four times, and three instructions behind one of them in every
// twelfth. What breaks before it imports anything runs nothing either.
constexpr std::uint64_t steps_inside = 20;
constexpr std::uint64_t steps_with_call = 8;
constexpr std::uint64_t steps_without_end = 100;
constexpr std::uint64_t steps_to_stop = 3;

bool starts_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool continues_name(char c) { return starts_name(c) || c == '.' || (c >= '0' && c <= '9'); }

bool is_dotted_name(std::string_view text) {
  if (text.empty() || text.size() > longest_module || text.ends_with('.')) return false;
  bool starts = true;
  for (const char c : text) {
    if (starts ? !starts_name(c) : !continues_name(c)) return false;
    starts = c == '.';
  }
  return true;
}

// Counts what only a pickle does.
class Probe final : public Witness {
 public:
  explicit Probe(const Tree& tree) : tree_{tree} {}
  void watch(const Machine& machine) { machine_ = &machine; }

  void on_import(const Value& value, std::uint64_t) override {
    const Global& global = tree_.global_of(value);
    if (!is_dotted_name(global.module) || !is_dotted_name(global.name)) return;
    ++imports;
    if (global.verdict.safety != Safety::unknown && known_at == 0) known_at = machine_->steps();
  }
  void on_call(const Value&, const Value&, bool, std::uint64_t) override { ++calls; }

  int imports = 0;
  int calls = 0;
  std::uint64_t known_at = 0;  // the step that imported something that is on a list

 private:
  const Tree& tree_;
  const Machine* machine_ = nullptr;
};

bool has_protocol(const ByteSource& source) {
  const std::string head = read_bytes(source, 0, 2);
  return head.size() == 2 && head[0] == '\x80' && static_cast<unsigned char>(head[1]) <= newest_protocol;
}

// `enough`: how many instructions must make sense where the bytes say that they are a pickle, and import nothing.
bool runs_like_pickle(const ByteSource& source, std::uint64_t enough) {
  const bool declared = has_protocol(source);
  Window input{source, small_piece};
  if (input.left() == 0) return false;
  Tree tree{source};
  Probe probe{tree};
  Machine machine{input, tree, probe};
  probe.watch(machine);
  try {
    const bool stopped = machine.run(looked_at).kind != Kind::absent;
    if (probe.imports > 0) return true;
    if (declared) return machine.steps() >= enough;
    if (!stopped) return machine.steps() >= steps_without_end;
    return machine.steps() >= steps_to_stop && machine.left_over() == 0 && input.left() == 0;
  } catch (const Unscannable&) {
    return declared && machine.steps() >= enough;
  } catch (const Malformed&) {
    const std::uint64_t done = machine.steps() > 0 ? machine.steps() - 1 : 0;
    if (declared) return done >= enough || probe.imports > 0;
    // A list of words may begin with "cos" and "sin": what follows must make sense too.
    if (probe.known_at > 0 && done > probe.known_at) return true;
    return probe.imports > 0 && probe.calls > 0 && done >= steps_with_call;
  }
}

}  // namespace

bool looks_like_pickle(const ByteSource& source) { return runs_like_pickle(source, steps_after_protocol); }

bool looks_like_pickle_inside(const ByteSource& part) { return runs_like_pickle(part, steps_inside); }

bool is_pickle_file(const ByteSource& source) {
  const std::string head = read_bytes(source, 0, 3);
  const bool goes_on = head.size() < 3 || is_instruction(static_cast<unsigned char>(head[2]));
  return (has_protocol(source) && goes_on) || looks_like_pickle(source);
}

}  // namespace mlops::formats::pickle
