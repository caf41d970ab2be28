#include <mlops/support/toml.hpp>

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

// Nesting multiplied by the parts of a key bounds the recursion of the parser, of its tree's destructor and of ours.
#define TOML_MAX_NESTED_VALUES 32
#define TOML_ENABLE_FORMATTERS 0
// toml++ asserts what some broken documents break; without its asserts it reports them as the errors they are.
#define TOML_ASSERT(expression) static_cast<void>(0)
#include <toml++/toml.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "position.hpp"
#include "toml_depth.hpp"

namespace mlops {

namespace {

constexpr std::size_t max_key_parts = 16;

[[noreturn]] void fail(std::string_view source, std::size_t line, std::size_t column, std::string_view reason) {
  throw Error{ErrorKind::usage, fmt::format("{}:{}:{}: {}", source, line, column, printable(reason))};
}

// Turns the library's tree into ours.
class Converter {
 public:
  explicit Converter(std::string_view text) : text_{text} {
    line_starts_.push_back(0);
    for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
      line_starts_.push_back(at + 1);
    }
  }

  [[nodiscard]] Toml convert(const toml::node& node) const {
    Toml result = node.visit([this](const auto& held) { return Toml{convert_value(held), 0, 0}; });
    result.line = static_cast<int>(node.source().begin.line);
    result.column = static_cast<int>(node.source().begin.column);
    return result;
  }

 private:
  using Value = decltype(Toml::value);

  [[nodiscard]] Value convert_value(const toml::value<bool>& value) const { return value.get(); }
  [[nodiscard]] Value convert_value(const toml::value<std::int64_t>& value) const { return value.get(); }
  [[nodiscard]] Value convert_value(const toml::value<double>& value) const { return value.get(); }
  [[nodiscard]] Value convert_value(const toml::value<std::string>& value) const { return value.get(); }
  [[nodiscard]] Value convert_value(const toml::value<toml::date>& value) const { return time_at(value.source()); }
  [[nodiscard]] Value convert_value(const toml::value<toml::time>& value) const { return time_at(value.source()); }
  [[nodiscard]] Value convert_value(const toml::value<toml::date_time>& value) const { return time_at(value.source()); }

  [[nodiscard]] Value convert_value(const toml::array& array) const {
    Toml::Array items;
    items.reserve(array.size());
    for (const toml::node& item : array) items.push_back(convert(item));
    return items;
  }

  // The library keeps tables sorted by key; the keys remember where they stood.
  [[nodiscard]] Value convert_value(const toml::table& table) const {
    std::vector<std::pair<const toml::key*, const toml::node*>> members;
    members.reserve(table.size());
    for (auto&& [key, node] : table) members.emplace_back(&key, &node);
    std::ranges::sort(members, {}, [](const auto& member) {
      const toml::source_position& begin = member.first->source().begin;
      return std::tuple{begin.line, begin.column};
    });
    Toml::Table result;
    result.reserve(members.size());
    for (const auto& [key, node] : members) {
      result.emplace_back(std::string{key->str()}, convert(*node));
    }
    return result;
  }

  // The source text of a date or time. It is found by its characters, a space only between a date and a time.
  [[nodiscard]] std::string time_at(const toml::source_region& region) const {
    const std::string_view rest = text_.substr(offset_of(region.begin));
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    std::size_t length = 0;
    for (; length < rest.size(); ++length) {
      constexpr std::string_view marks = "-:.+TtZz";
      const char c = rest[length];
      const bool separates = c == ' ' && length == 10 && rest.size() > 11 && is_digit(rest[11]);
      if (!is_digit(c) && marks.find(c) == std::string_view::npos && !separates) break;
    }
    return std::string{rest.substr(0, length)};
  }

  // The library counts columns in characters.
  [[nodiscard]] std::size_t offset_of(const toml::source_position& position) const {
    std::size_t at = line_starts_.at(position.line - 1);
    const auto continues = [this](std::size_t index) {
      return index < text_.size() && (static_cast<unsigned char>(text_[index]) & 0xC0u) == 0x80u;
    };
    for (std::size_t column = 1; column < position.column && at < text_.size(); ++column) {
      ++at;
      while (continues(at)) ++at;
    }
    return at;
  }

  std::string_view text_;
  std::vector<std::size_t> line_starts_;
};

}  // namespace

const Toml* Toml::find(std::string_view key) const {
  const Table* const members = table();
  if (members == nullptr) return nullptr;
  const auto member = std::ranges::find(*members, key, &Table::value_type::first);
  return member == members->end() ? nullptr : &member->second;
}

std::string_view Toml::type_name() const {
  constexpr std::string_view names[] = {"boolean", "integer", "float", "string", "array", "table"};
  static_assert(std::size(names) == std::variant_size_v<decltype(value)>);
  return names[value.index()];
}

Toml parse_toml(std::string_view text, std::string_view source) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (const auto key = find_overlong_key(text, max_key_parts)) {
    const Position position = position_of(text, *key);
    fail(source, position.line, position.column, fmt::format("key has more than {} parts", max_key_parts));
  }
  try {
    const toml::table document = toml::parse(text, source);
    Toml result = Converter{text}.convert(document);
    result.line = 1;
    result.column = 1;
    return result;
  } catch (const toml::parse_error& error) {
    const toml::source_position& at = error.source().begin;
    fail(source, at.line, at.column, error.description());
  }
}

}  // namespace mlops
