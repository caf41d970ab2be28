#include "json/document_reader.hpp"

#include <cmath>
#include <unordered_set>

#include <fmt/core.h>

#include "facts.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

constexpr std::size_t most_fact_items = 300;
// Objects whose keys are compared are those of headers; a million of members is no header.
constexpr std::size_t most_members = std::size_t{1} << 20;

}  // namespace

std::optional<std::uint64_t> DocumentReader::natural() const {
  if (!is_whole_ || (is_negative_ && magnitude_ != 0)) return std::nullopt;
  return magnitude_;
}

std::optional<std::int64_t> DocumentReader::integer() const {
  constexpr std::uint64_t beyond = std::uint64_t{1} << 63;
  if (!is_whole_ || magnitude_ > beyond || (magnitude_ == beyond && !is_negative_)) return std::nullopt;
  return static_cast<std::int64_t>(is_negative_ ? 0 - magnitude_ : magnitude_);
}

std::uint64_t DocumentReader::skip_array() {
  std::uint64_t items = 0;
  for (Token token = next(); token != Token::end_array; token = next()) {
    skip(token);
    ++items;
  }
  return items;
}

void DocumentReader::skip(Token begun) {
  if (begun == Token::begin_array) {
    skip_array();
  } else if (begun == Token::begin_object) {
    while (next() != Token::end_object) skip_value();
  }
}

void each_member(DocumentReader& in, const std::function<void(const std::string& key)>& member) {
  std::unordered_set<std::string> keys;
  while (in.next() == Token::key) {
    const auto [key, is_new] = keys.emplace(in.text());
    if (!is_new) throw Malformed{fmt::format("the key {} comes twice at byte {}", shown(*key), in.offset())};
    if (keys.size() > most_members) throw Malformed{fmt::format("more than {} members in one object", most_members)};
    member(*key);
  }
}

void each_item(DocumentReader& in, const std::function<void(Token first)>& item) {
  for (Token token = in.next(); token != Token::end_array; token = in.next()) item(token);
}

std::string read_text(DocumentReader& in, std::string_view what) {
  if (in.next() != Token::text) throw Malformed{fmt::format("{} is no text at byte {}", what, in.offset())};
  return std::string{in.text()};
}

namespace {

Json scalar(const DocumentReader& in, Token token) {
  if (token == Token::text) return fact_text(in.text());
  if (token == Token::boolean) return in.boolean();
  if (token != Token::number) return nullptr;
  if (const auto whole = in.integer()) return *whole;
  // JSON has no word for the others.
  if (!std::isfinite(in.real())) return std::isnan(in.real()) ? "nan" : in.real() < 0 ? "-inf" : "inf";
  return in.real();
}

}  // namespace

Json read_fact(DocumentReader& in, Token begun, int levels) {
  const bool is_array = begun == Token::begin_array;
  if (!is_array && begun != Token::begin_object) return scalar(in, begun);
  if (levels == 0) {
    in.skip(begun);
    return "…";
  }
  Json::Array items;
  Json::Object members;
  if (is_array) {
    each_item(in, [&](Token first) {
      if (items.size() < most_fact_items) return items.push_back(read_fact(in, first, levels - 1));
      in.skip(first);
    });
    return items;
  }
  each_member(in, [&](const std::string& key) {
    if (members.size() == most_fact_items) return in.skip_value();
    Json value = read_fact(in, in.next(), levels - 1);
    members.emplace_back(fact_text(key, 256), std::move(value));
  });
  return members;
}

}  // namespace mlops::formats
