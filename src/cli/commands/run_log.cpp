#include <fmt/core.h>

#include <mlops/app/run_log.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

class RunLog final : public Command {
 public:
  Help help() const override {
    return {{{"mlops run log 12", "what the command printed"},
             {"mlops run log 12 -f", "and what it goes on to print, until it is over"},
             {"mlops run log 12 --stage train", "of one stage of its recipe"},
             {"mlops run log 12 --stream stderr --times", "its warnings, and when they came"}},
            "Both streams in the order they came. Of a run that is still going, what it printed so far. With --json "
            "each line has its stream and its time, in milliseconds since the start of its attempt."};
  }

  void declare(Args& args) override {
    args.positional("RUN", run_, "the number of the run", Completes::run);
    args.flag({"-f", "--follow"}, follow_, "go on until the run is over");
    args.option({"--stage"}, "STAGE", stage_, "only what this stage of the recipe printed", Completes::recipe_stage);
    args.option({"--stream"}, "STREAM", stream_, "only stdout or stderr");
    args.flag({"--times"}, times_, "each line with its time and stream");
  }

  ExitCode run(const Session& session) override {
    if (stream_ && *stream_ != "stdout" && *stream_ != "stderr") {
      throw Error{ErrorKind::usage, fmt::format("`--stream {}` is neither stdout nor stderr", printable(*stream_))};
    }
    if (follow_ && (session.json() || stream_ || times_)) {
      throw Error{ErrorKind::usage,
                  "`--follow` prints the log as it comes, without `--json`, `--stream` and `--times`"};
    }
    app::Workspace workspace{session.context(), app::Access::read};
    const std::int64_t number = parse_run_number(run_);
    if (follow_) {
      app::follow_run_log(workspace, number, stage_, [&](std::string_view text) { session.print(std::string{text}); });
      return ExitCode::done;
    }
    const app::RunLogOutcome outcome = app::run_log(workspace, number, stage_);
    if (session.json()) {
      print_json(session, number, outcome);
    } else if (stream_ || times_) {
      print_lines(session, outcome);
    } else {
      session.print(outcome.text);
    }
    return ExitCode::done;
  }

 private:
  [[nodiscard]] bool is_wanted(const app::RunLogLine& line) const { return !stream_ || line.stream == *stream_; }

  void print_json(const Session& session, std::int64_t number, const app::RunLogOutcome& outcome) const {
    Json lines = Json::array();
    for (const app::RunLogLine& line : outcome.lines) {
      if (!is_wanted(line)) continue;
      lines.push_back(Json::object({{"milliseconds", line.milliseconds},
                                    {"stream", line.stream.empty() ? Json{} : Json{line.stream}},
                                    {"text", is_valid_utf8(line.text) ? line.text : printable(line.text)}}));
    }
    session.print_json(Json::object({{"run", number},
                                     {"log", is_valid_utf8(outcome.text) ? outcome.text : printable(outcome.text)},
                                     {"lines", lines},
                                     {"running", outcome.running}}));
  }

  void print_lines(const Session& session, const app::RunLogOutcome& outcome) const {
    for (const app::RunLogLine& line : outcome.lines) {
      if (!is_wanted(line)) continue;
      const std::string time =
          times_ && line.milliseconds
              ? fmt::format("{:>10.3f} {} ", static_cast<double>(*line.milliseconds) / 1000, line.stream)
              : std::string{};
      session.print(fmt::format("{}{}\n", time, line.text));
    }
  }

  std::string run_;
  std::optional<std::string> stage_, stream_;
  bool follow_ = false, times_ = false;
};

}  // namespace

std::unique_ptr<Command> make_run_log() { return std::make_unique<RunLog>(); }

}  // namespace mlops::cli
