#include "run_result.hpp"

#include <fmt/core.h>

#include <mlops/domain/event.hpp>
#include <mlops/support/text.hpp>

#include "render.hpp"
#include "table.hpp"

namespace mlops::cli {

namespace {

void print_run_text(const Session& session, const domain::Run& run) {
  const bool good = run.status == domain::RunStatus::succeeded;
  const std::string status = good ? session.style().good("succeeded") : session.style().bad("failed");
  session.print_line(fmt::format("{} {} after {}{}", session.style().bold(fmt::format("run {}", run.number)), status,
                                 duration_of(session, run), run.failure.empty() ? "" : ": " + printable(run.failure)));
  Facts facts;
  facts.add("metrics", metrics_text(run.metrics));
  for (const auto& output : run.outputs) facts.add("output " + output.name, files_text(output));
  session.print(facts.text(session.style()));
  if (good && !run.outputs.empty()) session.hint(fmt::format("mlops register MODEL --run {}", run.number));
  if (!good) session.hint(fmt::format("mlops run log {}", run.number));
}

}  // namespace

std::string duration_of(const Session& session, const domain::Run& run) {
  const Timestamp end = run.ended_at.value_or(session.now());
  return duration_text(end.milliseconds - run.started_at.milliseconds);
}

std::string files_text(const domain::RunOutput& output) {
  std::uint64_t bytes = 0;
  for (const auto& file : output.files) bytes += file.size;
  return fmt::format("{} ({}, {})", printable(output.path), count_text(output.files.size(), "file"), bytes_text(bytes));
}

void print_planned_command(const Session& session, const std::vector<std::string>& command) {
  if (session.json()) {
    session.print_json(Json::object({{"command", json_texts(command)}, {"dry_run", true}}));
  } else {
    session.print_line(fmt::format("would run: {}", printable(join(command, " "))));
  }
}

ExitCode print_run_result(const Session& session, const domain::Run& run) {
  if (session.json()) {
    session.print_json(domain::to_json(run));
  } else if (session.quiet()) {
    session.print_line(std::to_string(run.number));
  } else {
    print_run_text(session, run);
  }
  return run.status == domain::RunStatus::succeeded ? ExitCode::done : ExitCode::training;
}

}  // namespace mlops::cli
