#include <mlops/domain/lineage.hpp>

namespace mlops::domain {

std::string_view name_of(NodeKind kind) {
  switch (kind) {
    case NodeKind::version:
      return "version";
    case NodeKind::dataset:
      return "dataset";
    case NodeKind::run:
      return "run";
    case NodeKind::commit:
      return "commit";
    case NodeKind::stage:
      return "stage";
    case NodeKind::firing:
      return "firing";
    case NodeKind::batch:
      return "batch";
  }
  return "";
}

}  // namespace mlops::domain
