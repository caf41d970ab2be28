#include <algorithm>
#include <optional>

#include <fmt/core.h>

#include "inner_path.hpp"
#include "tensorflow/keras_config.hpp"
#include "tensorflow/saved_model.hpp"
#include "tensorflow/tensorflow.hpp"

namespace mlops::formats {

namespace {

using namespace tensorflow;
using domain::Safety;

constexpr std::string_view file_rule = "tensorflow.file-op";

// Every SavedModel writes and reads checkpoints: in its saver, which runs when somebody saves or restores it. There
// these operators are where they should be. Where a signature or an object comes to them, or restoring writes, they are
// not.
class Saver {
 public:
  explicit Saver(const MetaGraph& graph)
      : calls_{graph.calls}, is_known_{!graph.calls.is_cut() && !graph.save_nodes.empty()} {
    if (!is_known_) return;
    used_ = graph.calls.reached_from_roots();
    saving_ = graph.calls.reached_from_nodes(graph.save_nodes);
    restoring_ = graph.calls.reached_from_nodes(graph.restore_nodes);
  }

  // nullopt: it is the saver's.
  [[nodiscard]] std::optional<Safety> judge(const SpecialUse& use) const {
    const std::uint32_t place = calls_.place(use.function, use.node);
    const bool writes = use.kind == Kind::save;
    if (!is_known_ || used_.contains(place)) return writes ? Safety::dangerous : Safety::unknown;
    if (restoring_.contains(place)) return writes ? std::optional{Safety::dangerous} : std::nullopt;
    if (saving_.contains(place)) return std::nullopt;
    return Safety::unknown;  // nothing comes to it, unless somebody asks for it by name
  }

 private:
  const CallGraph& calls_;
  bool is_known_;
  CallGraph::Places used_;
  CallGraph::Places saving_;
  CallGraph::Places restoring_;
};

// Whether the file that fills a table is an asset of the model: the asset's tensor, or what a function is called with.
bool is_from_asset(const SpecialUse& use, const MetaGraph& graph) {
  if (graph.assets.empty() || use.input.empty()) return false;
  const std::string source = node_of(use.input);
  const bool is_asset =
      std::ranges::any_of(graph.assets, [&](const auto& asset) { return node_of(asset.second) == source; });
  if (use.function.empty()) return is_asset;
  // Arguments have no colon, outputs of nodes do: "node:output:0".
  return use.input.find(':') == std::string::npos;
}

std::string place_of(const SpecialUse& use) {
  return use.function.empty() ? fmt::format("node `{}`", use.node)
                              : fmt::format("function `{}`, node `{}`", use.function, use.node);
}

void report_use(const SpecialUse& use, const MetaGraph& graph, const Saver& saver, Scanning& scanning) {
  const Scanning::Place place{scanning, place_of(use)};
  switch (use.kind) {
    case Kind::python:
      return scanning.report(Safety::dangerous, "tensorflow.python-op",
                             fmt::format("`{}` calls a Python function", use.op));
    case Kind::files:
      return scanning.report(Safety::dangerous, file_rule, fmt::format("`{}` reads or writes files", use.op));
    case Kind::print:
      return scanning.report(Safety::dangerous, file_rule, fmt::format("`{}` writes to a file", use.op));
    case Kind::network:
      return scanning.report(Safety::dangerous, "tensorflow.network-op",
                             fmt::format("`{}` reaches for a network", use.op));
    case Kind::save:
      if (const auto safety = saver.judge(use))
        scanning.report(*safety, file_rule, fmt::format("`{}` writes files, and is not part of the saver", use.op));
      return;
    case Kind::restore:
      if (const auto safety = saver.judge(use)) {
        scanning.report(*safety, file_rule,
                        fmt::format("`{}` reads a checkpoint, and is not part of the saver", use.op));
      }
      return;
    case Kind::table:
      if (!is_from_asset(use, graph)) {
        scanning.report(Safety::unknown, file_rule,
                        fmt::format("`{}` reads a file that is no asset of the model", use.op));
      }
      return;
    case Kind::doubtful:
      return scanning.report(Safety::unknown, file_rule, fmt::format("`{}` may read files, or run elsewhere", use.op));
    case Kind::plain:
    case Kind::unknown:
      return;
  }
}

void report_operators(const MetaGraph& graph, Scanning& scanning) {
  for (const auto& [op, count] : graph.operators) {
    if (kind_of(op) != Kind::unknown || graph.functions.contains(op)) continue;
    scanning.report(Safety::unknown, "tensorflow.custom-op",
                    fmt::format("the operator `{}` is none of TensorFlow's own: it needs a library of the caller", op));
  }
}

void report_graph(const MetaGraph& graph, Scanning& scanning) {
  const Saver saver{graph};
  for (const SpecialUse& use : graph.special_uses) report_use(use, graph, saver, scanning);
  report_operators(graph, scanning);
  for (const auto& [file, tensor] : graph.assets) {
    if (const auto escape = why_it_escapes(file))
      scanning.report(Safety::dangerous, "tensorflow.asset-path", fmt::format("the asset `{}` {}", file, *escape));
  }
  for (const std::string& config : graph.keras_configs) scan_keras_config(config, scanning);
  for (const std::string& what : graph.cut) {
    scanning.report(what == "special operators" ? Safety::dangerous : Safety::unknown, "tensorflow.too-many",
                    fmt::format("there are more {} than are looked at", what));
  }
}

template <typename Read>
void scan_graph(const ByteSource& source, Scanning& scanning, Read read) {
  ByteReader reader{source};
  MetaGraph graph;
  graph.follows_calls = true;
  try {
    read(ProtoMessage{reader}, graph);
  } catch (const Malformed&) {
    report_graph(graph, scanning);
    throw;
  }
  report_graph(graph, scanning);
}

}  // namespace

void scan_saved_model(const ByteSource& source, Scanning& scanning) {
  std::uint64_t schema_version = 0;
  constexpr bool follows_calls = true;
  for_each_meta_graph(source, schema_version, follows_calls,
                      [&](const MetaGraph& graph) { report_graph(graph, scanning); });
}

void scan_meta_graph(const ByteSource& source, Scanning& scanning) { scan_graph(source, scanning, read_meta_graph); }

void scan_graph_def(const ByteSource& source, Scanning& scanning) { scan_graph(source, scanning, read_bare_graph); }

}  // namespace mlops::formats
