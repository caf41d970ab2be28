#include "xgboost/xgboost_model.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/core.h>
#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "checked.hpp"
#include "facts.hpp"
#include "json/json_stream.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

constexpr std::size_t most_features = 10'000;
constexpr std::size_t most_settings = 300;

// Arrays of a tree with one item for each of its nodes, in trees of all kinds.
constexpr auto node_arrays = std::to_array<std::string_view>(
    {"left_children", "right_children", "parents", "split_indices", "split_conditions", "default_left"});

void begin(DocumentReader& in, Token wanted, std::string_view what) {
  if (in.next() != wanted) throw Malformed{fmt::format("{} is not what XGBoost writes, at byte {}", what, in.offset())};
}

// Numbers stand between quotes: "5E-1". Since version 3 some stand between brackets as well.
Json setting(Token token, const DocumentReader& in) {
  if (token == Token::number) {
    if (const auto whole = in.integer()) return *whole;
    return in.real();
  }
  if (token == Token::boolean) return in.boolean();
  std::string_view text = in.text();
  if (text.starts_with('[') && text.ends_with(']') && text.find(',') == std::string_view::npos)
    text = text.substr(1, text.size() - 2);
  if (const auto whole = parse_integer(text)) return *whole;
  if (const auto number = parse_double(text)) return *number;
  return fact_text(in.text(), 256);
}

}  // namespace

void XgboostModel::read(DocumentReader& in) {
  begin(in, Token::begin_object, "the model");
  each_member(in, [&](const std::string& key) {
    if (key == "learner") return read_learner(in);
    if (key == "version") return read_version(in);
    in.skip_value();
  });
  if (!has_learner_) throw Malformed{"it has no `learner`"};
  if (in.next() != Token::end) throw Malformed{"something follows the model"};
  conclude();
}

void XgboostModel::read_version(DocumentReader& in) {
  begin(in, Token::begin_array, "`version`");
  std::vector<std::uint64_t> numbers;
  each_item(in, [&](Token first) {
    const auto number = first == Token::number ? in.natural() : std::nullopt;
    if (!number || numbers.size() == 4) throw Malformed{"`version` is no version"};
    numbers.push_back(*number);
  });
  const std::string version = fmt::format("{}", fmt::join(numbers, "."));
  if (version.empty()) return;
  inspection_.libraries["xgboost"] = version;
  inspection_.producer = fmt::format("xgboost {}", version);
}

void XgboostModel::read_learner(DocumentReader& in) {
  has_learner_ = true;
  begin(in, Token::begin_object, "`learner`");
  each_member(in, [&](const std::string& key) {
    if (key == "attributes") {
      read_attributes(in);
    } else if (key == "feature_names") {
      feature_names_ = read_texts(in, key);
    } else if (key == "feature_types") {
      feature_types_ = read_texts(in, key);
    } else if (key == "gradient_booster") {
      read_booster(in, true);
    } else if (key == "learner_model_param") {
      read_settings(in);
    } else if (key == "objective") {
      read_objective(in);
    } else {
      in.skip_value();
    }
  });
}

void XgboostModel::read_attributes(DocumentReader& in) {
  begin(in, Token::begin_object, "`attributes`");
  Json::Object attributes;
  each_member(in, [&](const std::string& key) {
    const std::string value = read_text(in, fmt::format("attribute {}", shown(key)));
    if (key == "scikit_learn") return read_wrapper(value);
    if (attributes.size() < most_settings) attributes.emplace_back(fact_text(key, 256), fact_text(value, 1024));
  });
  if (!attributes.empty()) inspection_.facts.emplace_back("attributes", std::move(attributes));
}

// What the scikit-learn interface leaves there: its own parameters, up to version 1.7 those of training too.
void XgboostModel::read_wrapper(const std::string& text) {
  const MemorySource source{text};
  JsonStream in{source, {.text = JsonLimits{}.text, .non_finite = true}};
  try {
    if (in.next() != Token::begin_object) return;
    each_member(in, [&](const std::string& key) {
      const Token token = in.next();
      const Json value = read_fact(in, token);
      if (key == "_estimator_type" && value.is_string()) inspection_.facts.emplace_back("estimator_type", value);
      const bool is_setting = token == Token::text || token == Token::number || token == Token::boolean;
      if (is_setting && !key.starts_with('_') && !key.ends_with('_') &&
          inspection_.hyperparameters.size() < most_settings)
        inspection_.hyperparameters.emplace(key, value);
    });
  } catch (const Malformed& error) {
    flaws_.add("xgboost.model", fmt::format("the attribute `scikit_learn`: {}", error.what()));
  }
}

