#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "reader.hpp"

namespace mlops::store::sqlite {

std::optional<std::int64_t> Reader::model_id(std::string_view name) {
  auto row = database_.query("SELECT id FROM model WHERE name = ?", name);
  if (!row.step()) return std::nullopt;
  return row.take<std::int64_t>();
}

std::optional<std::int64_t> Reader::version_id(const domain::VersionId& id) {
  auto row =
      database_.query("SELECT id FROM version WHERE model_id = (SELECT id FROM model WHERE name = ?) AND number = ?",
                      id.model, id.number);
  if (!row.step()) return std::nullopt;
  return row.take<std::int64_t>();
}

std::int64_t one_more(std::size_t limit) {
  constexpr auto most = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(limit, most - 1)) + 1;
}

std::optional<DigestRange> digests_with_prefix(std::string_view hex_prefix) {
  constexpr std::size_t digits = 2 * Digest::size;
  if (hex_prefix.size() > digits) return std::nullopt;
  const std::string padding(digits - hex_prefix.size(), '0');
  const auto first = Digest::from_hex(std::string{hex_prefix} + padding);
  const auto last = Digest::from_hex(std::string{hex_prefix} + std::string(padding.size(), 'f'));
  if (!first || !last) return std::nullopt;
  return DigestRange{*first, *last};
}

std::optional<Digest> only_digest(Statement lowest, Statement highest, std::string_view name,
                                  std::string_view hex_prefix) {
  if (!lowest.step() || !highest.step()) return std::nullopt;
  const auto first = lowest.take<Digest>();
  const auto last = highest.take<Digest>();
  if (first != last) {
    throw Error{ErrorKind::usage,
                fmt::format("`{}@sha256:{}` fits several digests, for example {} and {}", name, hex_prefix,
                            first.short_text(), last.short_text()),
                {"write more digits of it"}};
  }
  return first;
}

void refuse_cursor(std::string_view cursor) {
  throw Error{ErrorKind::usage,
              fmt::format("`{}` is not the cursor of a page", printable(cursor)),
              {"use the `next` of the page before, with the same query"}};
}

}  // namespace mlops::store::sqlite
