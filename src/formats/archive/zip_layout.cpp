#include "archive/zip_layout.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/core.h>

#include "archive/unpacked_source.hpp"
#include "archive/zip_compare.hpp"

namespace mlops::formats {

namespace {

constexpr std::size_t most_gaps = 1000;
// Zeros up to here are padding, and no reader sees anything in them.
constexpr std::uint64_t longest_padding = 64u << 10;

class Layout {
 public:
  Layout(const ByteSource& source, ZipProblems& problems) : source_{source}, problems_{problems} {}

  void begin_member(const ZipMember& member) {
    if (member.header_offset < at_) {
      problems_.add("zip.overlap", fmt::format("{} begins at byte {}, inside of what comes before it",
                                               quoted_name(member.name), member.header_offset));
    }
    gap_until(member.header_offset, at_ == 0 ? "zip.prefix" : "zip.hidden");
  }
  void end_member(std::uint64_t end) { at_ = std::max(at_, end); }

  void gap_until(std::uint64_t end, std::string_view rule) {
    if (end <= at_) return;
    const std::uint64_t size = end - at_;
    if (size > longest_padding || end_of_zeros(source_, at_) < end) {
      problems_.add(rule, fmt::format("{} bytes at byte {} belong to no member", size, at_));
      if (gaps_.size() < most_gaps) gaps_.push_back({at_, size});
    }
    at_ = end;
  }
  [[nodiscard]] std::uint64_t at() const { return at_; }
  void skip_to(std::uint64_t offset) { at_ = std::max(at_, offset); }
  [[nodiscard]] std::vector<ZipGap> take() { return std::move(gaps_); }

 private:
  const ByteSource& source_;
  ZipProblems& problems_;
  std::uint64_t at_ = 0;
  std::vector<ZipGap> gaps_;
};

}  // namespace

std::vector<ZipGap> check_layout(const ByteSource& source, ZipDirectory& directory, ZipProblems& problems) {
  std::vector<std::uint32_t> order(directory.members.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t i) { return directory.members[i].header_offset; });
  Layout layout{source, problems};
  for (const std::uint32_t i : order) {
    ZipMember& member = directory.members[i];
    const std::uint64_t end = compare_headers(source, member, problems);
    if (!member.has_header) continue;
    layout.begin_member(member);
    layout.end_member(end);
  }
  if (layout.at() > directory.begin) {
    problems.add("zip.overlap", "a member reaches into the central directory");
  }
  layout.gap_until(directory.begin, layout.at() == 0 ? "zip.prefix" : "zip.hidden");
  layout.skip_to(directory.stop);
  layout.gap_until(directory.end.directory_end, "zip.hidden");
  layout.skip_to(directory.end.offset + directory.end.size);
  if (directory.end.offset + directory.end.size > source.size()) {
    problems.add("zip.trailing", "its comment reaches beyond the end");
  }
  layout.gap_until(source.size(), "zip.trailing");
  return layout.take();
}

}  // namespace mlops::formats
