#include <algorithm>
#include <iterator>
#include <memory>
#include <unordered_set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <mlops/support/error.hpp>
#include <mlops/support/json.hpp>
#include <mlops/support/text.hpp>

#include "position.hpp"

namespace mlops {

namespace {

constexpr std::size_t max_depth = 128;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// A char iterator that lets others see how far it has come: the library's events don't say where they happened.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, const char** seen) : at_{at}, seen_{seen} {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    *seen_ = ++at_;
    return *this;
  }
  CountingIterator operator++(int) {
    const CountingIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const CountingIterator& a, const CountingIterator& b) { return a.at_ == b.at_; }

 private:
  const char* at_;
  const char** seen_;
};

// The member names seen in one object. Small objects are searched; large ones are hashed, so that a hostile object
// of a million members takes no quadratic time.
class Keys {
 public:
  // False when `key` is among them already.
  bool add(const Json::Object& members, const std::string& key) {
    if (members.size() < small) {
      return std::ranges::find(members, key, &Json::Member::first) == members.end();
    }
    if (!hashed_) {
      hashed_ = std::make_unique<std::unordered_set<std::string>>();
      for (const Json::Member& member : members) hashed_->insert(member.first);
    }
    return hashed_->insert(key).second;
  }

 private:
  static constexpr std::size_t small = 16;
  std::unique_ptr<std::unordered_set<std::string>> hashed_;
};

// "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error while parsing value - invalid
// literal; last read: 'nan'" says more than a person needs.
std::string reason_in(std::string_view what) {
  constexpr std::string_view marks[] = {"] ", "column ", ": ", " - "};
  for (const std::string_view mark : marks) {
    const std::size_t at = what.find(mark);
    if (at != std::string_view::npos) what.remove_prefix(at + mark.size());
  }
  constexpr std::size_t columns = 160;
  return truncate_to_width(printable(what), columns);
}

// Builds the value from the library's events; every event answers whether to go on.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  Builder(std::string_view text, std::string_view source) : text_{text}, source_{source}, seen_{text.data()} {}

  const char** seen() { return &seen_; }
  Json take() { return std::move(root_); }

  bool null() override { return add(Json{}); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override {
    if (!std::in_range<std::int64_t>(value)) return add(static_cast<double>(value));
    return add(static_cast<std::int64_t>(value));
  }
  bool number_float(number_float_t value, const string_t& /*written*/) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return false; }

  bool start_object(std::size_t /*size*/) override { return open(false); }
  bool start_array(std::size_t /*size*/) override { return open(true); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    Level& level = levels_.back();
    if (!level.keys.add(level.members, name)) {
      fail_at(start_of_string(), fmt::format("duplicate member `{}`", printable(name)));
    }
    level.key = std::move(name);
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*last*/,
                   const nlohmann::detail::exception& error) override {
    fail_at(position == 0 ? 0 : position - 1, reason_in(error.what()));
  }

  [[noreturn]] void fail_at(std::size_t offset, std::string_view reason) const {
    const Position position = position_of(text_, offset);
    throw Error{ErrorKind::usage, fmt::format("{}:{}:{}: {}", source_, position.line, position.column, reason)};
  }

 private:
  struct Level {
    bool is_array;
    Json::Array items;
    Json::Object members;
    Keys keys;
    std::string key;
  };

  [[nodiscard]] std::size_t consumed() const { return static_cast<std::size_t>(seen_ - text_.data()); }

  // Of the string that was just read: its last byte is the closing quote, and every quote inside has a backslash.
  [[nodiscard]] std::size_t start_of_string() const {
    std::size_t at = consumed() - 1;
    for (;;) {
      at = text_.rfind('"', at - 1);
      const std::size_t before = text_.find_last_not_of('\\', at - 1);
      if ((at - 1 - before) % 2 == 0) return at;
    }
  }

  bool add(Json value) {
    if (levels_.empty()) {
      root_ = std::move(value);
    } else if (Level& level = levels_.back(); level.is_array) {
      level.items.push_back(std::move(value));
    } else {
      level.members.emplace_back(std::move(level.key), std::move(value));
    }
    return true;
  }

  bool open(bool is_array) {
    if (levels_.size() == max_depth) {
      fail_at(consumed() - 1, fmt::format("nested more than {} levels deep", max_depth));
    }
    levels_.push_back(Level{is_array, {}, {}, {}, {}});
    return true;
  }

  bool close() {
    Level level = std::move(levels_.back());
    levels_.pop_back();
    return add(level.is_array ? Json{std::move(level.items)} : Json{std::move(level.members)});
  }

  std::string_view text_;
  std::string_view source_;
  const char* seen_;
  std::vector<Level> levels_;
  Json root_;
};

}  // namespace

Json parse_json(std::string_view text, std::string_view source) {
  Builder builder{text, source};
  // The library would skip it in silence.
  if (text.starts_with(byte_order_mark)) builder.fail_at(0, "begins with a byte order mark, which JSON does not allow");
  // And take this for the end of the text.
  if (const std::size_t at = text.find('\0'); at != std::string_view::npos) {
    builder.fail_at(at, "null byte, which JSON does not allow");
  }
  const char* const first = text.data();
  const CountingIterator begin{first, builder.seen()};
  const CountingIterator end{first + text.size(), builder.seen()};
  constexpr bool strict = true;
  if (!nlohmann::json::sax_parse(begin, end, &builder, nlohmann::json::input_format_t::json, strict)) {
    builder.fail_at(text.size(), "not valid JSON");
  }
  return builder.take();
}

}  // namespace mlops
