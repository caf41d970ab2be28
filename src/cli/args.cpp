#include "args.hpp"

#include <algorithm>
#include <map>

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::cli {

namespace {

std::string required_text(const Argument& argument) {
  return argument.kind == Argument::Kind::option ? argument.title() : argument.value;
}

void refuse_control_characters(const Argument& argument, const std::string& text) {
  if (is_valid_utf8(text)) return;
  throw Error{ErrorKind::usage, fmt::format("`{}` is not valid UTF-8: {}", argument.title(), printable(text))};
}

// CLI11 collects the words of each argument; what they mean is decided here, so that every message is ours.
struct Collected {
  std::map<const Argument*, std::vector<std::string>> values;
};

void declare(CLI::App& parser, const Argument& argument, Collected& collected) {
  std::vector<std::string>& values = collected.values[&argument];
  if (argument.kind == Argument::Kind::flag) {
    parser.add_flag_function(join(argument.names, ","), [&values](std::int64_t) { values.assign(1, "true"); });
    return;
  }
  const bool takes_many =
      argument.kind == Argument::Kind::rest || (argument.kind == Argument::Kind::positional && argument.repeated);
  const std::string name = argument.kind == Argument::Kind::option ? join(argument.names, ",") : argument.value;
  CLI::Option* option = parser.add_option(name, values);
  if (takes_many) {
    option->expected(0, -1);
    return;
  }
  // One word each: a list's appetite for the words that follow is switched off.
  option->expected(1);
  option->allow_extra_args(false);
  if (argument.kind == Argument::Kind::option) option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

[[noreturn]] void throw_unexpected(const std::vector<Argument>& arguments, const std::string& word) {
  const bool has_rest =
      std::ranges::any_of(arguments, [](const Argument& argument) { return argument.kind == Argument::Kind::rest; });
  if (!word.starts_with('-') || word == "-") {
    Error error{ErrorKind::usage, fmt::format("unexpected argument `{}`", printable(word))};
    if (has_rest) error.add_hint("the command to run stands after `--`");
    throw error;
  }
  const std::string name = word.substr(0, word.find('='));
  Error error{ErrorKind::usage, fmt::format("unknown option `{}`", printable(name))};
  std::vector<std::string> known;
  for (const Argument& argument : arguments) {
    known.insert(known.end(), argument.names.begin(), argument.names.end());
  }
  const auto near = name.starts_with("--") ? near_miss(name, known) : std::nullopt;
  if (near) error.add_hint(fmt::format("did you mean `{}`?", *near));
  if (has_rest) {
    error.add_hint("options of the command itself stand after `--`");
  } else if (!near) {
    error.add_hint("what begins with `-` and is no option stands after `--`");
  }
  throw error;
}

// CLI11 says "--limit: 1 required TEXT missing".
Error missing_value(const Args& args, std::string_view complaint) {
  const std::string name{complaint.substr(0, complaint.find(':'))};
  const Argument* argument = args.find(name);
  return Error{ErrorKind::usage, fmt::format("`{}` needs a value", argument ? argument->title() : name)};
}

void hand_over(const Argument& argument, const std::vector<std::string>& values) {
  if (values.empty()) {
    if (argument.required)
      throw Error{ErrorKind::usage, fmt::format("missing `{}`", required_text(argument)), {argument.help}};
    return;
  }
  if (values.size() > 1 && !argument.repeated && argument.kind != Argument::Kind::rest) {
    throw Error{ErrorKind::usage, fmt::format("`{}` is given twice", argument.title())};
  }
  for (const std::string& value : values) {
    refuse_control_characters(argument, value);
    argument.set(value);
  }
}

void take(std::string& target, const std::string& text) { target = text; }
void take(std::optional<std::string>& target, const std::string& text) { target = text; }
void take(std::vector<std::string>& target, const std::string& text) { target.push_back(text); }

template <typename Target>
std::function<void(const std::string&)> into(Target& target) {
  return [&target](const std::string& text) { take(target, text); };
}

// An argument that is neither required nor repeated.
Argument plain(Argument::Kind kind, std::vector<std::string> names, std::string value, std::string help,
               Completes completes, std::function<void(const std::string&)> set) {
  return {.kind = kind,
          .names = std::move(names),
          .value = std::move(value),
          .help = std::move(help),
          .required = false,
          .repeated = false,
          .completes = completes,
          .set = std::move(set)};
}

}  // namespace

std::string Argument::title() const {
  std::string flags = join(names, ", ");
  if (kind == Kind::flag) return flags;
  if (kind == Kind::option) return flags + " " + value;
  if (kind == Kind::rest) return "-- " + value + "…";
  return repeated ? value + "…" : value;
}

Argument& Args::add(Argument argument) {
  arguments_.push_back(std::move(argument));
  return arguments_.back();
}

void Args::positional(std::string value, std::string& target, std::string help, Completes completes) {
  add(plain(Argument::Kind::positional, {}, std::move(value), std::move(help), completes, into(target))).required =
      true;
}

void Args::optional_positional(std::string value, std::optional<std::string>& target, std::string help,
                               Completes completes) {
  add(plain(Argument::Kind::positional, {}, std::move(value), std::move(help), completes, into(target)));
}

void Args::positionals(std::string value, std::vector<std::string>& target, std::string help, bool required,
                       Completes completes) {
  Argument& argument =
      add(plain(Argument::Kind::positional, {}, std::move(value), std::move(help), completes, into(target)));
  argument.required = required;
  argument.repeated = true;
}

void Args::rest(std::string value, std::vector<std::string>& target, std::string help) {
  Argument& argument =
      add(plain(Argument::Kind::rest, {}, std::move(value), std::move(help), Completes::command, into(target)));
  argument.required = true;
  argument.repeated = true;
}

void Args::flag(std::vector<std::string> names, bool& target, std::string help) {
  add({.kind = Argument::Kind::flag,
       .names = std::move(names),
       .value = {},
       .help = std::move(help),
       .required = false,
       .repeated = true,
       .completes = Completes::nothing,
       .set = [&target](const std::string&) { target = true; }});
}

void Args::option(std::vector<std::string> names, std::string value, std::string& target, std::string help,
                  Completes completes) {
  add(plain(Argument::Kind::option, std::move(names), std::move(value), std::move(help), completes, into(target)));
}

void Args::option(std::vector<std::string> names, std::string value, std::optional<std::string>& target,
                  std::string help, Completes completes) {
  add(plain(Argument::Kind::option, std::move(names), std::move(value), std::move(help), completes, into(target)));
}

void Args::required_option(std::vector<std::string> names, std::string value, std::string& target, std::string help,
                           Completes completes) {
  add(plain(Argument::Kind::option, std::move(names), std::move(value), std::move(help), completes, into(target)))
      .required = true;
}

void Args::repeated(std::vector<std::string> names, std::string value, std::vector<std::string>& target,
                    std::string help, Completes completes) {
  add(plain(Argument::Kind::option, std::move(names), std::move(value), std::move(help), completes, into(target)))
      .repeated = true;
}

void Args::number(std::vector<std::string> names, std::string value, std::optional<std::int64_t>& target,
                  std::int64_t least, std::string help, Completes completes) {
  const std::string name = names.back();
  add({.kind = Argument::Kind::option,
       .names = std::move(names),
       .value = std::move(value),
       .help = std::move(help),
       .required = false,
       .repeated = false,
       .completes = completes,
       .set = [&target, least, name](const std::string& text) {
         const auto number = parse_integer(text);
         if (!number || *number < least) {
           throw Error{ErrorKind::usage,
                       fmt::format("`{} {}`: a whole number from {} is wanted", name, printable(text), least)};
         }
         target = number;
       }});
}

const Argument* Args::find(std::string_view name) const {
  for (const Argument& argument : arguments_) {
    if (std::find(argument.names.begin(), argument.names.end(), name) != argument.names.end()) return &argument;
  }
  return nullptr;
}

void Args::parse(const std::vector<std::string>& words) const {
  CLI::App parser;
  parser.set_help_flag();
  parser.allow_extras();
  Collected collected;
  auto end = words.end();
  for (const Argument& argument : arguments_) {
    if (argument.kind != Argument::Kind::rest) {
      declare(parser, argument, collected);
      continue;
    }
    end = std::find(words.begin(), words.end(), "--");
    if (end != words.end()) collected.values[&argument].assign(std::next(end), words.end());
  }
  try {
    std::vector<std::string> reversed{std::reverse_iterator{end}, words.rend()};
    parser.parse(reversed);
  } catch (const CLI::ArgumentMismatch& mismatch) {
    throw missing_value(*this, mismatch.what());
  } catch (const CLI::ParseError& error) {
    throw Error{ErrorKind::usage, error.what()};
  }
  auto extra = parser.remaining();
  std::erase(extra, "--");
  if (!extra.empty()) throw_unexpected(arguments_, extra.front());
  for (const Argument& argument : arguments_) hand_over(argument, collected.values[&argument]);
}

}  // namespace mlops::cli
