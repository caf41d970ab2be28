// JSON values: strict parsing of what others wrote, stable text for people, canonical text for digests.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace mlops {

// A JSON value. Objects keep the order in which members were set; integers stay apart from doubles.
class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  Json() = default;
  // Defined in one place: inlined everywhere they cost compile time, and g++ 12 warns of uninitialised alternatives.
  Json(const Json& other);
  Json(Json&& other) noexcept;
  Json& operator=(const Json& other);
  Json& operator=(Json&& other) noexcept;
  ~Json();

  Json(std::nullptr_t) {}
  template <std::same_as<bool> T>
  Json(T value) : value_{value} {}
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  Json(T value) : value_{static_cast<std::int64_t>(value)} {}
  Json(double value) : value_{value} {}
  Json(const char* text) : value_{std::string{text}} {}
  Json(std::string_view text) : value_{std::string{text}} {}
  Json(std::string text) : value_{std::move(text)} {}
  Json(Array items) : value_{std::move(items)} {}
  Json(Object members) : value_{std::move(members)} {}
  template <typename T>
  Json(const std::optional<T>& value) {
    if (value) *this = Json{*value};
  }

  static Json array(std::initializer_list<Json> items = {}) { return Json{Array{items}}; }
  static Json object(std::initializer_list<Member> members = {}) { return Json{Object{members}}; }

  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  [[nodiscard]] bool is_bool() const { return std::holds_alternative<bool>(value_); }
  [[nodiscard]] bool is_integer() const { return std::holds_alternative<std::int64_t>(value_); }
  [[nodiscard]] bool is_number() const { return is_integer() || std::holds_alternative<double>(value_); }
  [[nodiscard]] bool is_string() const { return std::holds_alternative<std::string>(value_); }
  [[nodiscard]] bool is_array() const { return std::holds_alternative<Array>(value_); }
  [[nodiscard]] bool is_object() const { return std::holds_alternative<Object>(value_); }

  // Each throws Error{failed} that names the expected type when the value is of another one.
  [[nodiscard]] bool as_bool() const;
  [[nodiscard]] std::int64_t as_integer() const;
  [[nodiscard]] double as_double() const;  // accepts an integer
  [[nodiscard]] const std::string& as_string() const;
  [[nodiscard]] const Array& as_array() const;
  [[nodiscard]] const Object& as_object() const;

  // The member's value, or nullptr (also when this is not an object).
  [[nodiscard]] const Json* find(std::string_view key) const;
  // The member's value; throws Error{failed} that names the key.
  [[nodiscard]] const Json& at(std::string_view key) const;

  // Adds or replaces a member of an object (null becomes an object first).
  Json& set(std::string key, Json value);
  // Appends to an array (null becomes an array first).
  Json& push_back(Json value);

  friend bool operator==(const Json&, const Json&) = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
  friend class JsonWriter;
};

// Text for people and scripts, indented by two spaces; members in their order. Doubles are written with the
// fewest digits that read back the same. Non-finite numbers can't be written: Error{failed}.
std::string to_text(const Json& value);
// The same on one line, for JSON Lines.
std::string to_line(const Json& value);

// RFC 8785 (JSON Canonicalization Scheme): members sorted by UTF-16 code units, ECMAScript numbers, no space.
std::string canonical(const Json& value);

// A double as ECMAScript's Number::toString writes it (RFC 8785, 3.2.2.3): "0.1", "1e+21", "100".
std::string number_text(double value);

// Strict RFC 8259: valid UTF-8, no duplicate members, at most 128 levels deep, nothing after the value.
// Integers beyond int64 become doubles. Throws Error{usage} "SOURCE:LINE:COLUMN: …".
Json parse_json(std::string_view text, std::string_view source);

}  // namespace mlops
