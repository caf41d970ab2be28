#include "reports/github.hpp"

#include <fcntl.h>

#include <cerrno>
#include <filesystem>
#include <span>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "reports/escape.hpp"

namespace mlops::cli {

namespace {

using domain::CheckResult;

constexpr std::size_t most_annotations = 10;
constexpr std::size_t longest_message = 2'000;
constexpr std::uint64_t largest_summary = 1u << 20;

std::string annotation(std::string_view level, std::string_view title, std::string_view message) {
  return fmt::format("::{} title={}::{}\n", level, github_property(shortened(title, longest_message)),
                     github_message(shortened(message, longest_message)));
}

std::string message_of(const domain::Evidence& evidence) {
  std::string text = fmt::format("{}: wanted {}", standing_text(evidence), evidence.wanted);
  if (!evidence.found.empty()) text += fmt::format(", found {}", evidence.found);
  if (const std::string why = why_text(evidence); !why.empty()) text += "\n" + why;
  return text;
}

void append_summary(const std::filesystem::path& file, std::string_view text) {
  const FileDescriptor opened{::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644)};
  if (!opened.valid()) throw system_error("can't open", file.string(), errno);
  write_all(opened.get(), std::as_bytes(std::span{text}), file);
}

}  // namespace

std::string github_annotations(const Report& report) {
  std::vector<std::string> lines;
  for (const domain::Verdict& verdict : worst_first(report.verdicts)) {
    for (const domain::Evidence& evidence : worst_first(verdict.evidence)) {
      if (evidence.result == CheckResult::passed || evidence.result == CheckResult::skipped) continue;
      const std::string title = fmt::format("{} {}: {}", report.name(), verdict.stage, evidence.check);
      const bool is_refused = standing_of(evidence) == domain::Standing::refuses;
      lines.push_back(annotation(is_refused ? "error" : "warning", title, message_of(evidence)));
    }
  }
  if (lines.size() > most_annotations) {
    const std::size_t left_out = lines.size() - (most_annotations - 1);
    lines.resize(most_annotations - 1);
    const std::string_view level = report.passed() ? "warning" : "error";
    lines.push_back(annotation(level, report.name(), fmt::format("and {} more checks did not pass", left_out)));
  }
  return fmt::format("{}", fmt::join(lines, ""));
}

void tell_github(const Session& session, const Report& report) {
  const Surroundings& surroundings = session.surroundings();
  if (surroundings.variable("GITHUB_ACTIONS") != "true") return;
  const std::string annotations = github_annotations(report);
  if (session.json() || session.quiet()) {
    session.note(annotations);  // GitHub reads both streams
  } else {
    session.print(annotations);
  }
  const auto summary = surroundings.variable("GITHUB_STEP_SUMMARY");
  if (!summary || summary->empty()) return;
  std::error_code unknown;
  const std::uint64_t size = std::filesystem::file_size(*summary, unknown);
  const std::uint64_t present = unknown ? 0 : size;
  const std::string text = (present > 0 ? "\n" : "") + markdown_report(report);
  if (present + text.size() > largest_summary) {
    session.context().warn("the job summary is full: the report is not added to it");
    return;
  }
  try {
    append_summary(*summary, text);
  } catch (const Error& error) {
    session.context().warn(fmt::format("the job summary is not written: {}", error.message()));
  }
}

}  // namespace mlops::cli
