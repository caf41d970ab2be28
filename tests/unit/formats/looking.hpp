// What tests of readers share: looking into bytes in memory, and into bytes that end too early.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include <mlops/formats/inspect.hpp>
#include <mlops/formats/scan.hpp>

namespace mlops::formats {

inline domain::Inspection inspected(std::string_view bytes) { return inspect_file(MemorySource{bytes}); }
inline domain::Scan scanned(std::string_view bytes) { return scan_file(MemorySource{bytes}); }

inline bool has_fact(const domain::Inspection& inspection, std::string_view name) {
  return std::ranges::find(inspection.facts, name, &Json::Member::first) != inspection.facts.end();
}

inline bool has_problem(const domain::Inspection& inspection, std::string_view part) {
  for (const std::string& problem : inspection.problems) {
    if (problem.find(part) != std::string::npos) return true;
  }
  return false;
}

inline bool has_finding(const domain::Scan& scan, domain::Safety safety, std::string_view rule) {
  for (const domain::Finding& finding : scan.findings) {
    if (finding.safety == safety && finding.rule == rule) return true;
  }
  return false;
}

inline const Json& fact(const domain::Inspection& inspection, std::string_view name) {
  static const Json none;
  for (const auto& [key, value] : inspection.facts) {
    if (key == name) return value;
  }
  return none;
}

// A whole file has no problems; cut anywhere it has some, or is not taken for this format any more.
inline void check_truncations(const std::string& whole, std::string_view format) {
  CHECK(inspected(whole).format == format);
  CHECK(inspected(whole).problems.empty());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    const std::string cut = whole.substr(0, size);
    const domain::Inspection inspection = inspected(cut);
    CHECK((inspection.format != format || !inspection.problems.empty()));
    scanned(cut);
  }
}

// Numbers as the writers of binary formats put them into their files.
template <typename T>
std::string little(T value) {
  std::string bytes(sizeof value, '\0');
  for (char& byte : bytes) {
    byte = static_cast<char>(value & 0xFF);
    value = static_cast<T>(static_cast<std::uint64_t>(value) >> 8);
  }
  return bytes;
}

}  // namespace mlops::formats
