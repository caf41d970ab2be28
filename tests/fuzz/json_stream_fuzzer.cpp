// JSON in pieces must say of every text what the parser of whole documents says.
#include <optional>

#include "fuzzing.hpp"

#include <mlops/support/byte_source.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/json.hpp>

#include "json/json_stream.hpp"
#include "malformed.hpp"

using namespace mlops;

namespace {

Json value_of(formats::JsonStream& in, formats::Token token) {
  using formats::Token;
  if (token == Token::begin_array) {
    Json::Array items;
    each_item(in, [&](Token first) { items.push_back(value_of(in, first)); });
    return items;
  }
  if (token == Token::begin_object) {
    Json::Object members;
    each_member(in, [&](const std::string& key) { members.emplace_back(key, value_of(in, in.next())); });
    return members;
  }
  if (token == Token::text) return in.text();
  if (token == Token::boolean) return in.boolean();
  if (token == Token::null) return nullptr;
  if (in.integer()) return *in.integer();
  return in.real();
}

std::optional<Json> streamed(std::string_view text) {
  try {
    const MemorySource source{text};
    formats::JsonStream in{source};
    Json value = value_of(in, in.next());
    if (in.next() != formats::Token::end) return std::nullopt;
    return value;
  } catch (const formats::Malformed&) {
    return std::nullopt;
  }
}

std::optional<Json> parsed(std::string_view text) {
  try {
    return parse_json(text, "fuzz");
  } catch (const Error&) {
    return std::nullopt;
  }
}

// Of numbers beyond a double the one says infinity, the other that they are none.
bool is_finite(std::string_view text) {
  return text.find_first_of("eE") == std::string_view::npos && text.size() < 300;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzzing::text_of(fuzzing::bytes_of(data, size));
  const std::optional<Json> one = streamed(text);
  const std::optional<Json> other = parsed(text);
  if (other) fuzzing::require(one == other);
  if (one && is_finite(text)) fuzzing::require(other.has_value());
  return 0;
}
