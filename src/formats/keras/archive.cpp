#include "keras/archive.hpp"

#include <fmt/core.h>

#include "hdf5/file.hpp"
#include "hdf5/format.hpp"
#include "keras/config.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

constexpr std::string_view config_name = "config.json";
constexpr std::string_view metadata_name = "metadata.json";
constexpr std::string_view weights_name = "model.weights.h5";

std::string text_of(const ZipArchive& archive, const ZipMember& member) {
  if (member.size > longest_keras_json) throw Unscannable{"it is too long to look at"};
  return read_bytes(*archive.open(member), 0, static_cast<std::size_t>(member.size));
}

template <typename F>
void read_member(const ZipArchive& archive, std::string_view name, domain::Inspection& inspection, F read_it) {
  const ZipMember* member = archive.find(name);
  if (member == nullptr) return inspection.problems.push_back(fmt::format("there is no {}", name));
  try {
    read_it(*member);
  } catch (const Malformed& error) {
    inspection.problems.push_back(fmt::format("{}: {}", name, error.what()));
  } catch (const Unscannable& error) {
    inspection.problems.push_back(fmt::format("{}: {}", name, error.what()));
  }
}

void scan_json(const ZipArchive& archive, const ZipMember& member, Scanning& scanning) {
  const Scanning::Place place{scanning, member.name};
  try {
    scan_keras_json(text_of(archive, member), scanning);
  } catch (const Malformed& error) {
    scanning.report(domain::Safety::malformed, "malformed", error.what());
  } catch (const Unscannable& error) {
    scanning.report(domain::Safety::unscannable, "unscannable", error.what());
  }
}

}  // namespace

bool is_keras_archive(const ZipArchive& archive) {
  if (archive.find(config_name) == nullptr) return false;
  return archive.find(weights_name) != nullptr || archive.find(metadata_name) != nullptr ||
         archive.find("model.weights.npz") != nullptr;
}

void inspect_keras(const ZipArchive& archive, domain::Inspection& inspection) {
  read_member(archive, metadata_name, inspection, [&](const ZipMember& member) {
    const Json metadata = parse_keras_json(text_of(archive, member));
    const Json* version = metadata.find("keras_version");
    if (version != nullptr && version->is_string()) note_keras_version(version->as_string(), "", inspection);
  });
  read_member(archive, config_name, inspection, [&](const ZipMember& member) {
    inspect_keras_model(parse_keras_json(text_of(archive, member)), inspection);
  });
  read_member(archive, weights_name, inspection, [&](const ZipMember& member) {
    const auto source = archive.open(member);
    domain::Inspection weights;
    hdf5::inspect_contents(hdf5::File{*source}, weights);
    inspection.parameters = weights.parameters;
    inspection.tensor_count = weights.tensor_count;
    inspection.tensor_bytes = weights.tensor_bytes;
    inspection.tensors = std::move(weights.tensors);
    for (const std::string& problem : weights.problems) {
      inspection.problems.push_back(fmt::format("{}: {}", weights_name, problem));
    }
  });
}

void scan_keras(const ZipArchive& archive, Scanning& scanning) {
  if (archive.find(config_name) == nullptr) {
    scanning.report(domain::Safety::unscannable, "keras.config", fmt::format("there is no {}", config_name));
  }
  for (const ZipMember& member : archive.members()) {
    if (member.name.ends_with(".json")) scan_json(archive, member, scanning);
  }
}

}  // namespace mlops::formats
