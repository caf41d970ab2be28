// A YAML text as the events of its parser. The one place that knows libyaml.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mlops::formats {

struct YamlEvent {
  enum class Kind : std::uint8_t {
    stream_start,
    stream_end,
    document_start,
    document_end,
    alias,  // `anchor` is the name it refers to
    scalar,
    sequence_start,
    sequence_end,
    mapping_start,
    mapping_end,
  };
  Kind kind = Kind::stream_end;
  std::string anchor = {};  // "" when it has none
  std::string tag = {};     // in full: "tag:yaml.org,2002:str"; "" when it has none
  std::string value = {};   // of a scalar
  bool plain = false;       // a scalar without quotes, whose type shows in its text
  std::size_t line = 1;     // where it begins
  std::size_t column = 1;
};

class YamlEvents {
 public:
  // Texts beyond this are refused: what people and libraries write as YAML is a thousand times smaller.
  static constexpr std::size_t most_bytes = 4u << 20;

  // `text` must outlive it; `source` names it in errors.
  YamlEvents(std::string_view text, std::string_view source);
  ~YamlEvents();
  YamlEvents(const YamlEvents&) = delete;
  YamlEvents& operator=(const YamlEvents&) = delete;

  // The next event; after stream_end there is none. Error{usage} "SOURCE:LINE:COLUMN: …".
  YamlEvent next();
  [[noreturn]] void fail(const YamlEvent& at, std::string_view reason) const;

 private:
  struct Parser;
  std::string source_;
  std::unique_ptr<Parser> parser_;
};

}  // namespace mlops::formats
