#include <mlops/cli/run.hpp>

#include <algorithm>
#include <array>
#include <new>

#include <fmt/core.h>

#include <mlops/app/hooks.hpp>
#include <mlops/cli/exit_code.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>
#include <mlops/version.hpp>

#include "commands.hpp"
#include "complete.hpp"
#include "help.hpp"
#include "report.hpp"
#include "setup.hpp"

namespace mlops::cli {

namespace {

// Common flags may stand before the command: `mlops -C repo --json list`.
struct SplitWords {
  std::vector<std::string> flags;
  std::vector<std::string> command;  // from the command's name on
};

SplitWords split_words(const std::vector<std::string>& argv) {
  constexpr std::array<std::string_view, 3> take_a_value = {"-C", "--registry", "--color"};
  std::size_t i = 0;
  while (i < argv.size() && argv[i].starts_with('-') && argv[i].size() > 1) {
    const bool has_value = std::find(take_a_value.begin(), take_a_value.end(), argv[i]) != take_a_value.end();
    i += has_value ? 2 : 1;
  }
  i = std::min(i, argv.size());
  const auto middle = argv.begin() + static_cast<std::ptrdiff_t>(i);
  return {{argv.begin(), middle}, {middle, argv.end()}};
}

bool has_word(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

Error unknown_command(const std::vector<std::string>& words) {
  const auto verbs = subcommands(words[0]);
  const bool is_noun = !verbs.empty();
  std::vector<std::string> known = verbs;
  const std::string word = is_noun ? (words.size() > 1 ? words[1] : std::string{}) : words[0];
  if (!is_noun) {
    for (const CommandRow& row : commands()) known.emplace_back(row.name.substr(0, row.name.find(' ')));
  }
  if (is_noun && word.empty()) {
    return Error{ErrorKind::usage,
                 fmt::format("`mlops {}` needs to know what to do", words[0]),
                 {fmt::format("one of: {}", join(verbs, ", "))}};
  }
  Error error{ErrorKind::usage,
              fmt::format("no command `{}{}`", is_noun ? words[0] + " " : std::string{}, printable(word))};
  const std::string prefix = is_noun ? "mlops " + words[0] + " " : "mlops ";
  if (const auto near = near_miss(word, known)) error.add_hint(fmt::format("did you mean `{}{}`?", prefix, *near));
  error.add_hint("`mlops help` lists the commands");
  return error;
}

ExitCode run_command(const FoundCommand& found, const SplitWords& split, const std::vector<std::string>& argv,
                     const Streams& streams, const Surroundings& surroundings) {
  const std::unique_ptr<Command> command = found.row->make();
  CommonFlags flags;
  Args args;
  command->declare(args);
  declare_common(args, flags, found.row->needs);
  std::vector<std::string> words = split.flags;
  words.insert(words.end(), split.command.begin() + static_cast<std::ptrdiff_t>(found.words), split.command.end());
  if (asks_for_help(words)) {
    const app::Settings defaults;
    streams.out(
        command_help(*found.row, *command, args, Style{wants_color(defaults, surroundings, streams.out_is_terminal)}));
    return ExitCode::done;
  }
  args.parse(words);
  if (found.row->needs == Needs::write) surroundings.note_signals();
  app::Context context = make_context(surroundings, streams, flags, argv);
  const Style out_style{wants_color(context.settings, surroundings, streams.out_is_terminal)};
  const Style err_style{wants_color(context.settings, surroundings, streams.err_is_terminal)};
  bool owes_hooks = false;
  context.owe_hooks = [&owes_hooks] { owes_hooks = true; };
  const Session session{streams, surroundings, flags, std::move(context), out_style, err_style};
  const auto tell_hooks = [&] {
    if (owes_hooks) app::tell_hooks(session.context());
  };
  try {
    const ExitCode code = command->run(session);
    tell_hooks();
    return code;
  } catch (...) {
    tell_hooks();
    throw;
  }
}

ExitCode dispatch(const std::vector<std::string>& argv, const Streams& streams, const Surroundings& surroundings) {
  if (!argv.empty() && argv[0] == "__complete") {
    complete({argv.begin() + 1, argv.end()}, streams, surroundings);
    return ExitCode::done;
  }
  const SplitWords split = split_words(argv);
  if (split.command.empty()) {
    if (has_word(split.flags, "-V") || has_word(split.flags, "--version")) {
      streams.out(fmt::format("mlops {}\n", tool_version));
      return ExitCode::done;
    }
    const bool is_plain = std::all_of(split.flags.begin(), split.flags.end(),
                                      [](const std::string& flag) { return flag == "-h" || flag == "--help"; });
    if (!is_plain) {
      const std::string& flag = split.flags.front();
      throw Error{
          ErrorKind::usage, fmt::format("`{}` needs a command", printable(flag)), {"`mlops help` lists the commands"}};
    }
    const app::Settings defaults;
    streams.out(overview(Style{wants_color(defaults, surroundings, streams.out_is_terminal)}));
    return ExitCode::done;
  }
  const FoundCommand found = find_command(split.command);
  if (!found.row) {
    if (has_word(split.command, "--help") || has_word(split.command, "-h")) {
      if (!subcommands(split.command[0]).empty()) {
        streams.out(noun_help(split.command[0]));
        return ExitCode::done;
      }
    }
    throw unknown_command(split.command);
  }
  return run_command(found, split, argv, streams, surroundings);
}

}  // namespace

int run(const std::vector<std::string>& argv, const Streams& streams, const Surroundings& surroundings) {
  const auto until_rest = std::find(argv.begin(), argv.end(), "--");
  const bool json = std::find(argv.begin(), until_rest, "--json") != until_rest;
  const app::Settings defaults;
  const Style style{wants_color(defaults, surroundings, streams.err_is_terminal)};
  const auto fail = [&](const Error& error) {
    ExitCode code = exit_code_of(error.kind());
    if (code == ExitCode::interrupted && surroundings.signal() == 15) code = ExitCode::terminated;
    report(error, code, streams, style, json);
    return static_cast<int>(code);
  };
  try {
    return static_cast<int>(dispatch(argv, streams, surroundings));
  } catch (const Error& error) {
    return fail(error);
  } catch (const std::bad_alloc&) {
    return fail(Error{ErrorKind::failed, "out of memory"});
  } catch (const std::exception& error) {
    return fail(Error{ErrorKind::failed,
                      fmt::format("internal error: {}", error.what()),
                      {"nothing was committed by the step that failed; please report this with the command line"}});
  }
}

}  // namespace mlops::cli
