#include "archive/zip.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/core.h>

#include "archive/zip_directory.hpp"
#include "archive/zip_layout.hpp"
#include "archive/zip_names.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

constexpr std::uint16_t stored = 0;
constexpr std::uint16_t deflated = 8;

// The methods of APPNOTE.TXT 4.4.5 that Python and Info-ZIP know, and two newer ones.
std::optional<Packing> packing_of(std::uint16_t method) {
  switch (method) {
    case deflated:
      return Packing::deflate;
    case 12:
      return Packing::bzip2;
    case 14:
      return Packing::zip_lzma;
    case 93:
      return Packing::zstd;
    case 95:
      return Packing::xz;
    default:
      return std::nullopt;
  }
}

// No member can unpack to more; a size beyond that is a lie, by which nobody should measure anything.
std::uint64_t most_bytes_of(const ZipMember& member) {
  constexpr std::uint64_t best_deflate = 1032;
  if (member.method != deflated) return most_unpacked(member.packed_size);
  return std::min(member.packed_size, most_unpacked(member.packed_size)) * best_deflate;
}

class MemberSource final : public ByteSource {
 public:
  MemberSource(const ByteSource& archive, const ZipMember& member, Packing packing, Charge charge)
      : packed_{archive, member.data_offset, member.packed_size},
        unpacked_{packed_, packing, std::move(charge), member.size},
        declared_{member.size},
        size_{std::min(member.size, most_bytes_of(member))} {}

  [[nodiscard]] std::uint64_t size() const override { return size_; }

  [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    if (into.empty()) return 0;
    if (offset >= size_) return check_end();
    const std::size_t got = unpacked_.read_at(offset, into.first(std::min<std::uint64_t>(into.size(), size_ - offset)));
    if (got == 0) throw_short();
    return got;
  }

 private:
  [[nodiscard]] std::size_t check_end() const {
    std::byte more{};
    if (size_ < declared_) throw_short();
    if (unpacked_.read_at(declared_, {&more, 1}) != 0) {
      throw Malformed{fmt::format("it unpacks to more than the {} bytes that are declared", declared_)};
    }
    if (const auto ending = unpacked_.ending(declared_ + 1); ending && !ending->problem.empty()) {
      throw Malformed{ending->problem};
    }
    return 0;
  }

  [[noreturn]] void throw_short() const {
    const auto ending = unpacked_.ending(declared_);
    if (ending && !ending->problem.empty()) throw Malformed{ending->problem};
    throw Malformed{fmt::format("it unpacks to less than the {} bytes that are declared", declared_)};
  }

  SourcePart packed_;
  UnpackedSource unpacked_;
  std::uint64_t declared_;
  std::uint64_t size_;
};

}  // namespace

ZipArchive::ZipArchive(const ByteSource& source) : source_{source} {
  auto directory = find_zip_directory(source);
  if (!directory) throw Malformed{"the archive has no central directory"};
  ZipProblems problems;
  read_zip_directory(source, *directory, problems);
  gaps_ = check_layout(source, *directory, problems);
  check_names(directory->members, problems);
  members_ = std::move(directory->members);
  problems_ = problems.take();
}

const ZipMember* ZipArchive::find(std::string_view name) const {
  const auto at = std::ranges::find(members_, name, &ZipMember::name);
  return at != members_.end() ? &*at : nullptr;
}

std::unique_ptr<ByteSource> ZipArchive::open(const ZipMember& member, Charge charge) const {
  if (member.encrypted) throw Unscannable{fmt::format("{} is encrypted", quoted_name(member.name))};
  if (!member.has_header) throw Malformed{fmt::format("{} has no data", quoted_name(member.name))};
  if (member.method == stored) return std::make_unique<SourcePart>(source_, member.data_offset, member.size);
  const auto packing = packing_of(member.method);
  if (!packing) {
    throw Unscannable{
        fmt::format("{} is packed by method {}, which is not known", quoted_name(member.name), member.method)};
  }
  return std::make_unique<MemberSource>(source_, member, *packing, std::move(charge));
}

bool has_zip_at_end(const ByteSource& source) {
  const auto directory = find_zip_directory(source);
  return directory && directory->end.members != 0;
}

}  // namespace mlops::formats
