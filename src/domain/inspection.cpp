#include <mlops/domain/inspection.hpp>

#include <array>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::domain {

namespace {

constexpr std::array<std::string_view, 5> safety_names = {"allowlisted", "unknown", "unscannable", "malformed",
                                                          "dangerous"};

}  // namespace

void Inspection::add_tensor(Tensor tensor) {
  ++tensor_count;
  tensor_bytes += tensor.bytes;
  if (tensors.size() < most_tensors) tensors.push_back(std::move(tensor));
}

std::string_view name_of(Safety safety) { return safety_names.at(static_cast<std::size_t>(safety)); }

Safety parse_safety(std::string_view text) {
  for (std::size_t i = 0; i < safety_names.size(); ++i) {
    if (safety_names.at(i) == text) return static_cast<Safety>(i);
  }
  throw Error{ErrorKind::integrity, fmt::format("`{}` is no verdict of a scan", printable(text))};
}

}  // namespace mlops::domain
