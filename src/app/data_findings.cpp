#include "data_findings.hpp"

#include <algorithm>
#include <cmath>
#include <system_error>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

#include "reference_cache.hpp"

namespace mlops::app {

namespace fs = std::filesystem;

namespace {

using domain::DataQuestion;

constexpr std::uint64_t largest_data_schema = 16u << 20;

Json texts_json(const std::vector<std::string>& texts) {
  Json list = Json::array();
  for (const std::string& text : texts) list.push_back(text);
  return list;
}

Json measurement_json(const DataMeasurement& measured) {
  return Json::object({{"value", measured.value},
                       {"low", measured.low},
                       {"high", measured.high},
                       {"found", measured.found},
                       {"why", texts_json(measured.why)},
                       {"is_refuted", measured.is_refuted},
                       {"doubt", measured.doubt},
                       {"details", measured.details}});
}

DataMeasurement measurement_from(const Json& json) {
  DataMeasurement measured;
  measured.value = json.at("value").as_double();
  measured.low = json.at("low").as_double();
  measured.high = json.at("high").as_double();
  measured.found = json.at("found").as_string();
  for (const Json& line : json.at("why").as_array()) measured.why.push_back(line.as_string());
  measured.is_refuted = json.at("is_refuted").as_bool();
  measured.doubt = json.at("doubt").as_string();
  measured.details = json.at("details");
  return measured;
}

// What is no measurement, or is gone, is measured again.
std::optional<DataMeasurement> kept_measurement(const fs::path& file) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return std::nullopt;
  try {
    return measurement_from(parse_json(read_file(file), file.string()));
  } catch (const Error&) {
    return std::nullopt;
  }
}

Json table_json(const GateTable& table) {
  return Json::object({{"name", table.name}, {"dataset", table.source}, {"digest", table.digest.text()}});
}

std::string with_hints(const Error& error) {
  std::string text = error.message();
  for (const std::string& hint : error.hints()) text += "; " + hint;
  return text;
}

bool depends_on_time(const domain::DataSchema& schema) {
  return std::ranges::any_of(schema.columns, [](const auto& column) { return !column.max_age.empty(); });
}

constexpr double milliseconds_per_hour = 3'600'000;

std::string span_text(double milliseconds) {
  const double hours = milliseconds / milliseconds_per_hour;
  return hours < 48 ? fmt::format("{:.1f} hours", hours) : fmt::format("{:.1f} days", hours / 24);
}

}  // namespace

checks::DataFinding DataFindings::look(const domain::DataCondition& condition) {
  try {
    return answer(condition);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted) throw;
    checks::DataFinding finding;
    finding.fault = with_hints(error);
    return finding;
  }
}

checks::DataFinding DataFindings::answer(const domain::DataCondition& condition) {
  checks::DataFinding finding;
  for (const domain::DataName* name : {&condition.data, condition.other ? &*condition.other : nullptr}) {
    if (name == nullptr || name->kind != domain::DataName::Kind::held || data_.is_held(*name)) continue;
    finding.is_unopposed = true;
    finding.note = fmt::format("nobody holds {} yet", name->stage);
    return finding;
  }
  Subjects subjects{.data = data_.open(condition.data), .other = {}, .schema = {}};
  if (condition.other) subjects.other = data_.open(*condition.other);
  if (condition.question == DataQuestion::schema) subjects.schema = read_schema(condition.schema);

  auto [measurement, is_reused] = measured(condition, subjects);
  if (condition.question == DataQuestion::age) measurement = age_of(condition, subjects, measurement);
  finding.value = measurement.value;
  finding.low = measurement.low;
  finding.high = measurement.high;
  finding.found = std::move(measurement.found);
  finding.why = std::move(measurement.why);
  finding.is_refuted = measurement.is_refuted;
  finding.doubt = std::move(measurement.doubt);
  finding.details = Json::object({{"data", table_json(subjects.data)}});
  if (subjects.other) finding.details.set("other", table_json(*subjects.other));
  if (subjects.schema) finding.details.set("schema", sha256(*subjects.schema).text());
  finding.details.set("reused", is_reused);
  if (measurement.details.is_object()) {
    for (const auto& [key, value] : measurement.details.as_object()) finding.details.set(key, value);
  }
  return finding;
}

