#include "all.hpp"
#include "complete.hpp"

namespace mlops::cli {

namespace {

class Completion final : public Command {
 public:
  Help help() const override {
    return {{{"mlops completion bash > ~/.local/share/bash-completion/completions/mlops", "for bash"},
             {"mlops completion zsh > \"${fpath[1]}/_mlops\"", "for zsh"},
             {"mlops completion fish > ~/.config/fish/completions/mlops.fish", "for fish"}},
            "The scripts complete commands, options, and the names of models, versions, stages, runs and datasets of "
            "the registry."};
  }

  void declare(Args& args) override { args.positional("SHELL", shell_, "bash, zsh or fish", Completes::shell); }

  ExitCode run(const Session& session) override {
    const std::string script = completion_script(shell_);
    if (session.json()) {
      session.print_json(Json::object({{"shell", shell_}, {"script", script}}));
    } else {
      session.print(script);
    }
    return ExitCode::done;
  }

 private:
  std::string shell_;
};

}  // namespace

std::unique_ptr<Command> make_completion() { return std::make_unique<Completion>(); }

}  // namespace mlops::cli
