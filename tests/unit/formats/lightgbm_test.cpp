#include "lightgbm.hpp"

#include <catch2/catch.hpp>

#include <string>

#include "looking.hpp"

namespace mlops::formats {
namespace {

using domain::Safety;

const std::string header =
    "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=1\nobjective=binary "
    "sigmoid:1\nfeature_names=a b\nfeature_infos=[0:1] 2:0:1\ntree_sizes=100\n\n";
const std::string one_tree =
    "Tree=0\nnum_leaves=2\nnum_cat=0\nsplit_feature=0\nthreshold=0.5\ndecision_type=2\nleft_child=-1\nright_child=-2\n"
    "leaf_value=-1 1\nis_linear=0\nshrinkage=0.1\n\n\n";
const std::string tail =
    "end of trees\n\nfeature_importances:\na=1\n\nparameters:\n[boosting: dart]\n[learning_rate: 0.1]\n[metric: "
    "auc,l2]\n[label_gain: ]\n\nend of parameters\n\npandas_categorical:null\n";

bool is_refused(const std::string& bytes, std::string_view problem) {
  const domain::Inspection inspection = inspected(bytes);
  CAPTURE(inspection.problems);
  return inspection.format == "lightgbm" && has_problem(inspection, problem) &&
         scanned(bytes).safety == Safety::malformed;
}

TEST_CASE("LightGBM: a text model tells its trees, features and parameters") {
  const domain::Inspection inspection = inspected(header + one_tree + tail);
  CHECK(inspection.problems.empty());
  CHECK(inspection.format == "lightgbm");
  CHECK(inspection.format_version == "v4");
  CHECK(inspection.architecture == "dart");
  CHECK(inspection.parameters == 3u);
  CHECK(fact(inspection, "trees") == Json{1});
  CHECK(fact(inspection, "num_feature") == Json{2});
  CHECK(fact(inspection, "objective") == Json{"binary sigmoid:1"});
  CHECK(inspection.hyperparameters ==
        domain::Params{{"boosting", "dart"}, {"learning_rate", 0.1}, {"metric", "auc,l2"}});
  REQUIRE(inspection.signature.inputs.size() == 2);
  CHECK(inspection.signature.inputs[0] == domain::Port{"a", "float64", std::nullopt});
  CHECK(inspection.signature.inputs[1] == domain::Port{"b", "category", std::nullopt});
  CHECK(scanned(header + one_tree + tail).safety == Safety::allowlisted);
}

TEST_CASE("LightGBM: lines may end as they do on Windows") {
  std::string bytes;
  for (const char c : header + one_tree + tail) bytes += c == '\n' ? "\r\n" : std::string(1, c);
  CHECK(inspected(bytes).problems.empty());
  CHECK(inspected(bytes).parameters == 3u);
}

TEST_CASE("LightGBM: what does not fit together is told") {
  CHECK(is_refused(header + one_tree + one_tree + tail, "`tree_sizes` is of 1 trees, there are 2"));
  CHECK(is_refused(header + tail, "`tree_sizes` is of 1 trees, there are 0"));
  CHECK(is_refused(header + one_tree, "it ends before `end of trees`"));
  CHECK(is_refused("tree\nnum_class=1\n", "`max_feature_idx` is missing"));
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string bytes = header + one_tree + tail;
    return bytes.replace(bytes.find(from), from.size(), to);
  };
  CHECK(is_refused(changed("leaf_value=-1 1", "leaf_value=-1"), "tree 0 has 1 values in `leaf_value`, not 2"));
  CHECK(is_refused(changed("left_child=-1", "left_child=-1 0"), "tree 0 has 2 values in `left_child`, not 1"));
  CHECK(is_refused(changed("num_leaves=2", "num_leaves=99999999999999999999"), "tree 0 has no leaves"));
  CHECK(is_refused(changed("num_leaves=2", "num_leaves=-2"), "tree 0 has no leaves"));
  CHECK(is_refused(changed("feature_names=a b", "feature_names=a b c"), "it has 2 features, and names for 3"));
  CHECK(is_refused(changed("max_feature_idx=1", "max_feature_idx=x"), "`max_feature_idx` is missing"));
}

TEST_CASE("LightGBM: a file cut anywhere does no harm") {
  const std::string whole = header + one_tree + tail;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    inspected(whole.substr(0, size));
    scanned(whole.substr(0, size));
  }
}

TEST_CASE("LightGBM: long lines are counted without being kept") {
  std::string values = "leaf_value=0";
  std::string splits;
  for (int i = 1; i < 200'000; ++i) {
    values += " 0.125";
    splits += "1 ";
  }
  const std::string bytes =
      header + "Tree=0\nnum_leaves=200000\nsplit_feature=" + splits + "\n" + values + "\n\n" + tail;
  CHECK(inspected(bytes).problems.empty());
  CHECK(inspected(bytes).parameters == 399'999u);
}

TEST_CASE("LightGBM: other texts are not taken for it") {
  CHECK(inspected("tree\nof life\n").format == "text");
  CHECK(inspected("trees\nnum_class=1\n").format == "text");
}

}  // namespace
}  // namespace mlops::formats
