#include "filter_sql.hpp"

#include <iterator>
#include <utility>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/json.hpp>
#include <mlops/support/text.hpp>

#include "semver_key.hpp"

namespace mlops::store::sqlite {

namespace {

using domain::Comparison;
using domain::Field;
using domain::Filter;
using domain::FilterTerm;

std::string_view operator_of(Comparison comparison) {
  switch (comparison) {
    case Comparison::less:
      return "<";
    case Comparison::less_equal:
      return "<=";
    case Comparison::greater:
      return ">";
    case Comparison::greater_equal:
      return ">=";
    case Comparison::equal:
      return "=";
    case Comparison::not_equal:
      return "<>";
  }
  return "=";
}

std::string text_of(const FilterTerm& term) {
  if (const auto* text = std::get_if<std::string>(&term.value)) return *text;
  if (const auto* number = std::get_if<double>(&term.value)) return number_text(*number);
  return std::get<bool>(term.value) ? "true" : "false";
}

double number_of(const FilterTerm& term, std::string_view field) {
  if (const auto* number = std::get_if<double>(&term.value)) return *number;
  throw Error{ErrorKind::usage, fmt::format("`{}` is compared with a number, not with '{}'", field, text_of(term))};
}

// Whether an equality is meant, or its opposite, for fields that have no order.
bool is_equality(const FilterTerm& term, std::string_view field) {
  if (term.comparison == Comparison::equal) return true;
  if (term.comparison == Comparison::not_equal) return false;
  throw Error{ErrorKind::usage, fmt::format("`{}` has no order: use = or != with it", field)};
}

SqlText number_column(const FilterTerm& term, std::string_view expression, std::string_view field) {
  return {fmt::format("({} {} ?)", expression, operator_of(term.comparison)), number_of(term, field)};
}

SqlText metric(const FilterTerm& term) {
  return {fmt::format("EXISTS (SELECT 1 FROM metric x WHERE x.version_id = v.id AND x.name = ? AND x.value {} ?)",
                      operator_of(term.comparison)),
          term.key, number_of(term, "metrics." + term.key)};
}

SqlText param(const FilterTerm& term) {
  const auto op = operator_of(term.comparison);
  constexpr std::string_view select = "EXISTS (SELECT 1 FROM param x WHERE x.version_id = v.id AND x.name = ?";
  if (const auto* number = std::get_if<double>(&term.value)) {
    return {fmt::format("{} AND typeof(x.value) IN ('integer', 'real') AND x.value {} ?)", select, op), term.key,
            *number};
  }
  return {fmt::format("{} AND typeof(x.value) = 'text' AND x.value {} ?)", select, op), term.key, text_of(term)};
}

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

SqlText commit(const FilterTerm& term) {
  const std::string prefix = lower_ascii(text_of(term));
  // Commits are hexadecimal, and 'g' sorts after all their digits.
  if (is_equality(term, "commit")) return {"(v.git_commit >= ? AND v.git_commit < ?)", prefix, prefix + 'g'};
  return {"(v.git_commit < ? OR v.git_commit >= ?)", prefix, prefix + 'g'};
}

SqlText branch(const FilterTerm& term) {
  is_equality(term, "branch");
  return {fmt::format("(v.git_branch {} ?)", operator_of(term.comparison)), text_of(term)};
}

// A part of the text, without regard to case: nobody types a whole message or "Name <email>".
SqlText part_of(const FilterTerm& term, std::string_view column, std::string_view field) {
  const std::string_view test = is_equality(term, field) ? ">" : "=";
  return {fmt::format("(instr(lower({}), lower(?)) {} 0)", column, test), text_of(term)};
}

// The whole word, without regard to case; versions of which nothing is known have none.
SqlText word(const FilterTerm& term, std::string_view column, std::string_view field) {
  return {fmt::format("(lower(coalesce({}, '')) {} lower(?))", column, is_equality(term, field) ? "=" : "<>"),
          text_of(term)};
}

SqlText yes_or_no(const FilterTerm& term, std::string_view expression, std::string_view field) {
  const auto* wanted = std::get_if<bool>(&term.value);
  if (wanted == nullptr) {
    throw Error{ErrorKind::usage, fmt::format("`{}` is true or false, not '{}'", field, text_of(term))};
  }
  const bool positive = *wanted == is_equality(term, field);
  return SqlText{fmt::format("({}{})", positive ? "" : "NOT ", expression)};
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
      return metric(term);
    case Field::param:
      return param(term);
    case Field::tag:
      return tag(term);
    case Field::stage:
      return slot(term, "stage_holder", "stage", "stage", model);
    case Field::alias:
      return slot(term, "alias", "name", "alias", model);
    case Field::semver:
      return semver(term);
    case Field::commit:
      return commit(term);
    case Field::branch:
      return branch(term);
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
  }
  return SqlText{"1"};
}

SqlText joined(const std::vector<Filter>& parts, std::string_view word, std::string_view of_nothing, Timestamp now,
               std::optional<std::int64_t> model) {
  if (parts.empty()) return SqlText{of_nothing};
  SqlText sql{"("};
  bool first = true;
  for (const Filter& part : parts) {
    if (!first) sql += SqlText{word};
    first = false;
    sql += condition_of(part, now, model);
  }
  sql += SqlText{")"};
  return sql;
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
  switch (filter.kind) {
    case Filter::Kind::term:
      return term_condition(filter.term, now, model);
    case Filter::Kind::all_of:
      return joined(filter.parts, " AND ", "1", now, model);
    case Filter::Kind::any_of:
      return joined(filter.parts, " OR ", "0", now, model);
    case Filter::Kind::none_of: {
      // A comparison with NULL is neither true nor false in SQL; here it is false, so that its opposite is true.
      SqlText sql{"NOT coalesce("};
      sql += joined(filter.parts, " OR ", "0", now, model);
      sql += SqlText{", 0)"};
      return sql;
    }
  }
  return SqlText{"1"};
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
