// JUnit's XML, as GitLab, Jenkins, GitHub's reporters and others read it: the attributes that all of them agree on.
#include <map>
#include <set>

#include <fmt/format.h>

#include "reports/escape.hpp"
#include "reports/report.hpp"

namespace mlops::cli {

namespace {

using domain::CheckResult;
using domain::Evidence;
using domain::Verdict;

constexpr std::size_t longest_detail = 16'000;
constexpr std::size_t longest_reason_line = 2'000;

std::string seconds_text(std::int64_t milliseconds) {
  return fmt::format("{}.{:03}", milliseconds / 1000, milliseconds % 1000);
}

std::int64_t total_duration(const Verdict& verdict) {
  std::int64_t total = 0;
  for (const Evidence& evidence : verdict.evidence) total += evidence.duration_ms;
  return total;
}

// Readers tell cases apart by their names and follow them from run to run, so a name holds nothing that was found. A
// check that a gate asks twice is told apart by what it wants.
std::vector<std::string> case_names(const Verdict& verdict) {
  std::map<std::string, int> uses;
  for (const Evidence& evidence : verdict.evidence) ++uses[evidence.check];
  std::set<std::string> taken;
  std::vector<std::string> names;
  for (const Evidence& evidence : verdict.evidence) {
    std::string name = evidence.check;
    if (uses[evidence.check] > 1) name += fmt::format(" ({})", evidence.wanted);
    const std::string base = name;
    for (int i = 2; !taken.insert(name).second; ++i) name = fmt::format("{} #{}", base, i);
    names.push_back(std::move(name));
  }
  return names;
}

// What JUnit shows without failing: a skipped case with a message. It has no word for a warning.
bool is_excused(const Evidence& evidence) {
  const domain::Standing standing = standing_of(evidence);
  return standing == domain::Standing::warns || standing == domain::Standing::waived;
}

std::string one_line_reason(const Evidence& evidence) {
  const std::string text = evidence.reason.empty() ? fmt::format("wanted {}, found {}", evidence.wanted, evidence.found)
                                                   : evidence.reason.substr(0, evidence.reason.find('\n'));
  return shortened(text, longest_reason_line);
}

std::string details_of(const Evidence& evidence) {
  std::string text;
  if (!evidence.wanted.empty()) text += fmt::format("wanted: {}\n", evidence.wanted);
  if (!evidence.found.empty()) text += fmt::format("found:  {}\n", evidence.found);
  if (const std::string why = why_text(evidence); !why.empty()) text += why + "\n";
  if (!evidence.figures.is_null()) text += fmt::format("figures: {}\n", to_line(evidence.figures));
  return shortened(text, longest_detail);
}

std::string outcome_element(const Evidence& evidence) {
  const auto element = [&](std::string_view name, std::string_view type) {
    return fmt::format("      <{0} type=\"{1}\" message=\"{2}\">{3}</{0}>\n", name, type,
                       xml_attribute(one_line_reason(evidence)), xml_text(details_of(evidence)));
  };
  if (is_excused(evidence)) {
    const std::string waiver = domain::waiver_text(evidence);
    const std::string message = fmt::format("{}: {}{}{}", standing_text(evidence), one_line_reason(evidence),
                                            waiver.empty() ? "" : "; ", waiver);
    return fmt::format("      <skipped message=\"{}\"/>\n      <system-out>{}</system-out>\n",
                       xml_attribute(shortened(message, longest_reason_line)), xml_text(details_of(evidence)));
  }
  switch (evidence.result) {
    case CheckResult::failed:
      return element("failure", "failed");
    case CheckResult::inconclusive:  // JUnit has no third answer, and only a passed one lets in
      return element("failure", "inconclusive");
    case CheckResult::error:
      return element("error", "error");
    case CheckResult::skipped:
      return fmt::format("      <skipped message=\"{}\"/>\n", xml_attribute(one_line_reason(evidence)));
    case CheckResult::passed:
      return fmt::format("      <system-out>{}</system-out>\n", xml_text(details_of(evidence)));
  }
  return {};
}

struct JunitCounts {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;
  std::int64_t milliseconds = 0;

  void add(const Verdict& verdict) {
    tests += verdict.evidence.size();
    failures += count_of(verdict, CheckResult::failed) + count_of(verdict, CheckResult::inconclusive);
    errors += count_of(verdict, CheckResult::error);
    skipped += count_of(verdict, CheckResult::skipped) + count_of(verdict, domain::Standing::warns) +
               count_of(verdict, domain::Standing::waived);
    milliseconds += total_duration(verdict);
  }
  [[nodiscard]] std::string attributes() const {
    return fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}" time="{}")", tests, failures, errors,
                       skipped, seconds_text(milliseconds));
  }
};

std::string properties_element(const Verdict& verdict) {
  std::string text = "    <properties>\n";
  const auto add = [&text](std::string_view name, std::string_view value) {
    text += fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, xml_attribute(value));
  };
  add("result", name_of(verdict.result));
  add("verdict", fmt::format("{}", verdict.id));
  add("policy_source", verdict.policy_source);
  add("policy_blob", verdict.policy_blob);
  add("by", verdict.by);
  add("tool_version", verdict.tool_version);
  return text + "    </properties>\n";
}

std::string suite_element(const Report& report, const Verdict& verdict) {
  JunitCounts counts;
  counts.add(verdict);
  // ISO 8601 in UTC, without the zone and the fraction that some readers refuse.
  const std::string at = rfc3339(verdict.at).substr(0, 19);
  std::string text = fmt::format("  <testsuite name=\"{}\" {} timestamp=\"{}\">\n",
                                 xml_attribute(report.name() + " " + verdict.stage), counts.attributes(), at);
  text += properties_element(verdict);
  const std::string class_name =
      xml_attribute(fmt::format("{}.{}", report.comparison ? report.name() : verdict.version.model, verdict.stage));
  const std::vector<std::string> names = case_names(verdict);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Evidence& evidence = verdict.evidence[i];
    text += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{}\">\n{}    </testcase>\n", class_name,
                        xml_attribute(names[i]), seconds_text(evidence.duration_ms), outcome_element(evidence));
  }
  return text + "  </testsuite>\n";
}

}  // namespace

std::string junit_report(const Report& report) {
  JunitCounts counts;
  std::string suites;
  for (const Verdict& verdict : report.verdicts) {
    counts.add(verdict);
    suites += suite_element(report, verdict);
  }
  return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\" {}>\n{}</testsuites>\n",
                     xml_attribute(report.name()), counts.attributes(), suites);
}

}  // namespace mlops::cli
