// Reading values out of a policy file, with every mistake kept instead of the first one thrown.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mlops/support/error.hpp>
#include <mlops/support/toml.hpp>

namespace mlops::domain {

// The mistakes of one file, in the order of its lines.
class Mistakes {
 public:
  explicit Mistakes(std::string_view source) : source_{source} {}

  void add(int line, std::string_view what);
  // The same with the first hint of `error` in brackets.
  void add(int line, std::string_view where, const Error& error);
  // One Error{usage}: its message the first mistake, its context the others. Does nothing without mistakes.
  void throw_any() const;

 private:
  std::string source_;
  std::vector<std::pair<int, std::string>> mistakes_;
};

// A table and the name under which errors speak of it: "[gate.production]".
class TableReader {
 public:
  // `value` is no table: one mistake, and the reader is as of an empty table.
  TableReader(const Toml& value, std::string name, Mistakes& mistakes);

  // A mistake for each key that is none of `known`, with the near miss.
  void refuse_unknown(std::initializer_list<std::string_view> known) const;

  // Each is nullopt when the key is absent, and also, after noting the mistake, when its value is of another type.
  [[nodiscard]] std::optional<std::string> string(std::string_view key) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most) const;
  [[nodiscard]] std::optional<double> number(std::string_view key) const;
  // A string such as "36h", in milliseconds.
  [[nodiscard]] std::optional<std::int64_t> time_span(std::string_view key, std::int64_t least) const;
  [[nodiscard]] std::optional<bool> boolean(std::string_view key) const;
  // Text and the line it stands in, since arrays are often spread over several.
  using Item = std::pair<std::string, int>;
  [[nodiscard]] std::optional<std::vector<Item>> strings(std::string_view key) const;
  // The members of the table under `key`; empty when it is absent.
  [[nodiscard]] const Toml::Table& table(std::string_view key) const;

  // A reader of the table under `key`, which is there; named with the key.
  [[nodiscard]] TableReader inner(std::string_view key) const;

  [[nodiscard]] const Toml::Table& members() const { return *table_; }
  [[nodiscard]] const Toml* find(std::string_view key) const { return value_->find(key); }
  // A reader of a table inside this one: "[gate.production.warn]".
  [[nodiscard]] TableReader inner(const Toml& value, std::string_view key) const;
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] int line() const { return value_->line; }
  [[nodiscard]] int line_of(std::string_view key) const;

  void mistake(int line, std::string_view what) const { mistakes_->add(line, name_ + ": " + std::string{what}); }
  void mistake(int line, const Error& error) const { mistakes_->add(line, name_, error); }

 private:
  const Toml* value_;
  const Toml::Table* table_;
  std::string name_;
  Mistakes* mistakes_;
};

}  // namespace mlops::domain
