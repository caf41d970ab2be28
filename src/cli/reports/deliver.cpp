#include "reports/deliver.hpp"

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

#include "reports/github.hpp"

namespace mlops::cli {

namespace fs = std::filesystem;

namespace {

bool speaks_utf8(const Surroundings& surroundings) {
  for (const std::string_view name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const auto value = surroundings.variable(name);
    if (!value || value->empty()) continue;  // POSIX: an empty one is no answer
    const std::string locale = lower_ascii(*value);
    return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
  }
  return false;
}

}  // namespace

TextLook look_of(const Session& session) {
  return {.style = session.style(), .columns = session.columns(), .utf8 = speaks_utf8(session.surroundings())};
}

std::vector<ReportFile> prepare_report_files(const Session& session, const std::vector<std::string>& paths,
                                             std::string_view flag) {
  std::vector<ReportFile> files;
  for (const std::string& text : paths) {
    const fs::path path{text};
    const ReportFormat format = report_format_of(path, flag);
    files.push_back({path.is_absolute() ? path : session.context().directory / path, format});
  }
  for (const ReportFile& file : files) make_directories(file.path.parent_path());
  return files;
}

void deliver_report(const Session& session, const Report& report, const std::vector<ReportFile>& files) {
  for (const ReportFile& file : files) {
    try {
      write_file_atomic(file.path, render_report(file.format, report));
    } catch (const Error& error) {
      session.context().warn(fmt::format("the report is not written: {}", error.message()));
    }
  }
  tell_github(session, report);
}

}  // namespace mlops::cli
