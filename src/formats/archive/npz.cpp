#include "archive/npz.hpp"

#include <string_view>

#include <fmt/core.h>

#include <mlops/formats/inspect.hpp>

#include "archive/zip_problems.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

constexpr std::string_view npy_magic = "\x93NUMPY";

bool is_npy(const ZipArchive& archive, const ZipMember& member) {
  try {
    return read_bytes(*archive.open(member), 0, npy_magic.size()) == npy_magic;
  } catch (const Malformed&) {
    return false;
  } catch (const Unscannable&) {
    return false;
  }
}

// As NumPy calls the array.
std::string_view array_name(std::string_view member) {
  return member.ends_with(".npy") ? member.substr(0, member.size() - 4) : member;
}

}  // namespace

bool is_npz(const ZipArchive& archive) {
  // An archive of a few thousand arrays is one if its first ones are.
  constexpr std::size_t most_asked = 1000;
  std::size_t asked = 0;
  for (const ZipMember& member : archive.members()) {
    if (++asked > most_asked) break;
    if (!is_npy(archive, member)) return false;
  }
  return asked > 0;
}

void inspect_npz(const ZipArchive& archive, domain::Inspection& inspection) {
  for (const ZipMember& member : archive.members()) {
    if (!is_npy(archive, member)) continue;
    domain::Inspection one;
    try {
      one = inspect_file(*archive.open(member));
    } catch (const Malformed& error) {
      one.problems.emplace_back(error.what());
    } catch (const Unscannable& error) {
      one.problems.emplace_back(error.what());
    }
    if (one.parameters) inspection.parameters = inspection.parameters.value_or(0) + *one.parameters;
    for (domain::Tensor& tensor : one.tensors) {
      tensor.name = array_name(member.name);
      inspection.add_tensor(std::move(tensor));
    }
    for (const std::string& problem : one.problems) {
      if (inspection.problems.size() == 200) break;
      inspection.problems.push_back(fmt::format("{}: {}", quoted_name(member.name), problem));
    }
  }
  inspection.facts.emplace_back("members", archive.members().size());
}

}  // namespace mlops::formats
