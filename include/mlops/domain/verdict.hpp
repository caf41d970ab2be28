// Evidence and verdicts: what a gate asked, what it found, what it decided.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/names.hpp>
#include <mlops/support/json.hpp>
#include <mlops/support/time.hpp>

namespace mlops::domain {

// A check's answer. `error` means that it couldn't be asked (crashed, unreadable); `skipped` that an earlier failure
// made it pointless. Only `passed` lets a version in.
enum class CheckResult { passed, failed, error, skipped, inconclusive };
std::string_view name_of(CheckResult result);
CheckResult parse_check_result(std::string_view text);

// Whether a version is refused for a check that it does not pass, or people are warned only.
enum class Severity { block, warn };
std::string_view name_of(Severity severity);
Severity parse_severity(std::string_view text);

// The waiver that a gate met when a check had not passed.
struct MetWaiver {
  std::int64_t id = 0;
  std::string by;
  std::string reason;
  Timestamp until;
  std::string void_because;  // why it counts for nothing; "" when it counts
  friend bool operator==(const MetWaiver&, const MetWaiver&) = default;
};

// The stored result of one check.
struct Evidence {
  std::string check;  // "metric: accuracy >= 0.92", "git.clean", "smoke"
  CheckResult result = CheckResult::error;
  std::string wanted;  // "accuracy >= 0.92"
  std::string found;   // "0.947368"
  std::string reason;  // why it did not pass; "" when it did and nothing needs saying
  Json figures;        // what was measured: an object, or null
  std::int64_t duration_ms = 0;
  Severity severity = Severity::block;
  std::optional<MetWaiver> waiver = {};
  friend bool operator==(const Evidence&, const Evidence&) = default;
};

// What an answer means for the version.
enum class Standing { passes, warns, waived, refuses };
Standing standing_of(const Evidence& evidence);
// "passed", "failed", "warning (failed)", "waived (inconclusive)"
std::string standing_text(const Evidence& evidence);
// "waived by Ada until 2026-12-31: known drift", or why a waiver counts for nothing; "" without one.
std::string waiver_text(const Evidence& evidence);
// "2026-12-31" when that day is included, else the time.
std::string until_text(Timestamp until);

enum class VerdictResult { passed, failed, inconclusive };
std::string_view name_of(VerdictResult result);
VerdictResult parse_verdict_result(std::string_view text);

// What a gate decided for one version at one moment.
struct Verdict {
  std::int64_t id = 0;  // per registry; 0 before it is stored
  VersionId version;
  std::string stage;
  VerdictResult result = VerdictResult::failed;
  std::vector<Evidence> evidence;
  std::string policy_blob;  // git blob id of the mlops.toml that declared the gate, sha256 of the file outside git, ""
                            // for the built-in gate
  std::string policy_source;  // "commit 1a2b3c…", "branch main at 1a2b3c…", "file", "built-in"
  std::string tool_version;
  Timestamp at;
  std::string by;
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

// Of what is asked in earnest: passed when every check passed or is waived; inconclusive when none failed or crashed
// but some are inconclusive; else failed.
VerdictResult fold(const std::vector<Evidence>& evidence);

}  // namespace mlops::domain
