#include "toml_reader.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>
#include <mlops/support/time.hpp>

#include "segments.hpp"

namespace mlops::domain {
namespace {

const Toml::Table& no_members() {
  static const Toml::Table empty;
  return empty;
}

std::string wrong_type(std::string_view key, std::string_view wanted, const Toml& found) {
  return fmt::format("`{}` must be {}, not {} {}", key, wanted,
                     found.type_name() == "integer" || found.type_name() == "array" ? "an" : "a", found.type_name());
}

}  // namespace

void Mistakes::add(int line, std::string_view what) {
  mistakes_.emplace_back(line, fmt::format("{}:{}: {}", source_, line, what));
}

void Mistakes::add(int line, std::string_view where, const Error& error) {
  const std::string hint = error.hints().empty() ? "" : fmt::format(" ({})", error.hints().front());
  add(line, fmt::format("{}: {}{}", where, error.message(), hint));
}

void Mistakes::throw_any() const {
  if (mistakes_.empty()) return;
  auto in_order = mistakes_;
  std::ranges::stable_sort(in_order, {}, [](const auto& mistake) { return mistake.first; });
  Error error{ErrorKind::usage, in_order.front().second};
  for (std::size_t i = 1; i < in_order.size(); ++i) error.add_context(in_order[i].second);
  throw error;
}

TableReader::TableReader(const Toml& value, std::string name, Mistakes& mistakes)
    : value_{&value}, table_{value.table()}, name_{std::move(name)}, mistakes_{&mistakes} {
  if (table_ != nullptr) return;
  mistakes_->add(value.line, fmt::format("{} must be a table, not {} {}", name_,
                                         value.type_name() == "array" || value.type_name() == "integer" ? "an" : "a",
                                         value.type_name()));
  table_ = &no_members();
}

TableReader TableReader::inner(std::string_view key) const {
  std::string name = name_;
  if (name.ends_with(']')) name.pop_back();
  return TableReader{*find(key), fmt::format("{}.{}]", name, key), *mistakes_};
}

void TableReader::refuse_unknown(std::initializer_list<std::string_view> known) const {
  const std::vector<std::string> names{known.begin(), known.end()};
  for (const auto& [key, value] : members()) {
    if (std::ranges::find(names, key) != names.end()) continue;
    std::string what = fmt::format("unknown key `{}`", printable(key));
    if (const auto near = near_miss(key, names)) {
      what += fmt::format(", did you mean `{}`?", *near);
    } else {
      what += fmt::format(" (known: {})", join(names, ", "));
    }
    mistake(value.line, what);
  }
}

std::optional<std::string> TableReader::string(std::string_view key) const {
  const Toml* found = find(key);
  if (found == nullptr) return std::nullopt;
  if (const std::string* text = found->string()) return *text;
  mistake(found->line, wrong_type(key, "a string", *found));
  return std::nullopt;
}

std::optional<std::int64_t> TableReader::integer(std::string_view key, std::int64_t least, std::int64_t most) const {
  const Toml* found = find(key);
  if (found == nullptr) return std::nullopt;
  const auto* number = std::get_if<std::int64_t>(&found->value);
  if (number == nullptr) {
    mistake(found->line, wrong_type(key, "an integer", *found));
    return std::nullopt;
  }
  if (*number >= least && *number <= most) return *number;
  const bool too_small = *number < least;
  mistake(found->line, fmt::format("`{}` must be at {} {}, not {}", key, too_small ? "least" : "most",
                                   too_small ? least : most, *number));
  return std::nullopt;
}

std::optional<std::int64_t> TableReader::time_span(std::string_view key, std::int64_t least) const {
  const auto text = string(key);
  if (!text) return std::nullopt;
  const auto span = parse_time_span(*text);
  if (span && *span >= least) return span;
  mistake(line_of(key), Error{ErrorKind::usage,
                              fmt::format("`{}` of `{}` is no span of time", shown(*text), key),
                              {span ? "it must be longer than none" : time_span_hint(*text)}});
  return std::nullopt;
}

std::optional<double> TableReader::number(std::string_view key) const {
  const Toml* found = find(key);
  if (found == nullptr) return std::nullopt;
  if (const auto* number = std::get_if<double>(&found->value)) return *number;
  if (const auto* integer = std::get_if<std::int64_t>(&found->value)) return static_cast<double>(*integer);
  mistake(found->line, wrong_type(key, "a number", *found));
  return std::nullopt;
}

std::optional<bool> TableReader::boolean(std::string_view key) const {
  const Toml* found = find(key);
  if (found == nullptr) return std::nullopt;
  if (const auto* flag = std::get_if<bool>(&found->value)) return *flag;
  mistake(found->line, wrong_type(key, "true or false", *found));
  return std::nullopt;
}

std::optional<std::vector<TableReader::Item>> TableReader::strings(std::string_view key) const {
  const Toml* found = find(key);
  if (found == nullptr) return std::nullopt;
  if (found->array() == nullptr) {
    mistake(found->line, wrong_type(key, "an array of strings", *found));
    return std::nullopt;
  }
  std::vector<Item> items;
  for (const Toml& item : *found->array()) {
    if (const std::string* text = item.string()) {
      items.emplace_back(*text, item.line);
    } else {
      mistake(item.line, fmt::format("`{}` must hold strings only, not {}", key, item.type_name()));
    }
  }
  return items;
}

const Toml::Table& TableReader::table(std::string_view key) const {
  const Toml* found = find(key);
  if (found == nullptr) return no_members();
  if (found->table() != nullptr) return *found->table();
  mistake(found->line, wrong_type(key, "a table", *found));
  return no_members();
}

TableReader TableReader::inner(const Toml& value, std::string_view key) const {
  return {value, fmt::format("{}.{}]", name_.substr(0, name_.size() - 1), key), *mistakes_};
}

int TableReader::line_of(std::string_view key) const {
  const Toml* found = find(key);
  return found == nullptr ? line() : found->line;
}

}  // namespace mlops::domain
