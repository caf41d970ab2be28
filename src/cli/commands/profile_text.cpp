#include "profile_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/core.h>

#include <mlops/support/text.hpp>
#include <mlops/support/time.hpp>

#include "render.hpp"

namespace mlops::cli {

namespace {

using app::ColumnProfile;
using formats::ValueType;

constexpr std::size_t widest_value = 20;

// "12.5%", and never 0% or 100% for what is only nearly so.
std::string share_text(std::uint64_t part, std::uint64_t whole) {
  if (part == 0 || whole == 0) return "";
  const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  if (part == whole) return "100%";
  if (percent < 0.1) return "<0.1%";
  return percent > 99.9 ? ">99.9%" : fmt::format("{:.1f}%", percent);
}

// Each count as one of eight heights, of which the lowest is still more than none.
std::string bars_text(const std::vector<std::uint64_t>& counts) {
  constexpr auto bars = std::to_array<std::string_view>({"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"});
  const std::uint64_t most = counts.empty() ? 0 : *std::ranges::max_element(counts);
  std::string text;
  for (const std::uint64_t count : counts) {
    const double share = most == 0 ? 0 : static_cast<double>(count) / static_cast<double>(most);
    const auto height = static_cast<std::size_t>(std::ceil(share * static_cast<double>(bars.size())));
    text += height == 0 ? std::string_view{" "} : bars.at(height - 1);
  }
  return text;
}

std::string figure_of(const ColumnProfile& column, double value) {
  if (!formats::is_temporal(column.type)) return figure_text(value);
  const std::string text = rfc3339({.milliseconds = static_cast<std::int64_t>(std::llround(value))});
  return column.type == ValueType::date ? text.substr(0, text.find('T')) : text;
}

std::string top_text(const ColumnProfile& column, std::uint64_t rows) {
  std::vector<std::string> parts;
  for (const auto& [value, count] : column.top) {
    if (parts.size() == values_shown) break;
    const std::string shown = truncate_to_width(printable(value), widest_value);
    parts.push_back(fmt::format("{} {}", shown, share_text(count, rows - column.missing)));
  }
  return join(parts, ", ") + (column.distinct > values_shown && !parts.empty() ? " …" : "");
}

std::string distinct_text(const ColumnProfile& column) {
  return fmt::format("{}{}", column.distinct_error > 0 ? "~" : "", column.distinct);
}

Table column_table(const app::DataProfile& profile) {
  Table table{{"COLUMN", "TYPE", "MISSING", "DISTINCT", "MIN", "MEDIAN", "MEAN", "MAX", "STD", "VALUES"}};
  for (const ColumnProfile& column : profile.columns) {
    std::vector<Cell> row = {{printable(column.name), Tone::bold},
                             {std::string{name_of(column.type)}},
                             {share_text(column.missing, profile.facts.rows), Tone::warning},
                             {distinct_text(column)}};
    if (column.numbers) {
      const app::NumberProfile& numbers = *column.numbers;
      const bool has_deviation = formats::is_numeric(column.type) && std::isfinite(numbers.standard_deviation);
      row.insert(row.end(), {{figure_of(column, numbers.min)},
                             {figure_of(column, numbers.quantiles.at(3))},
                             {formats::is_numeric(column.type) ? figure_text(numbers.mean) : ""},
                             {figure_of(column, numbers.max)},
                             {has_deviation ? figure_text(numbers.standard_deviation) : ""},
                             {bars_text(numbers.histogram)}});
    } else {
      row.insert(row.end(), {"", "", "", "", "", {top_text(column, profile.facts.rows)}});
    }
    table.add(std::move(row));
  }
  return table;
}

// What the table is an estimate of, and what is odd about the file.
std::vector<std::string> notes_on(const app::DataProfile& profile) {
  std::vector<std::string> notes;
  const auto worst = [&](auto error_of) {
    double most = 0;
    for (const ColumnProfile& column : profile.columns) most = std::max(most, error_of(column));
    return most;
  };
  const double distinct_error = worst([](const auto& column) { return column.distinct_error; });
  const double rank_error =
      worst([](const auto& column) { return column.numbers ? column.numbers->quantile_error : 0; });
  if (distinct_error > 0)
    notes.push_back(fmt::format("~ is an estimate, with a standard error of {:.1f}%", 100 * distinct_error));
  if (rank_error > 0)
    notes.push_back(fmt::format("medians and bars may be off by {:.2f}% of the rows", 100 * rank_error));
  for (const ColumnProfile& column : profile.columns) {
    if (column.infinite > 0) {
      notes.push_back(
          fmt::format("{}: {} infinite, left out", printable(column.name), count_text(column.infinite, "value")));
    }
  }
  const auto& facts = profile.facts;
  if (facts.short_rows > 0) {
    notes.push_back(fmt::format("{} fewer fields than the header: the others count as missing",
                                count_text(facts.short_rows, "row") + (facts.short_rows == 1 ? " has" : " have")));
  }
  if (facts.long_rows > 0) {
    notes.push_back(fmt::format("{} more fields than the header: what is beyond is left out",
                                count_text(facts.long_rows, "row") + (facts.long_rows == 1 ? " has" : " have")));
  }
  return notes;
}

}  // namespace

void print_columns(const Session& session, const app::DataProfile& profile) {
  session.print(column_table(profile).text(session.style(), session.columns(), "  "));
  for (const std::string& note : notes_on(profile)) session.print_line("  " + session.style().faint(note));
}

}  // namespace mlops::cli
