#include <mlops/domain/names.hpp>

#include <fmt/core.h>

#include <mlops/domain/semver.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "segments.hpp"

namespace mlops::domain {
namespace {

constexpr std::size_t longest_key = 250;

bool is_digits_and_dots(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

// What else `name` could be read as in MODEL@REF, as words for the message; "" when it can only be a name.
std::string_view other_reading(std::string_view name) {
  constexpr std::size_t digest_digits = 64;
  const std::string_view without_v = name.starts_with('v') ? name.substr(1) : name;
  if (name == "latest") return "always means the newest version";
  if (name == "none") return "could mean nobody, as in `--expect none`";
  if (is_digits_and_dots(without_v) || parse_double(name)) return "reads as a version number";
  if (SemVer::parse(without_v)) return "reads as a SemVer";
  if (name.size() == digest_digits && name.find_first_not_of("0123456789abcdef") == std::string_view::npos) {
    return "reads as a digest";
  }
  return "";
}

std::string check_slot_name(std::string_view kind, std::string_view text) {
  std::string name = check_segments(kind, text, false);
  const std::string_view reading = other_reading(name);
  if (reading.empty()) return name;
  throw Error{ErrorKind::usage, fmt::format("`{}` can't be the name of {} {}: in MODEL@{} it {}", shown(name),
                                            kind == "alias" ? "an" : "a", kind, shown(name), reading)}
      .hint(fmt::format("choose a word, such as `{}`", kind == "alias" ? "champion" : "production"));
}

bool has_control_character(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return true;
    const bool is_c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (is_c1) return true;
  }
  return false;
}

// The rule that a key breaks, "" for none.
std::string key_fault(std::string_view text) {
  if (text.size() > longest_key) {
    return fmt::format("it is {} bytes long, the longest allowed is {}", text.size(), longest_key);
  }
  if (!is_valid_utf8(text)) return "it is not valid UTF-8";
  if (has_control_character(text)) return "it has a control character";
  if (trim(text) != text) return "it begins or ends with a space";
  if (text.find('=') != std::string_view::npos) return "it has a `=`";
  if (text.starts_with('-')) return "it begins with `-`";
  return "";
}

}  // namespace

std::string VersionId::text() const { return fmt::format("{}@{}", model, number); }

std::string check_model_name(std::string_view text) { return check_segments("model", text, true); }
std::string check_dataset_name(std::string_view text) { return check_segments("dataset", text, true); }
std::string check_stage_name(std::string_view text) { return check_slot_name("stage", text); }
std::string check_alias_name(std::string_view text) { return check_slot_name("alias", text); }

std::string check_key(std::string_view kind, std::string_view text) {
  if (text.empty()) throw Error{ErrorKind::usage, fmt::format("the name of the {} is empty", kind)};
  const std::string fault = key_fault(text);
  if (fault.empty()) return std::string{text};
  throw Error{ErrorKind::usage, fmt::format("`{}` can't be the name of a {}: {}", shown(text), kind, fault)};
}

}  // namespace mlops::domain
