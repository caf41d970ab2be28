// The little language of `list --where` and `run list --where`: metrics.auc>0.9 and stage=production and tag.team=risk
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <mlops/domain/condition.hpp>

namespace mlops::domain {

// What a comparison looks at.
enum class Field {
  metric,
  param,
  tag,
  stage,
  alias,
  semver,
  commit,
  branch,
  author,
  number,
  age_days,
  deprecated,
  dirty,
  message,
  size,
  dataset,
  format,
  architecture,
  licence,
  quantisation,
  scan,
  parameters,
  status,
  model,
  name,
  search,
  host
};

struct FilterTerm {
  Field field = Field::metric;
  std::string key;  // of metric, param, tag
  Comparison comparison = Comparison::equal;
  std::variant<double, std::string, bool> value;
};

// A tree of and/or/not over terms.
struct Filter {
  enum class Kind { term, all_of, any_of, none_of };
  Kind kind = Kind::all_of;  // all_of nothing: everything matches
  FilterTerm term;
  std::vector<Filter> parts;
};

// Words: and, or, not, parentheses; operators = == != < <= > >= and ~ is not supported. Values: numbers, words,
// 'quoted' or "quoted" text, true/false. Fields: metrics.NAME (or metric.NAME), params.NAME, tag.NAME (tags.NAME),
// stage, alias, semver, commit (prefix match), branch, author, version, age (days, or "30d"/"12h"), deprecated, dirty,
// message, size (bytes), dataset (name or name@number), format, architecture, licence, quantisation, scan, params (how
// many parameters: 7e9, or "7B"). Throws Error{usage} with the column and the near miss for an
// unknown field.
Filter parse_filter(std::string_view text);

// The same for runs. Fields: metrics.NAME, params.NAME, status, model, name (a part of it), search (the number of the
// run whose trial it is), run, commit (prefix match), branch, author, host, age, dirty.
Filter parse_run_filter(std::string_view text);

}  // namespace mlops::domain
