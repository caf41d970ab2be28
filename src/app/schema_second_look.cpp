#include "schema_second_look.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include <mlops/formats/table_value.hpp>
#include <mlops/stats/sketch_distinct.hpp>

#include "data_source.hpp"
#include "unique_values.hpp"

namespace mlops::app {

namespace {

using formats::Cell;
using formats::CellKind;

constexpr std::size_t most_columns = 8;

// How two columns of times stood to each other.
struct Order {
  std::size_t first = 0;  // in SecondLook::times
  std::size_t second = 0;
  std::uint64_t before = 0;
  std::uint64_t same = 0;
  std::uint64_t after = 0;

  void merge(const Order& other) {
    before += other.before;
    same += other.same;
    after += other.after;
  }
};

// The rows that one thread reads.
class LaneLook {
 public:
  explicit LaneLook(const SecondLook& wanted) : wanted_{&wanted}, values_(wanted.keys.size()) {
    for (std::size_t i = 0; i < wanted.times.size(); ++i) {
      for (std::size_t j = i + 1; j < wanted.times.size(); ++j) orders_.push_back({.first = i, .second = j});
    }
  }

  void take(const formats::Columns& columns, const formats::RowBatch& batch) {
    const auto column_named = [&](const std::string& name) -> const std::vector<Cell>* {
      const auto found = std::ranges::find(columns, name);
      return found == columns.end() ? nullptr : &batch.columns[static_cast<std::size_t>(found - columns.begin())];
    };
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (const auto* cells = column_named(wanted_->keys[i])) add_values(values_[i], *cells, batch);
    }
    for (Order& order : orders_) {
      const auto* first = column_named(wanted_->times[order.first]);
      const auto* second = column_named(wanted_->times[order.second]);
      if (first != nullptr && second != nullptr) compare(order, *first, *second);
    }
  }

  void merge(LaneLook&& other) {
    for (std::size_t i = 0; i < values_.size(); ++i) values_[i].merge(std::move(other.values_[i]));
    for (std::size_t i = 0; i < orders_.size(); ++i) orders_[i].merge(other.orders_[i]);
  }

  SecondLookFindings findings(std::uint64_t fewest_rows) {
    SecondLookFindings found;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (std::move(values_[i]).repeated().empty()) found.unique.push_back(wanted_->keys[i]);
    }
    for (const Order& order : orders_) {
      if (order.before + order.same + order.after < fewest_rows) continue;
      const std::string first = operand(wanted_->times[order.first]);
      const std::string second = operand(wanted_->times[order.second]);
      if (order.after == 0 && order.before > 0) found.rules.push_back(fmt::format("{} <= {}", first, second));
      if (order.before == 0 && order.after > 0) found.rules.push_back(fmt::format("{} <= {}", second, first));
    }
    return found;
  }

 private:
  static void add_values(UniqueValues& values, const std::vector<Cell>& cells, const formats::RowBatch& batch) {
    for (std::size_t row = 0; row < cells.size(); ++row) {
      if (cells[row].kind != CellKind::missing)
        values.add(stats::hash_text(cells[row].text), place_of(batch.chunk, batch.row_in_chunk + row));
    }
  }

  static void compare(Order& order, const std::vector<Cell>& first, const std::vector<Cell>& second) {
    for (std::size_t row = 0; row < first.size(); ++row) {
      if (first[row].kind == CellKind::missing || second[row].kind == CellKind::missing) continue;
      const double a = formats::value_of(first[row]).number;
      const double b = formats::value_of(second[row]).number;
      ++(a < b ? order.before : a > b ? order.after : order.same);
    }
  }

  // A column's name as a rule spells it.
  static std::string operand(const std::string& name) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    const bool is_plain = name.find_first_not_of(plain) == std::string::npos;
    return is_plain ? name : fmt::format("`{}`", name);
  }

  const SecondLook* wanted_;
  std::vector<UniqueValues> values_;
  std::vector<Order> orders_;
};

std::vector<std::string> first_few(std::vector<std::string> names) {
  // A name with a backtick can't stand in a rule.
  std::erase_if(names, [](const std::string& name) { return name.find('`') != std::string::npos; });
  if (names.size() > most_columns) names.resize(most_columns);
  return names;
}

}  // namespace

SecondLookFindings look_again(const ByteSource& bytes, const formats::TableOptions& options, const SecondLook& wanted,
                              std::uint64_t fewest_rows) {
  const SecondLook few{.keys = first_few(wanted.keys), .times = first_few(wanted.times)};
  if (few.keys.empty() && few.times.size() < 2) return {};
  std::vector<LaneLook> lanes(table_threads, LaneLook{few});
  std::vector<formats::RowVisitor> visitors;
  for (LaneLook& lane : lanes) {
    visitors.emplace_back(
        [&lane](const formats::Columns& columns, const formats::RowBatch& batch) { lane.take(columns, batch); });
  }
  static_cast<void>(formats::read_table(bytes, options, visitors));
  for (std::size_t i = 1; i < lanes.size(); ++i) lanes.front().merge(std::move(lanes[i]));
  return lanes.front().findings(fewest_rows);
}

}  // namespace mlops::app
