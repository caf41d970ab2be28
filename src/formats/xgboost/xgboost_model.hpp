// The members of an XGBoost model, from JSON or UBJSON, read in one pass with flat memory: its trees are only counted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/inspection.hpp>

#include "flaws.hpp"
#include "json/document_reader.hpp"

namespace mlops::formats {

class XgboostModel {
 public:
  XgboostModel(domain::Inspection& inspection, Flaws& flaws) : inspection_{inspection}, flaws_{flaws} {}

  // Malformed when it is not what XGBoost writes.
  void read(DocumentReader& in);

 private:
  struct TreeSize {
    std::optional<std::uint64_t> nodes;
    std::uint64_t deleted = 0;  // of the nodes: pruned, and still in the arrays
    std::uint64_t leaf_vector = 1;
  };

  void read_version(DocumentReader& in);
  void read_learner(DocumentReader& in);
  void read_attributes(DocumentReader& in);
  void read_wrapper(const std::string& text);
  std::vector<std::string> read_texts(DocumentReader& in, std::string_view what);
  void read_objective(DocumentReader& in);
  void read_booster(DocumentReader& in, bool is_outer);
  void read_model(DocumentReader& in);
  void read_trees(DocumentReader& in);
  void read_tree(DocumentReader& in);
  void read_tree_param(DocumentReader& in, TreeSize& size);
  void read_settings(DocumentReader& in);
  [[nodiscard]] std::optional<std::uint64_t> natural(const std::string& name) const;
  void conclude();
  void tell_inputs();

  domain::Inspection& inspection_;
  Flaws& flaws_;
  bool has_learner_ = false;
  std::string booster_;
  domain::Params settings_;  // of the model as a whole, by their names in the file: "num_feature"
  std::vector<std::string> feature_names_;
  std::vector<std::string> feature_types_;
  std::uint64_t trees_ = 0;
  std::optional<std::uint64_t> tree_info_;  // trees that it has a class for
  std::uint64_t leaves_ = 0;
  std::uint64_t parameters_ = 0;
};

}  // namespace mlops::formats
