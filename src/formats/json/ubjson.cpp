#include "json/ubjson.hpp"

#include <algorithm>
#include <limits>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "facts.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

// Of a value of this type, without its marker; 0 when that depends.
std::uint64_t size_of(char type) {
  switch (type) {
    case 'i':
    case 'U':
    case 'C':
      return 1;
    case 'I':
      return 2;
    case 'l':
    case 'd':
      return 4;
    case 'L':
    case 'D':
      return 8;
    default:
      return 0;
  }
}

}  // namespace

void UbjsonReader::fail(std::string_view why) const { throw Malformed{fmt::format("{} at byte {}", why, offset())}; }

char UbjsonReader::marker() {
  char found = 'N';  // says that nothing is here
  while (found == 'N') found = static_cast<char>(in_.byte());
  return found;
}

Token UbjsonReader::next() {
  if (is_finished_) return Token::end;
  if (levels_.empty()) {
    const Token token = read_value(marker());
    is_finished_ = levels_.empty();
    return token;
  }
  Level& level = levels_.back();
  if (level.is_counted && level.left == 0 && !value_is_due_) return close();
  return level.is_array || value_is_due_ ? read_element(level) : read_key(level);
}

Token UbjsonReader::read_element(Level& level) {
  const char found = level.type != 0 ? level.type : marker();
  if (level.is_array && !level.is_counted && found == ']') return close();
  if (level.is_array && level.is_counted) --level.left;
  value_is_due_ = false;
  return read_value(found);  // `level` may be gone from here on
}

Token UbjsonReader::read_key(Level& level) {
  const char found = marker();
  if (!level.is_counted && found == '}') return close();
  if (level.is_counted) --level.left;
  read_text(read_length(found));
  if (text_is_cut_) fail("the UBJSON has a key of unreasonable length");
  value_is_due_ = true;
  return Token::key;
}

Token UbjsonReader::close() {
  const bool was_array = levels_.back().is_array;
  levels_.pop_back();
  is_finished_ = levels_.empty();
  return was_array ? Token::end_array : Token::end_object;
}

Token UbjsonReader::open(bool is_array) {
  if (levels_.size() == deepest) fail(fmt::format("the UBJSON is nested more than {} levels deep", deepest));
  Level level{is_array};
  // What follows may be the first element, which must not be read yet: only `$` and `#` are ours.
  const auto follows = [&](char wanted) {
    const std::uint64_t before = in_.offset();
    if (static_cast<char>(in_.byte()) == wanted) return true;
    in_.seek(before);
    return false;
  };
  if (follows('$')) {
    level.type = static_cast<char>(in_.byte());
    const bool is_known =
        size_of(level.type) != 0 || std::string_view{"SH[{"}.find(level.type) != std::string_view::npos;
    if (!is_known) fail("the UBJSON has a container of an unknown type");
    level.is_counted = follows('#');
    if (!level.is_counted) fail("the UBJSON has a container with a type and no count");
  } else {
    level.is_counted = follows('#');
  }
  if (level.is_counted) {
    level.left = read_length(marker());
    if (level.left > in_.left() / std::max<std::uint64_t>(size_of(level.type), 1))
      fail(fmt::format("{} elements are declared where {} bytes are left,", level.left, in_.left()));
  }
  levels_.push_back(level);
  return is_array ? Token::begin_array : Token::begin_object;
}

std::uint64_t UbjsonReader::skip_array() {
  const Level& level = levels_.back();
  if (size_of(level.type) == 0) return DocumentReader::skip_array();
  const std::uint64_t items = level.left;
  in_.skip(items * size_of(level.type));  // no overflow: open() has compared them with what is left
  close();
  return items;
}

void UbjsonReader::whole(std::int64_t value) {
  is_whole_ = true;
  is_negative_ = value < 0;
  magnitude_ = is_negative_ ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  real_ = static_cast<double>(value);
}

void UbjsonReader::fraction(double value) {
  is_whole_ = false;
  real_ = value;
}

bool UbjsonReader::read_number(char marker) {
  switch (marker) {
    case 'i':
      whole(static_cast<std::int8_t>(in_.byte()));
      return true;
    case 'U':
      whole(in_.byte());
      return true;
    case 'I':
      whole(in_.big<std::int16_t>());
      return true;
    case 'l':
      whole(in_.big<std::int32_t>());
      return true;
    case 'L':
      whole(in_.big<std::int64_t>());
      return true;
    case 'd':
      fraction(in_.big<float>());
      return true;
    case 'D':
      fraction(in_.big<double>());
      return true;
    default:
      return false;
  }
}

Token UbjsonReader::read_value(char marker) {
  if (read_number(marker)) return Token::number;
  switch (marker) {
    case '[':
      return open(true);
    case '{':
      return open(false);
    case 'S':
      read_text(read_length(static_cast<char>(in_.byte())));
      return Token::text;
    case 'C':
      read_text(1);
      return Token::text;
    case 'H':
      read_text(read_length(static_cast<char>(in_.byte())));
      fraction(parse_double(text_).value_or(std::numeric_limits<double>::quiet_NaN()));
      return Token::number;
    case 'T':
    case 'F':
      boolean_ = marker == 'T';
      return Token::boolean;
    case 'Z':
      return Token::null;
    default:
      fail(fmt::format("the UBJSON has the unknown marker {}", shown(std::string(1, marker))));
  }
}

std::uint64_t UbjsonReader::read_length(char marker) {
  if (!read_number(marker) || !natural()) fail("the UBJSON has a malformed length");
  return *natural();
}

void UbjsonReader::read_text(std::uint64_t size) {
  const std::uint64_t kept = std::min<std::uint64_t>(size, longest_kept_text);
  text_is_cut_ = kept < size;
  kept_ = in_.text(kept, longest_kept_text);
  in_.skip(size - kept);
  text_ = kept_;
}

}  // namespace mlops::formats
