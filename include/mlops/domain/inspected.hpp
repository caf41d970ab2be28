// The short answer to what a version's files are, kept with the version; the long one is an Inspection and a Scan.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <mlops/support/digest.hpp>

namespace mlops::domain {

// What loading a file may do, from harmless to not. Only `allowlisted` is a yes.
enum class Safety {
  allowlisted,  // no code at all, or only globals that are known to be harmless
  unknown,      // it uses something that nobody has looked at
  unscannable,  // encrypted, or in a form that can't be looked into
  malformed,    // broken or ambiguous: what a loader makes of it can't be told
  dangerous,    // it runs code, reads or writes files, or reaches for a network
};
std::string_view name_of(Safety safety);
Safety parse_safety(std::string_view text);

// As registration found it. Rules and readers get better, so a gate looks again.
struct Inspected {
  std::string format;        // "safetensors", "onnx", "pickle" …, "unknown"
  std::string architecture;  // "sklearn.linear_model.LogisticRegression"; or ""
  std::string licence;       // that the files themselves name; or ""
  std::string quantisation;  // "Q4_K_M"; or ""
  std::optional<std::uint64_t> parameters;
  Safety safety = Safety::unknown;
  std::int64_t code_warnings = 0;  // in notebooks and training code
  Digest details;  // of the object that holds the inspection, the scan and the warnings (docs/formats.md)
  friend bool operator==(const Inspected&, const Inspected&) = default;
};

}  // namespace mlops::domain
