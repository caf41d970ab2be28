// Where reports go besides the terminal: files that were asked for, and GitHub Actions when the command runs there.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "reports/report.hpp"
#include "session.hpp"

namespace mlops::cli {

struct ReportFile {
  std::filesystem::path path;  // absolute
  ReportFormat format = ReportFormat::text;
};

// Before a gate is asked, so that nobody waits for checks whose report can't be written: Error{usage} for an ending
// that tells no format, and the folders are made.
std::vector<ReportFile> prepare_report_files(const Session& session, const std::vector<std::string>& paths,
                                             std::string_view flag);

// After it. By then the decision is made and recorded: a report that can't be written is a warning, and the exit code
// still tells the decision.
void deliver_report(const Session& session, const Report& report, const std::vector<ReportFile>& files);

// How text looks where the session prints.
TextLook look_of(const Session& session);

}  // namespace mlops::cli