DataFindings::Measured DataFindings::measured(const domain::DataCondition& condition, const Subjects& subjects) {
  // When a dataset was added is no question to its bytes.
  if (condition.question == DataQuestion::age && condition.columns.empty()) return {};
  const bool is_lasting =
      !subjects.schema || !depends_on_time(domain::parse_data_schema(*subjects.schema, condition.schema));
  if (!is_lasting) return {.measurement = measure(condition, subjects), .is_reused = false};
  const fs::path cached = place_in_cache(condition, subjects);
  if (auto kept = kept_measurement(cached)) return {.measurement = std::move(*kept), .is_reused = true};
  Measured made{.measurement = measure(condition, subjects), .is_reused = false};
  make_directories(cached.parent_path());
  write_file_atomic(cached, to_text(measurement_json(made.measurement)));
  return made;
}

DataMeasurement DataFindings::measure(const domain::DataCondition& condition, const Subjects& subjects) const {
  const GateTable& data = subjects.data;
  workspace_.context().tell(fmt::format("looking at data: {}", condition.text));
  switch (condition.question) {
    case DataQuestion::drift:
      return measure_drift(data, *subjects.other, condition.columns,
                           place_of_frozen(workspace_.registry(), subjects.other->digest, subjects.other->options));
    case DataQuestion::shift:
      return measure_shift(data, *subjects.other, condition.columns.front());
    case DataQuestion::age:
      return find_latest(data, condition.columns.front());
    case DataQuestion::rows:
      return count_rows(data);
    case DataQuestion::schema:
      return hold_to_schema(data, domain::parse_data_schema(*subjects.schema, condition.schema),
                            workspace_.context().clock());
    case DataQuestion::shared_rows:
      return find_shared_rows(data, *subjects.other);
    case DataQuestion::classes:
      return find_missing_classes(data, *subjects.other, condition.columns.front());
  }
  return {};
}

// Since a dataset was added to the registry, or since the latest time in a column of it.
DataMeasurement DataFindings::age_of(const domain::DataCondition& condition, const Subjects& subjects,
                                     const DataMeasurement& latest) const {
  const GateTable& data = subjects.data;
  const bool is_by_column = !condition.columns.empty();
  if (!is_by_column && !data.added_at) {
    throw Error{ErrorKind::usage,
                fmt::format("{} is a file, and nobody recorded when it came", data.name),
                {fmt::format("`age of {} by COLUMN` takes the latest time in a column", data.name)}};
  }
  const double since = is_by_column ? latest.value : static_cast<double>(data.added_at->milliseconds);
  const std::string time = rfc3339({.milliseconds = static_cast<std::int64_t>(since)});
  DataMeasurement age;
  age.value = age.low = age.high = static_cast<double>(workspace_.now().milliseconds) - since;
  const std::string what = is_by_column ? fmt::format("the latest {} is {}", printable(condition.columns.front()), time)
                                        : fmt::format("it was added {}", time);
  age.found = age.value < 0 ? fmt::format("in the future: {}", what) : span_text(age.value);
  age.why.push_back(what);
  age.details = latest.details;
  age.details.set("since", time);
  return age;
}

fs::path DataFindings::place_in_cache(const domain::DataCondition& condition, const Subjects& subjects) const {
  const auto ending = [](const GateTable& table) { return fs::path{table.options.name}.extension().string(); };
  Json key = Json::object({{"question", name_of(condition.question)},
                           {"columns", texts_json(condition.columns)},
                           {"data", subjects.data.digest.text()},
                           {"data_name", subjects.data.name},
                           {"data_ending", ending(subjects.data)},
                           {"tool", workspace_.context().tool_version}});
  if (subjects.other) {
    key.set("other", subjects.other->digest.text());
    key.set("other_name", subjects.other->name);
    key.set("other_ending", ending(*subjects.other));
  }
  if (subjects.schema) key.set("schema", sha256(*subjects.schema).text());
  return workspace_.registry() / "cache" / "data" / sha256(canonical(key)).hex();
}

// Like the gate itself it comes from the commit, so that a change nobody reviewed can't loosen it.
std::string DataFindings::read_schema(const std::string& path) {
  const fs::path file = ground_.project() / path;
  std::error_code ignored;
  if (fs::is_regular_file(file, ignored)) return read_file(file, largest_data_schema);
  throw Error{ErrorKind::not_found,
              fmt::format("there is no schema `{}` where the gate is read from", printable(path)),
              {"`mlops dataset schema DATA --out FILE` writes a first one; commit it with the gate"}};
}

}  // namespace mlops::app
