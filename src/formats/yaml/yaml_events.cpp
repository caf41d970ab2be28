#include "yaml/yaml_events.hpp"

#include <new>

#include <fmt/format.h>
#include <yaml.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::formats {

namespace {

// libyaml compares every tag directive with all before it.
constexpr std::size_t most_directives = 100;

std::string text_of(const yaml_char_t* text) {
  return text == nullptr ? std::string{} : std::string{reinterpret_cast<const char*>(text)};
}

YamlEvent scalar_of(const yaml_event_t& event) {
  const auto& scalar = event.data.scalar;
  YamlEvent result{.kind = YamlEvent::Kind::scalar};
  result.anchor = text_of(scalar.anchor);
  result.tag = text_of(scalar.tag);
  result.value.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
  result.plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
  return result;
}

YamlEvent converted(const yaml_event_t& event) {
  using Kind = YamlEvent::Kind;
  switch (event.type) {
    case YAML_STREAM_START_EVENT:
      return {.kind = Kind::stream_start};
    case YAML_DOCUMENT_START_EVENT:
      return {.kind = Kind::document_start};
    case YAML_DOCUMENT_END_EVENT:
      return {.kind = Kind::document_end};
    case YAML_ALIAS_EVENT:
      return {.kind = Kind::alias, .anchor = text_of(event.data.alias.anchor)};
    case YAML_SCALAR_EVENT:
      return scalar_of(event);
    case YAML_SEQUENCE_START_EVENT:
      return {.kind = Kind::sequence_start,
              .anchor = text_of(event.data.sequence_start.anchor),
              .tag = text_of(event.data.sequence_start.tag)};
    case YAML_SEQUENCE_END_EVENT:
      return {.kind = Kind::sequence_end};
    case YAML_MAPPING_START_EVENT:
      return {.kind = Kind::mapping_start,
              .anchor = text_of(event.data.mapping_start.anchor),
              .tag = text_of(event.data.mapping_start.tag)};
    case YAML_MAPPING_END_EVENT:
      return {.kind = Kind::mapping_end};
    case YAML_STREAM_END_EVENT:
    case YAML_NO_EVENT:
      break;
  }
  return {.kind = Kind::stream_end};
}

// Also in UTF-16, where every letter has a null byte beside it.
std::size_t count_tag_directives(std::string_view text) {
  constexpr std::string_view wanted = "%TAG";
  std::size_t count = 0;
  std::size_t matched = 0;
  for (const char c : text) {
    if (c == '\0') continue;
    matched = c == wanted[matched] ? matched + 1 : (c == wanted[0] ? 1 : 0);
    if (matched < wanted.size()) continue;
    ++count;
    matched = 0;
  }
  return count;
}

}  // namespace

struct YamlEvents::Parser {
  yaml_parser_t parser{};
  Parser() {
    if (yaml_parser_initialize(&parser) == 0) throw std::bad_alloc{};
  }
  ~Parser() { yaml_parser_delete(&parser); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
};

YamlEvents::YamlEvents(std::string_view text, std::string_view source)
    : source_{source}, parser_{std::make_unique<Parser>()} {
  if (text.size() > most_bytes)
    throw Error{ErrorKind::usage, fmt::format("{}: larger than {}", source, bytes_text(most_bytes))};
  if (count_tag_directives(text) > most_directives)
    throw Error{ErrorKind::usage, fmt::format("{}: more than {} tag directives", source, most_directives)};
  yaml_parser_set_input_string(&parser_->parser, reinterpret_cast<const unsigned char*>(text.data()), text.size());
}

YamlEvents::~YamlEvents() = default;

YamlEvent YamlEvents::next() {
  yaml_event_t event;
  if (yaml_parser_parse(&parser_->parser, &event) == 0) {
    const yaml_parser_t& parser = parser_->parser;
    if (parser.error == YAML_MEMORY_ERROR) throw std::bad_alloc{};
    YamlEvent at;
    at.line = parser.problem_mark.line + 1;
    at.column = parser.problem_mark.column + 1;
    fail(at, parser.problem == nullptr ? "not valid YAML" : parser.problem);
  }
  const std::unique_ptr<yaml_event_t, decltype(&yaml_event_delete)> owner{&event, &yaml_event_delete};
  YamlEvent result = converted(event);
  result.line = event.start_mark.line + 1;
  result.column = event.start_mark.column + 1;
  return result;
}

void YamlEvents::fail(const YamlEvent& at, std::string_view reason) const {
  throw Error{ErrorKind::usage, fmt::format("{}:{}:{}: {}", source_, at.line, at.column, printable(reason))};
}

}  // namespace mlops::formats
