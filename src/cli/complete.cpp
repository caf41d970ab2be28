#include "complete.hpp"

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include <mlops/app/configure.hpp>
#include <mlops/app/workspace.hpp>
#include <mlops/domain/policy.hpp>
#include <mlops/runners/cluster.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "commands.hpp"
#include "help.hpp"
#include "setup.hpp"

namespace mlops::cli {

namespace {

constexpr std::size_t most_candidates = 200;

using Candidates = std::vector<std::string>;

Candidates command_names(const std::vector<std::string>& before) {
  if (before.size() == 1) return subcommands(before.front());
  std::set<std::string> names;
  for (const CommandRow& row : commands()) names.emplace(row.name.substr(0, row.name.find(' ')));
  return {names.begin(), names.end()};
}

// Versions worth naming: stages, aliases and the newest numbers.
Candidates references_of(store::ReadTransaction& view, const std::string& model) {
  Candidates names;
  for (const auto& holder : view.holders(model)) names.push_back(model + "@" + holder.stage);
  for (const auto& alias : view.aliases(model)) names.push_back(model + "@" + alias.alias);
  names.push_back(model + "@latest");
  constexpr std::int64_t newest_shown = 20;
  const std::int64_t newest = view.latest(model).value_or(0);
  for (std::int64_t number = newest; number > 0 && number > newest - newest_shown; --number) {
    names.push_back(fmt::format("{}@{}", model, number));
  }
  return names;
}

Candidates references(store::ReadTransaction& view, const std::string& word) {
  const auto at = word.find('@');
  if (at != std::string::npos) return references_of(view, word.substr(0, at));
  return view.model_names(word, most_candidates);
}

Candidates registry_names(app::Workspace& workspace, Completes what, const std::string& word) {
  const auto view = workspace.read();
  Candidates names;
  switch (what) {
    case Completes::model:
      return view->model_names(word, most_candidates);
    case Completes::reference:
      return references(*view, word);
    case Completes::run:
      for (const auto& run : view->runs(std::nullopt, 20, std::nullopt).items)
        names.push_back(std::to_string(run.number));
      return names;
    case Completes::dataset:
      for (const auto& dataset : view->datasets("", most_candidates, std::nullopt).items)
        names.push_back(dataset.text());
      return names;
    default:
      return names;
  }
}

// Of all models.
Candidates recipe_stages(const domain::Policy& policy) {
  std::set<std::string> names;
  for (const auto& [name, model] : policy.models) {
    if (!model.train) continue;
    for (const domain::RecipeStage& stage : model.train->stages) names.insert(stage.name);
  }
  return {names.begin(), names.end()};
}

Candidates values_of(Completes what, const std::string& word, const app::Context& context) {
  Candidates names;
  switch (what) {
    case Completes::nothing:
      return names;
    case Completes::files:
    case Completes::command:
      return {":files"};
    case Completes::setting:
      for (const auto& setting : app::known_settings()) names.emplace_back(setting.key);
      return names;
    case Completes::machine:
      names = context.settings.profiles();
      names.insert(names.end(), runners::profile_kinds().begin(), runners::profile_kinds().end());
      return names;
    case Completes::topic:
      for (const Topic& topic : topics()) names.emplace_back(topic.name);
      for (const CommandRow& row : commands()) names.emplace_back(row.name);
      return names;
    case Completes::shell:
      return {"bash", "fish", "zsh"};
    case Completes::stage:
      return app::config_check(context).policy.stages;
    case Completes::recipe_stage:
      return recipe_stages(app::config_check(context).policy);
    default: {
      app::Workspace workspace{context, app::Access::read};
      return registry_names(workspace, what, word);
    }
  }
}

// The argument that `word` is the value of, after the words `before` of the command.
Completes completes_of(const Args& args, const std::vector<std::string>& before) {
  if (!before.empty()) {
    const Argument* option = args.find(before.back());
    if (option && option->kind == Argument::Kind::option) return option->completes;
  }
  std::size_t taken = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] == "--") return Completes::command;
    if (!before[i].starts_with('-')) {
      ++taken;
      continue;
    }
    const Argument* option = args.find(before[i]);
    if (option && option->kind == Argument::Kind::option) ++i;
  }
  for (const Argument& argument : args.all()) {
    if (argument.kind != Argument::Kind::positional) continue;
    if (taken == 0 || argument.repeated) return argument.completes;
    --taken;
  }
  return Completes::nothing;
}

