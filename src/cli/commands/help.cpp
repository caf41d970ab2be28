#include "help.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"

namespace mlops::cli {

namespace {

class HelpCommand final : public Command {
 public:
  Help help() const override {
    return {{{"mlops help", "the commands"},
             {"mlops help promote", "one of them"},
             {"mlops help references", "a topic: exit-codes, references, policy, environment"}},
            ""};
  }

  void declare(Args& args) override {
    args.positionals("COMMAND|TOPIC", words_, "what to explain", false, Completes::topic);
    args.flag({"--markdown"}, markdown_, "the whole reference as Markdown");
  }

  ExitCode run(const Session& session) override {
    const std::string text = markdown_        ? reference_page()
                             : words_.empty() ? overview(session.style())
                                              : explain(session);
    if (session.json()) {
      session.print_json(Json::object({{"text", text}}));
    } else {
      session.print(text);
    }
    return ExitCode::done;
  }

 private:
  std::string explain(const Session& session) const {
    for (const Topic& topic : topics()) {
      if (topic.name == words_.front()) return topic.text;
    }
    const FoundCommand found = find_command(words_);
    if (found.row && found.words == words_.size()) {
      const auto command = found.row->make();
      Args args;
      CommonFlags flags;
      command->declare(args);
      declare_common(args, flags, found.row->needs);
      return command_help(*found.row, *command, args, session.style());
    }
    if (words_.size() == 1 && !subcommands(words_.front()).empty()) return noun_help(words_.front());
    throw unknown();
  }

  Error unknown() const {
    const std::string wanted = join(words_, " ");
    std::vector<std::string> known;
    for (const CommandRow& row : commands()) known.emplace_back(row.name);
    for (const Topic& topic : topics()) known.emplace_back(topic.name);
    Error error{ErrorKind::not_found, fmt::format("no help for `{}`", printable(wanted))};
    if (const auto near = near_miss(wanted, known)) error.add_hint(fmt::format("did you mean `mlops help {}`?", *near));
    error.add_hint("`mlops help` lists the commands and topics");
    return error;
  }

  std::vector<std::string> words_;
  bool markdown_ = false;
};

}  // namespace

std::unique_ptr<Command> make_help() { return std::make_unique<HelpCommand>(); }

}  // namespace mlops::cli
