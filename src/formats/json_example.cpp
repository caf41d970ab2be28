#include "json_example.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::formats {

namespace {

using domain::Port;

[[noreturn]] void fail(std::string what) { throw Error{ErrorKind::usage, std::move(what)}; }

std::string dtype_of(const Json& value) {
  if (value.is_bool()) return "bool";
  if (value.is_integer()) return "int64";
  if (value.is_number()) return "float64";
  if (value.is_string()) return "string";
  return value.is_object() ? "object" : "";
}

// Of a column that held `one` so far and holds `other` as well; "" stands for nothing seen yet.
std::string common(const std::string& one, const std::string& other) {
  if (one == other || other.empty()) return one;
  if (one.empty()) return other;
  const auto is_number = [](std::string_view dtype) { return dtype == "int64" || dtype == "float64"; };
  return is_number(one) && is_number(other) ? "float64" : "any";
}

// A value that may be a list of lists: what its figures are, and how long the lists are, null where they differ.
struct Nested {
  std::string dtype;
  std::vector<Json> shape;
  bool is_even = true;  // as deep everywhere
};

Nested nested_of(const Json& value) {
  if (!value.is_array()) return {dtype_of(value), {}};
  Nested result;
  std::optional<Nested> items;
  for (const Json& item : value.as_array()) {
    Nested nested = nested_of(item);
    if (!items) {
      items = std::move(nested);
      continue;
    }
    items->dtype = common(items->dtype, nested.dtype);
    items->is_even = items->is_even && nested.is_even && items->shape.size() == nested.shape.size();
    for (std::size_t i = 0; i < std::min(items->shape.size(), nested.shape.size()); ++i) {
      if (items->shape[i] != nested.shape[i]) items->shape[i] = nullptr;
    }
  }
  result.shape.emplace_back(value.as_array().size());
  if (!items) return result;
  result.dtype = items->dtype;
  result.is_even = items->is_even;
  result.shape.insert(result.shape.end(), items->shape.begin(), items->shape.end());
  return result;
}

// The first dimension counts the examples.
Port tensor_of(std::string name, const Json& value) {
  Nested nested = nested_of(value);
  if (!nested.is_even) fail(fmt::format("`{}` is a list of things that are nested unevenly", printable(name)));
  if (!nested.shape.empty()) nested.shape.front() = nullptr;
  return {.name = std::move(name), .dtype = std::move(nested.dtype), .shape = std::move(nested.shape)};
}

// Columns in the order in which they are first seen.
class Columns {
 public:
  void add(const std::string& name, const Json& value) {
    const auto [at, is_new] = places_.try_emplace(name, ports_.size());
    if (is_new) {
      ports_.push_back({.name = name, .dtype = "", .shape = {}});
      seen_.push_back(0);
    }
    if (value.is_null()) return;
    Port& port = ports_[at->second];
    ++seen_[at->second];
    const Nested nested = nested_of(value);
    port.dtype = common(port.dtype, nested.dtype);
    if (value.is_array()) port.shape = std::vector<Json>(nested.shape.size(), Json{});
  }

  // What some of the `rows` did not have may be left out.
  std::vector<Port> take(std::size_t rows) {
    for (std::size_t i = 0; i < ports_.size(); ++i) ports_[i].required = seen_[i] == rows;
    return std::move(ports_);
  }

 private:
  std::vector<Port> ports_;
  std::vector<std::size_t> seen_;
  std::unordered_map<std::string, std::size_t> places_;
};

std::vector<Port> ports_of_records(const Json::Array& records) {
  Columns columns;
  for (const Json& record : records) {
    if (!record.is_object()) fail("a list of which some items are objects and some are not");
    for (const auto& [name, value] : record.as_object()) columns.add(name, value);
  }
  return columns.take(records.size());
}

std::vector<Port> ports_of_split(const Json& table) {
  const Json* const names = table.find("columns");
  const Json* const data = table.find("data");
  if (names == nullptr || data == nullptr || !names->is_array() || !data->is_array())
    fail("a split table has the lists `columns` and `data`");
  Columns columns;
  for (const Json& row : data->as_array()) {
    if (!row.is_array() || row.as_array().size() != names->as_array().size())
      fail("a row of `data` has more or fewer values than there are `columns`");
    for (std::size_t i = 0; i < row.as_array().size(); ++i) {
      const Json& name = names->as_array()[i];
      columns.add(name.is_string() ? name.as_string() : to_line(name), row.as_array()[i]);
    }
  }
  return columns.take(data->as_array().size());
}

std::vector<Port> ports_of_tensors(const Json& value);

std::vector<Port> ports_of_list(const Json& list) {
  if (list.as_array().empty()) fail("an empty list shows nothing");
  return list.as_array().front().is_object() ? ports_of_records(list.as_array()) : std::vector{tensor_of("", list)};
}

std::vector<Port> ports_of_tensors(const Json& value) {
  if (value.is_array()) return ports_of_list(value);
  if (!value.is_object()) return {tensor_of("", value)};
  std::vector<Port> ports;
  for (const auto& [name, held] : value.as_object()) ports.push_back(tensor_of(name, held));
  return ports;
}

}  // namespace

std::vector<Port> ports_of_example(const Json& example) {
  if (example.is_array()) return ports_of_list(example);
  if (!example.is_object() || example.as_object().empty())
    fail("an example is a list or an object that holds something");
  if (example.find("columns") != nullptr && example.find("data") != nullptr) return ports_of_split(example);
  if (const Json* table = example.find("dataframe_split")) return ports_of_split(*table);
  for (const std::string_view key : {"dataframe_records", "inputs", "instances"}) {
    if (const Json* value = example.find(key)) return ports_of_tensors(*value);
  }
  const auto is_list = [](const Json::Member& member) { return member.second.is_array(); };
  if (std::ranges::all_of(example.as_object(), is_list)) return ports_of_tensors(example);
  return ports_of_records({example});
}

}  // namespace mlops::formats
