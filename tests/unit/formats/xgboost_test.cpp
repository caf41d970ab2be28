#include "xgboost/xgboost.hpp"

#include <catch2/catch.hpp>

#include <string>

#include <fmt/core.h>

#include "looking.hpp"

namespace mlops::formats {
namespace {

using domain::Safety;

// A tree with one split and two leaves.
std::string tree(const std::string& left = "[1,-1,-1]", const std::string& nodes = "3") {
  return fmt::format(R"({{"left_children":{},"right_children":[2,-1,-1],"split_conditions":[0.5,-1,1],)"
                     R"("tree_param":{{"num_deleted":"0","num_nodes":"{}","size_leaf_vector":"1"}}}})",
                     left, nodes);
}

std::string model(const std::string& trees, const std::string& num_trees = "1", const std::string& more = "") {
  return fmt::format(
      R"({{"learner":{{"attributes":{{"best_iteration":"0"}},"feature_names":["a","b"],"feature_types":["float","i"],)"
      R"("gradient_booster":{{"model":{{"gbtree_model_param":{{"num_parallel_tree":"1","num_trees":"{}"}},)"
      R"("tree_info":[0],"trees":[{}]}},"name":"gbtree"}},)"
      R"("learner_model_param":{{"base_score":"5E-1","num_class":"0","num_feature":"2"}},)"
      R"("objective":{{"name":"reg:squarederror","reg_loss_param":{{"scale_pos_weight":"1"}}}}}},"version":[1,7,4]{}}})",
      num_trees, trees, more);
}

bool is_refused(const std::string& bytes, std::string_view problem) {
  const domain::Inspection inspection = inspected(bytes);
  CAPTURE(inspection.problems);
  return inspection.format == "xgboost" && has_problem(inspection, problem) &&
         scanned(bytes).safety == Safety::malformed;
}

TEST_CASE("XGBoost: a JSON model tells its booster, features, trees and settings") {
  const domain::Inspection inspection = inspected(model(tree()));
  CHECK(inspection.problems.empty());
  CHECK(inspection.format == "xgboost");
  CHECK(inspection.architecture == "gbtree");
  CHECK(inspection.producer == "xgboost 1.7.4");
  CHECK(inspection.libraries.at("xgboost") == "1.7.4");
  CHECK(inspection.parameters == 3u);
  CHECK(inspection.hyperparameters == domain::Params{{"booster", "gbtree"},
                                                     {"num_parallel_tree", 1},
                                                     {"objective", "reg:squarederror"},
                                                     {"scale_pos_weight", 1}});
  CHECK(fact(inspection, "trees") == Json{1});
  CHECK(fact(inspection, "leaves") == Json{2});
  CHECK(fact(inspection, "base_score") == Json{0.5});
  REQUIRE(inspection.signature.inputs.size() == 2);
  CHECK(inspection.signature.inputs[0] == domain::Port{"a", "float32", std::nullopt});
  CHECK(inspection.signature.inputs[1] == domain::Port{"b", "bool", std::nullopt});
  CHECK(scanned(model(tree())).safety == Safety::allowlisted);
}

TEST_CASE("XGBoost: a model that ends too early is malformed") {
  const std::string whole = model(tree());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    const domain::Inspection inspection = inspected(whole.substr(0, size));
    CHECK((inspection.format != "xgboost" || !inspection.problems.empty()));
    scanned(whole.substr(0, size));
  }
}

TEST_CASE("XGBoost: what does not fit together is told") {
  CHECK(is_refused(model(tree(), "2"), "2 trees are declared, there are 1"));
  CHECK(is_refused(model(tree() + "," + tree(), "2"), "`tree_info` is of 1 trees, there are 2"));
  CHECK(is_refused(model(tree("[1,-1]")), "tree 0 has 2 nodes, and 3 `right_children`"));
  CHECK(is_refused(model(tree("[1,-1,-1]", "5")), "tree 0 declares 5 nodes, and has 3"));
  CHECK(is_refused(model("{}"), "tree 0 has no nodes"));
  CHECK(is_refused(model("1"), "tree 0 is no object"));
  CHECK(is_refused(model(tree(), "1", ",\"version\":[1]"), "comes twice"));
  CHECK(is_refused(model(tree()) + "x", "something follows"));
  CHECK(is_refused(R"({"learner":{"feature_names":["a"],"learner_model_param":{"num_feature":"2"}}})",
                   "it has 2 features, and names for 1"));
  CHECK(is_refused(R"({"learner":{"feature_names":[1]}})", "are no texts"));
  CHECK(is_refused(R"({"learner":{"attributes":{"a":1}}})", "is no text"));
}

TEST_CASE("XGBoost: what the scikit-learn interface noted is read") {
  const std::string bytes =
      R"({"learner":{"attributes":{"scikit_learn":"{\"n_estimators\": 4, \"missing\": NaN, \"max_depth\": null, )"
      R"(\"classes_\": [0, 1], \"_estimator_type\": \"classifier\"}"},"objective":{"name":"binary:logistic"}}})";
  const domain::Inspection inspection = inspected(bytes);
  CHECK(inspection.problems.empty());
  CHECK(fact(inspection, "estimator_type") == Json{"classifier"});
  CHECK(inspection.hyperparameters ==
        domain::Params{{"missing", "nan"}, {"n_estimators", 4}, {"objective", "binary:logistic"}});
}

TEST_CASE("XGBoost: other JSON is not taken for it") {
  CHECK(inspected(R"({"learner":1})").format == "json");
  CHECK(inspected(R"({"learner":{"rate":1}})").format == "json");
  CHECK(inspected(R"({"version":[1,2,3]})").format == "json");
  CHECK(inspected(R"({"version":[1,7,4],"learner":{"attributes":{}}})").format == "xgboost");
  CHECK(inspected(" {\n \"learner\" : { \"attributes\" : {} } }").format == "xgboost");
}

std::string key(std::string_view name) {
  return "U" + std::string(1, static_cast<char>(name.size())) + std::string{name};
}

TEST_CASE("XGBoost: a UBJSON model of hostile sizes is refused") {
  const std::string begin = "{" + key("learner") + "{" + key("attributes") + "{}" + key("gradient_booster") + "{" +
                            key("name") + "S" + key("gbtree") + key("model") + "{" + key("trees");
  const std::string end = "}}}}";
  CHECK(inspected(begin + "[]" + end).problems.empty());
  CHECK(is_refused(begin + "[]" + end + "more", "4 bytes follow the model"));
  const std::string most("\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8);
  CHECK(is_refused(begin + "[#L" + most + end, "elements are declared"));
  CHECK(is_refused(begin + "[{" + key("left_children") + "[$l#L" + most + "}]" + end, "elements are declared"));
  CHECK(is_refused(begin + std::string(1000, '[') + end, "tree 0 is no object"));
  CHECK(is_refused(begin + "[{" + key("x") + std::string(1000, '[') + end, "nested more than"));
}

}  // namespace
}  // namespace mlops::formats