Candidates option_names(const Args& args) {
  Candidates names;
  for (const Argument& argument : args.all()) {
    if (!argument.names.empty()) names.push_back(argument.names.back());
  }
  return names;
}

Candidates candidates(const std::vector<std::string>& words, const Streams& streams, const Surroundings& surroundings) {
  const std::string word = words.empty() ? std::string{} : words.back();
  const std::vector<std::string> before{words.begin(), words.empty() ? words.end() : words.end() - 1};
  const FoundCommand found = find_command(before);
  const bool may_be_noun = before.size() == 1 && !subcommands(before.front()).empty() && !word.starts_with('-');
  if (before.empty() || !found.row) return command_names(before);

  const auto command = found.row->make();
  Args args;
  CommonFlags flags;
  command->declare(args);
  declare_common(args, flags, found.row->needs);
  const auto equals = word.find('=');
  const Argument* option = word.starts_with("--") ? args.find(word.substr(0, equals)) : nullptr;
  if (word.starts_with('-') && (equals == std::string::npos || !option)) return option_names(args);
  const app::Context context = make_context(surroundings, streams, flags, {});
  if (option) {
    Candidates values = values_of(option->completes, word.substr(equals + 1), context);
    for (std::string& value : values) {
      if (value != ":files") value.insert(0, word, 0, equals + 1);
    }
    return values;
  }
  const std::vector<std::string> arguments{before.begin() + static_cast<std::ptrdiff_t>(found.words), before.end()};
  Candidates all = values_of(completes_of(args, arguments), word, context);
  if (may_be_noun) {
    const Candidates verbs = subcommands(before.front());
    all.insert(all.end(), verbs.begin(), verbs.end());
  }
  return all;
}

constexpr std::string_view bash_script = R"(# Completion of mlops for bash.
_mlops() {
    local IFS=$' \t\n' line words word candidates
    # bash splits words at '@', ':' and '=', so they are taken from the line.
    line="${COMP_LINE:0:COMP_POINT}"
    read -r -a words <<< "$line"
    if [ "${line: -1}" = " " ]; then words+=(""); fi
    word="${words[-1]}"
    candidates=$(mlops __complete "${words[@]:1}" 2>/dev/null)
    IFS=$'\n'
    if [ "$candidates" = ":files" ]; then
        COMPREPLY=($(compgen -f -- "${word##*=}"))
        compopt -o filenames 2>/dev/null
        return
    fi
    COMPREPLY=($(compgen -W "$candidates" -- "$word"))
    # Only what stands behind the last of these marks is replaced on the line.
    local kept="${word%"${word##*[@:=]}"}"
    COMPREPLY=("${COMPREPLY[@]#"$kept"}")
}
complete -F _mlops mlops
)";

constexpr std::string_view zsh_script = R"(#compdef mlops
# Completion of mlops for zsh.
_mlops() {
    local -a candidates
    candidates=("${(@f)$(mlops __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    if [[ "${candidates[1]}" == ":files" ]]; then
        _files
    else
        compadd -a candidates
    fi
}
compdef _mlops mlops
)";

constexpr std::string_view fish_script = R"(# Completion of mlops for fish.
function __mlops_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l candidates (mlops __complete $words[2..-1] 2>/dev/null)
    if test "$candidates" = ":files"
        __fish_complete_path (commandline -ct)
    else
        printf '%s\n' $candidates
    end
end
complete -c mlops -f -a '(__mlops_complete)'
)";

}  // namespace

void complete(const std::vector<std::string>& words, const Streams& streams, const Surroundings& surroundings) {
  Candidates all;
  try {
    all = candidates(words, streams, surroundings);
  } catch (const Error&) {
    return;  // a shell in the middle of a line is no place for an error
  }
  const std::string word = words.empty() ? std::string{} : words.back();
  std::string out;
  for (const std::string& candidate : all) {
    if (candidate == ":files" || candidate.starts_with(word)) out += candidate + '\n';
  }
  streams.out(out);
}

std::string completion_script(std::string_view shell) {
  if (shell == "bash") return std::string{bash_script};
  if (shell == "zsh") return std::string{zsh_script};
  if (shell == "fish") return std::string{fish_script};
  throw Error{ErrorKind::usage, fmt::format("no completion for `{}`", printable(shell)), {"shells: bash, zsh, fish"}};
}

}  // namespace mlops::cli
