#include "safetensors/safetensors.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "byte_reader.hpp"
#include "facts.hpp"
#include "malformed.hpp"
#include "safetensors/safetensors_header.hpp"
#include "utf8_check.hpp"

namespace mlops::formats {

namespace {

constexpr std::size_t length_size = 8;
constexpr std::size_t most_facts = 300;

// What training tools write about the model itself into the metadata: a licence, by any of these names.
constexpr auto licence_keys = std::to_array<std::string_view>({"license", "licence", "modelspec.license"});
constexpr auto architecture_keys = std::to_array<std::string_view>({"modelspec.architecture", "architecture"});

bool is_text(std::string_view bytes) {
  Utf8Check utf8;
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' && (c < '\t' || c > '\r'); };
  return utf8.feed(bytes) && std::ranges::none_of(bytes, is_control);
}

void tell_metadata(const SafetensorsHeader::Metadata& metadata, domain::Inspection& inspection) {
  Json::Object facts;
  for (const auto& [key, value] : metadata) {
    if (facts.size() < most_facts) facts.emplace_back(fact_text(key, 256), fact_text(value));
    if (std::ranges::find(licence_keys, key) != licence_keys.end()) inspection.licence = fact_text(value, 256);
    if (std::ranges::find(architecture_keys, key) != architecture_keys.end())
      inspection.architecture = fact_text(value, 256);
  }
  if (!facts.empty()) inspection.facts.emplace_back("metadata", std::move(facts));
}

void read_file(const ByteSource& source, domain::Inspection& inspection, Flaws& flaws) {
  ByteReader reader{source};
  if (source.size() < length_size) throw Malformed{"it is shorter than the length of its header"};
  const auto size = reader.little<std::uint64_t>();
  if (size > longest_safetensors_header) {
    throw Malformed{
        fmt::format("a header of {} bytes is declared, at most {} are allowed", size, longest_safetensors_header)};
  }
  if (size > reader.left())
    throw Malformed{fmt::format("a header of {} bytes is declared, {} are left", size, reader.left())};
  SafetensorsHeader header{reader.left() - size, inspection, flaws};
  try {
    header.read(SourcePart{source, length_size, size});
  } catch (const Malformed&) {
    tell_metadata(header.metadata(), inspection);
    throw;
  }
  tell_metadata(header.metadata(), inspection);
}

}  // namespace

bool is_safetensors(const Head& head) {
  const std::string_view bytes = head.bytes;
  if (bytes.size() < length_size + 2 || bytes[length_size] != '{') return false;
  // A length that is no text, so that no text with a brace at this place is taken for one.
  if (is_text(bytes.substr(0, length_size))) return false;
  return std::string_view{"\"} \t\r\n"}.find(bytes[length_size + 1]) != std::string_view::npos;
}

Flaws read_safetensors(const ByteSource& source, domain::Inspection& inspection) {
  Flaws flaws;
  try {
    read_file(source, inspection, flaws);
  } catch (const Malformed& error) {
    flaws.add("safetensors.header", error.what());
  }
  return flaws;
}

void inspect_safetensors(const ByteSource& source, domain::Inspection& inspection) {
  read_safetensors(source, inspection).tell(inspection);
}

void scan_safetensors(const ByteSource& source, Scanning& scanning) {
  domain::Inspection inspection;
  read_safetensors(source, inspection).tell(scanning);
}

}  // namespace mlops::formats
