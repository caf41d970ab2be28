#include "scanning.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "format_table.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

constexpr int deepest_packing = 8;
// What it costs to ask what a part is.
constexpr std::uint64_t work_of_descending = 4096;
constexpr std::size_t longest_text = 400;

}  // namespace

void Scanning::report(domain::Safety safety, std::string_view rule, std::string_view what) {
  result_.safety = std::max(result_.safety, safety);
  domain::Finding finding{safety, std::string{rule}, where_, truncate_to_width(printable(what), longest_text)};
  if (std::ranges::find(result_.findings, finding) != result_.findings.end()) return;
  if (result_.findings.size() < domain::Scan::most_findings) return result_.findings.push_back(std::move(finding));
  // What is worse than anything that was kept must not be lost to a flood of lesser ones.
  const auto mildest = std::ranges::min_element(result_.findings, {}, &domain::Finding::safety);
  if (mildest->safety < safety) *mildest = std::move(finding);
}

void Scanning::imports(std::string_view global) {
  std::string name = truncate_to_width(printable(global), longest_text);
  const auto at = std::ranges::lower_bound(result_.globals, name);
  if (at != result_.globals.end() && *at == name) return;
  if (result_.globals.size() < domain::Scan::most_globals) result_.globals.insert(at, std::move(name));
}

void Scanning::descend(const ByteSource& part, std::string_view name) {
  attempt(name, [&] { look_into(recognise(part), part); });
  if (depth_ == 0) whole_depth_ = 0;
}

void Scanning::descend_as(const FormatRow& row, const ByteSource& part, std::string_view name) {
  attempt(name, [&] { look_into(row, part); });
  if (depth_ == 0) whole_depth_ = 0;
}

void Scanning::look_into(const FormatRow& row, const ByteSource& part) {
  spend(work_of_descending);
  if (row.is_model || row.scan != nullptr) identify(row.name, row.is_model);
  if (row.scan != nullptr) row.scan(part, *this);
}

void Scanning::attempt(std::string_view name, const std::function<void()>& what) {
  const Place place{*this, name};
  if (depth_ == deepest_packing) {
    return report(domain::Safety::unscannable, "nesting.depth",
                  fmt::format("packed more than {} levels deep", deepest_packing));
  }
  ++depth_;
  try {
    what();
  } catch (const Malformed& error) {
    report(domain::Safety::malformed, "malformed", error.what());
  } catch (const Unscannable& error) {
    report(domain::Safety::unscannable, "unscannable", error.what());
  }
  --depth_;
}

void Scanning::unwrap(const ByteSource& part, std::string_view name) {
  const bool whole = depth_ == whole_depth_;
  if (whole) ++whole_depth_;
  descend(part, name);
  if (whole) whole_depth_ = 0;
}

void Scanning::identify(std::string_view format, bool is_model) {
  result_.supported = result_.supported || is_model;
  if (depth_ == whole_depth_) result_.format = format;
}

Scanning::Place::Place(Scanning& scanning, std::string_view name)
    : scanning_{scanning}, length_{scanning.where_.size()} {
  if (!scanning_.where_.empty() && !name.empty()) scanning_.where_ += " › ";
  scanning_.where_ += truncate_to_width(printable(name), longest_text);
}

Scanning::Place::~Place() { scanning_.where_.resize(length_); }

void Scanning::spend(std::uint64_t amount) {
  if (amount > left_) {
    left_ = 0;
    throw Unscannable{"it holds more than can be looked at"};
  }
  left_ -= amount;
}

}  // namespace mlops::formats
