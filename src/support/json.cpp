#include <mlops/support/json.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops {

namespace {

std::string_view type_of(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_bool()) return "a boolean";
  if (value.is_integer()) return "an integer";
  if (value.is_number()) return "a number";
  if (value.is_string()) return "a string";
  return value.is_array() ? "an array" : "an object";
}

[[noreturn]] void wrong_type(std::string_view expected, const Json& found) {
  throw Error{ErrorKind::failed, fmt::format("JSON value is {} where {} is expected", type_of(found), expected)};
}

}  // namespace

Json::Json(const Json& other) = default;
Json::Json(Json&& other) noexcept = default;
Json& Json::operator=(const Json& other) = default;
Json& Json::operator=(Json&& other) noexcept = default;
Json::~Json() = default;

bool Json::as_bool() const {
  if (const auto* value = std::get_if<bool>(&value_)) return *value;
  wrong_type("a boolean", *this);
}

std::int64_t Json::as_integer() const {
  if (const auto* value = std::get_if<std::int64_t>(&value_)) return *value;
  wrong_type("an integer", *this);
}

double Json::as_double() const {
  if (const auto* value = std::get_if<double>(&value_)) return *value;
  if (const auto* value = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*value);
  wrong_type("a number", *this);
}

const std::string& Json::as_string() const {
  if (const auto* value = std::get_if<std::string>(&value_)) return *value;
  wrong_type("a string", *this);
}

const Json::Array& Json::as_array() const {
  if (const auto* value = std::get_if<Array>(&value_)) return *value;
  wrong_type("an array", *this);
}

const Json::Object& Json::as_object() const {
  if (const auto* value = std::get_if<Object>(&value_)) return *value;
  wrong_type("an object", *this);
}

const Json* Json::find(std::string_view key) const {
  const auto* const members = std::get_if<Object>(&value_);
  if (members == nullptr) return nullptr;
  const auto member = std::ranges::find(*members, key, &Member::first);
  return member == members->end() ? nullptr : &member->second;
}

const Json& Json::at(std::string_view key) const {
  if (const Json* value = find(key)) return *value;
  if (!is_object()) wrong_type("an object", *this);
  throw Error{ErrorKind::failed, fmt::format("JSON object has no member `{}`", printable(key))};
}

Json& Json::set(std::string key, Json value) {
  if (is_null()) value_ = Object{};
  auto* const members = std::get_if<Object>(&value_);
  if (members == nullptr) wrong_type("an object", *this);
  const auto member = std::ranges::find(*members, key, &Member::first);
  if (member != members->end()) {
    member->second = std::move(value);
  } else {
    members->emplace_back(std::move(key), std::move(value));
  }
  return *this;
}

Json& Json::push_back(Json value) {
  if (is_null()) value_ = Array{};
  auto* const items = std::get_if<Array>(&value_);
  if (items == nullptr) wrong_type("an array", *this);
  items->push_back(std::move(value));
  return *this;
}

}  // namespace mlops
