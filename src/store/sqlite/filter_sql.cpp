#include "filter_sql.hpp"

#include <iterator>
#include <utility>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/json.hpp>
#include <mlops/support/text.hpp>

#include "filter_parts.hpp"
#include "semver_key.hpp"

namespace mlops::store::sqlite {

namespace {

using domain::Comparison;
using domain::Field;
using domain::Filter;
using domain::FilterTerm;

SqlText tag(const FilterTerm& term) {
  return {fmt::format("EXISTS (SELECT 1 FROM tag x WHERE x.version_id = v.id AND x.name = ? AND x.value {} ?)",
                      operator_of(term.comparison)),
          term.key, text_of(term)};
}

// Few versions hold a stage or an alias, so that they are looked up once and not version by version.
SqlText slot(const FilterTerm& term, std::string_view table, std::string_view column, std::string_view field,
             std::optional<std::int64_t> model) {
  const std::string_view in = is_equality(term, field) ? "IN" : "NOT IN";
  SqlText sql{fmt::format("v.id {} (SELECT version_id FROM {} WHERE version_id NOT NULL AND {} = ?", in, table, column),
              text_of(term)};
  if (model) sql += SqlText{" AND model_id = ?", *model};
  sql += SqlText{")"};
  return sql;
}

SqlText semver(const FilterTerm& term) {
  const auto wanted = domain::SemVer::parse(text_of(term));
  if (!wanted) {
    throw Error{ErrorKind::usage,
                fmt::format("`semver` is compared with a version like 1.2.0, not with '{}'", text_of(term))};
  }
  return {fmt::format("(v.semver_key {} ?)", operator_of(term.comparison)), semver_key(*wanted)};
}

SqlText dataset(const FilterTerm& term) {
  const std::string wanted = text_of(term);
  const auto at = wanted.find('@');
  SqlText sql{is_equality(term, "dataset") ? "" : "NOT "};
  sql += SqlText{
      "EXISTS (SELECT 1 FROM version_data x JOIN dataset d ON d.id = x.dataset_id WHERE x.version_id = v.id AND d.name "
      "= ?",
      wanted.substr(0, at)};
  if (at != std::string::npos) {
    const auto number = parse_integer(wanted.substr(at + 1));
    if (!number) {
      throw Error{ErrorKind::usage,
                  fmt::format("`dataset` is compared with a NAME or NAME@NUMBER, not with '{}'", wanted)};
    }
    sql += SqlText{" AND d.number = ?", *number};
  }
  sql += SqlText{")"};
  return sql;
}

SqlText age(const FilterTerm& term, Timestamp now) {
  constexpr double milliseconds_per_day = 86'400'000.0;
  return {fmt::format("((? - v.registered_at) / {:.1f} {} ?)", milliseconds_per_day, operator_of(term.comparison)),
          now.milliseconds, number_of(term, "age")};
}

SqlText term_condition(const FilterTerm& term, Timestamp now, std::optional<std::int64_t> model) {
  switch (term.field) {
    case Field::metric:
      return metric_condition(term, "metric", "version_id = v.id");
    case Field::param:
      return param_condition(term, "param", "version_id = v.id");
    case Field::tag:
      return tag(term);
    case Field::stage:
      return slot(term, "stage_holder", "stage", "stage", model);
    case Field::alias:
      return slot(term, "alias", "name", "alias", model);
    case Field::semver:
      return semver(term);
    case Field::commit:
      return commit_condition(term, "v");
    case Field::branch:
      return branch_condition(term, "v");
    case Field::author:
      return part_of(term, "v.registered_by", "author");
    case Field::number:
      return number_column(term, "v.number", "version");
    case Field::age_days:
      return age(term, now);
    case Field::deprecated:
      return yes_or_no(term, "EXISTS (SELECT 1 FROM deprecation x WHERE x.version_id = v.id)", "deprecated");
    case Field::dirty:
      return yes_or_no(term, "coalesce(v.git_dirty, 0)", "dirty");
    case Field::message:
      return part_of(term, "v.message", "message");
    case Field::size:
      return number_column(term, "v.total_bytes", "size");
    case Field::dataset:
      return dataset(term);
    case Field::format:
      return word(term, "v.format", "format");
    case Field::quantisation:
      return word(term, "v.quantisation", "quantisation");
    case Field::scan:
      return word(term, "v.scan", "scan");
    case Field::architecture:
      return part_of(term, "coalesce(v.architecture, '')", "architecture");
    case Field::licence:
      return part_of(term, "coalesce(v.licence, '')", "licence");
    case Field::parameters:
      return number_column(term, "v.parameters", "params");
    default:
      return SqlText{"0"};  // a field of runs, which the parser refuses
  }
}

SqlText slot_candidates(const FilterTerm& term, std::string_view table, std::string_view column,
                        std::optional<std::int64_t> model) {
  SqlText sql{fmt::format("SELECT version_id FROM {} WHERE version_id NOT NULL AND {} = ?", table, column),
              text_of(term)};
  if (model) sql += SqlText{" AND model_id = ?", *model};
  return sql;
}

// nullopt where no index helps.
std::optional<SqlText> candidates_of(const FilterTerm& term, std::optional<std::int64_t> model) {
  const bool equal = term.comparison == Comparison::equal;
  if (term.field == Field::metric && model && term.comparison != Comparison::not_equal) {
    return SqlText{fmt::format("SELECT version_id FROM metric WHERE model_id = ? AND name = ? AND value {} ?",
                               operator_of(term.comparison)),
                   *model, term.key, number_of(term, term.key)};
  }
  if (!equal) return std::nullopt;
  switch (term.field) {
    case Field::stage:
      return slot_candidates(term, "stage_holder", "stage", model);
    case Field::alias:
      return slot_candidates(term, "alias", "name", model);
    case Field::tag:
      return SqlText{"SELECT version_id FROM tag WHERE name = ? AND value = ?", term.key, text_of(term)};
    case Field::commit: {
      const std::string prefix = lower_ascii(text_of(term));
      return SqlText{"SELECT id AS version_id FROM version WHERE git_commit >= ? AND git_commit < ?", prefix,
                     prefix + 'g'};
    }
    case Field::dataset:
      return SqlText{
          "SELECT x.version_id FROM dataset d CROSS JOIN version_data x ON x.dataset_id = d.id WHERE d.name = ?",
          text_of(term).substr(0, text_of(term).find('@'))};
    default:
      return std::nullopt;
  }
}

}  // namespace

SqlText condition_of(const Filter& filter, Timestamp now, std::optional<std::int64_t> model) {
  return condition_of(filter, [&](const FilterTerm& term) { return term_condition(term, now, model); });
}

std::vector<SqlText> candidates_of(const Filter& filter, std::optional<std::int64_t> model) {
  std::vector<SqlText> found;
  if (filter.kind == Filter::Kind::term) {
    if (auto ids = candidates_of(filter.term, model)) found.push_back(*std::move(ids));
  } else if (filter.kind == Filter::Kind::all_of) {
    for (const Filter& part : filter.parts) {
      auto more = candidates_of(part, model);
      found.insert(found.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    }
  }
  return found;
}

}  // namespace mlops::store::sqlite
