#include <mlops/formats/metrics.hpp>

#include <algorithm>
#include <functional>
#include <string>

#include <fmt/format.h>

#include <mlops/domain/names.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/json.hpp>

#include "metrics_parts.hpp"

namespace mlops::formats {

namespace {

std::string_view description_of(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  if (value.is_number()) return "a number";
  if (value.is_string()) return "text";
  if (value.is_array()) return "a list";
  return "an object";
}

// One file of named values: which kind of thing they are, for the errors, and what takes them.
struct Reading {
  std::string_view source;
  std::string_view kind;                                                 // "metric", "param"
  std::function<bool(const std::string& name, const Json& value)> take;  // false when the name is taken already
};

[[noreturn]] void refuse(const Reading& reading, std::string_view name, std::string_view what) {
  throw Error{ErrorKind::usage, fmt::format("{}: {} `{}` is {}", reading.source, reading.kind, name, what)};
}

void read_members(const Json& object, const std::string& prefix, const Reading& reading) {
  for (const auto& [key, value] : object.as_object()) {
    const std::string name = prefix + key;
    if (value.is_object()) {
      read_members(value, name + ".", reading);
      continue;
    }
    try {
      domain::check_key(reading.kind, name);
    } catch (Error& error) {
      error.add_context(fmt::format("while reading {}", reading.source));
      throw;
    }
    if (!reading.take(name, value)) refuse(reading, name, "given twice");
  }
}

void read_root(const Json& root, const Reading& reading) {
  if (!root.is_object()) {
    throw Error{ErrorKind::usage, fmt::format("{}: {}s must be a JSON object, and this is {}", reading.source,
                                              reading.kind, description_of(root))};
  }
  read_members(root, "", reading);
}

void read_object(std::string_view text, const Reading& reading) {
  read_root(parse_json(text, reading.source), reading);
}

// Python's json module writes these, though JSON has no such numbers.
bool mentions_non_finite(std::string_view text) {
  return text.find("NaN") != std::string_view::npos || text.find("Infinity") != std::string_view::npos;
}

bool is_scalar(const Json& value) { return value.is_number() || value.is_string() || value.is_bool(); }

bool can_be_param(const Json& value) {
  if (!value.is_array()) return is_scalar(value);
  return std::ranges::all_of(value.as_array(), is_scalar);
}

}  // namespace

domain::Metrics metrics_in(const Json& root, std::string_view source) {
  domain::Metrics metrics;
  Reading reading{source, "metric", {}};
  reading.take = [&](const std::string& name, const Json& value) {
    if (!value.is_number()) refuse(reading, name, fmt::format("{}, not a number", description_of(value)));
    return metrics.emplace(name, value.as_double()).second;
  };
  read_root(root, reading);
  return metrics;
}

Json parse_figures(std::string_view text, std::string_view source) {
  try {
    return parse_json(text, source);
  } catch (Error& error) {
    if (mentions_non_finite(text)) error.add_hint("metrics must be finite numbers; leave out one that has no value");
    throw;
  }
}

domain::Metrics parse_metrics(std::string_view text, std::string_view source) {
  return metrics_in(parse_figures(text, source), source);
}

domain::Metrics read_metrics(const std::filesystem::path& path) {
  return parse_metrics(read_file(path), path.string());
}

domain::Params parse_params(std::string_view text, std::string_view source) {
  domain::Params params;
  Reading reading{source, "param", {}};
  reading.take = [&](const std::string& name, const Json& value) {
    if (value.is_array() && !can_be_param(value))
      refuse(reading, name, "a list that holds more than numbers, text, true and false");
    if (!can_be_param(value))
      refuse(reading, name, fmt::format("{}, not a number, text, true or false", description_of(value)));
    return params.emplace(name, value).second;
  };
  read_object(text, reading);
  return params;
}

domain::Params read_params(const std::filesystem::path& path) { return parse_params(read_file(path), path.string()); }

}  // namespace mlops::formats