std::vector<std::string> XgboostModel::read_texts(DocumentReader& in, std::string_view what) {
  begin(in, Token::begin_array, fmt::format("`{}`", what));
  std::vector<std::string> texts;
  std::uint64_t count = 0;
  each_item(in, [&](Token first) {
    if (first != Token::text) throw Malformed{fmt::format("`{}` are no texts", what)};
    ++count;
    if (texts.size() < most_features) texts.push_back(fact_text(in.text(), 256));
  });
  if (count > 0) settings_.emplace(what, static_cast<std::int64_t>(count));
  return texts;
}

void XgboostModel::read_settings(DocumentReader& in) {
  begin(in, Token::begin_object, "a group of parameters");
  each_member(in, [&](const std::string& key) {
    const Token token = in.next();
    const bool is_setting = token == Token::text || token == Token::number || token == Token::boolean;
    if (is_setting && settings_.size() < most_settings) settings_.emplace(fact_text(key, 256), setting(token, in));
    in.skip(token);
  });
}

void XgboostModel::read_objective(DocumentReader& in) {
  begin(in, Token::begin_object, "`objective`");
  each_member(in, [&](const std::string& key) {
    if (key.ends_with("_param")) return read_settings(in);
    const Token token = in.next();
    if (key == "name" && token == Token::text) settings_.insert_or_assign("objective", fact_text(in.text(), 256));
    in.skip(token);
  });
}

// Of `dart` the trees are those of a `gbtree` inside.
void XgboostModel::read_booster(DocumentReader& in, bool is_outer) {
  begin(in, Token::begin_object, "`gradient_booster`");
  each_member(in, [&](const std::string& key) {
    if (key == "model") return read_model(in);
    if (key == "gbtree" && is_outer) return read_booster(in, false);
    const Token token = in.next();
    if (key == "name" && token == Token::text && is_outer) booster_ = fact_text(in.text(), 64);
    in.skip(token);
  });
}

void XgboostModel::read_model(DocumentReader& in) {
  begin(in, Token::begin_object, "`model`");
  each_member(in, [&](const std::string& key) {
    if (key == "trees") return read_trees(in);
    if (key == "gbtree_model_param") return read_settings(in);
    const Token token = in.next();
    if (key == "weights" && token == Token::begin_array) {
      parameters_ = saturating_sum(parameters_, in.skip_array());
    } else if (key == "tree_info" && token == Token::begin_array) {
      tree_info_ = in.skip_array();
    } else {
      in.skip(token);
    }
  });
}

void XgboostModel::read_trees(DocumentReader& in) {
  begin(in, Token::begin_array, "`trees`");
  each_item(in, [&](Token first) {
    if (first != Token::begin_object) throw Malformed{fmt::format("tree {} is no object", trees_)};
    read_tree(in);
    ++trees_;
  });
}

void XgboostModel::read_tree(DocumentReader& in) {
  TreeSize size;
  each_member(in, [&](const std::string& key) {
    if (key == "tree_param") return read_tree_param(in, size);
    const Token token = in.next();
    if (token != Token::begin_array) return in.skip(token);
    const std::uint64_t items = in.skip_array();
    if (std::ranges::find(node_arrays, key) == node_arrays.end()) return;
    if (size.nodes && *size.nodes != items) {
      flaws_.add("xgboost.tree",
                 fmt::format("tree {} has {} nodes, and {} {}", trees_, *size.nodes, items, shown(key)));
    }
    size.nodes = size.nodes.value_or(items);
  });
  const std::uint64_t nodes = size.nodes.value_or(0);
  if (size.deleted > nodes || nodes == size.deleted) {
    return flaws_.add("xgboost.tree", fmt::format("tree {} has no nodes", trees_));
  }
  // A tree of splits in two has one leaf more than it has splits.
  const std::uint64_t leaves = (nodes - size.deleted + 1) / 2;
  leaves_ = saturating_sum(leaves_, leaves);
  const auto weights = checked_product(leaves, std::max<std::uint64_t>(size.leaf_vector, 1));
  parameters_ = saturating_sum(parameters_, weights.value_or(UINT64_MAX));
  parameters_ = saturating_sum(parameters_, nodes - size.deleted - leaves);
}

void XgboostModel::read_tree_param(DocumentReader& in, TreeSize& size) {
  begin(in, Token::begin_object, "`tree_param`");
  each_member(in, [&](const std::string& key) {
    const Token token = in.next();
    const Json value = token == Token::text || token == Token::number ? setting(token, in) : Json{};
    in.skip(token);
    if (!value.is_integer() || value.as_integer() < 0) return;
    const auto number = static_cast<std::uint64_t>(value.as_integer());
    if (key == "num_deleted") size.deleted = number;
    if (key == "size_leaf_vector") size.leaf_vector = number;
    if (key != "num_nodes") return;
    if (size.nodes && *size.nodes != number) {
      flaws_.add("xgboost.tree", fmt::format("tree {} declares {} nodes, and has {}", trees_, number, *size.nodes));
    }
    size.nodes = size.nodes.value_or(number);
  });
}

}  // namespace mlops::formats
