// What a command takes from the command line: declared once, for parsing, help, the reference page and completion.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlops::cli {

// What completes an argument in the shell.
enum class Completes {
  nothing,
  files,
  model,
  reference,
  stage,
  recipe_stage,
  run,
  dataset,
  setting,
  machine,
  topic,
  shell,
  command
};

struct Argument {
  enum class Kind { positional, option, flag, rest };
  Kind kind = Kind::positional;
  std::vector<std::string> names;  // of an option or flag: "-m", "--message"
  std::string value;               // what stands for its value in the help: "TEXT"
  std::string help;
  bool required = false;
  bool repeated = false;
  Completes completes = Completes::nothing;
  std::function<void(const std::string&)> set;

  [[nodiscard]] std::string title() const;  // "-m, --message TEXT"
};

class Args {
 public:
  // Positional arguments, in the order of their declaration. Targets live at least as long as parse().
  void positional(std::string value, std::string& target, std::string help, Completes completes = Completes::nothing);
  void optional_positional(std::string value, std::optional<std::string>& target, std::string help,
                           Completes completes = Completes::nothing);
  void positionals(std::string value, std::vector<std::string>& target, std::string help, bool required,
                   Completes completes = Completes::files);
  // Everything after "--".
  void rest(std::string value, std::vector<std::string>& target, std::string help);

  void flag(std::vector<std::string> names, bool& target, std::string help);
  void option(std::vector<std::string> names, std::string value, std::string& target, std::string help,
              Completes completes = Completes::nothing);
  void option(std::vector<std::string> names, std::string value, std::optional<std::string>& target, std::string help,
              Completes completes = Completes::nothing);
  void required_option(std::vector<std::string> names, std::string value, std::string& target, std::string help,
                       Completes completes = Completes::nothing);
  void repeated(std::vector<std::string> names, std::string value, std::vector<std::string>& target, std::string help,
                Completes completes = Completes::nothing);
  // A whole number that is not below `least`.
  void number(std::vector<std::string> names, std::string value, std::optional<std::int64_t>& target,
              std::int64_t least, std::string help, Completes completes = Completes::nothing);

  [[nodiscard]] const std::vector<Argument>& all() const { return arguments_; }
  [[nodiscard]] const Argument* find(std::string_view name) const;  // of an option or flag

  // Sets the targets. Error{usage} that names the argument at fault and the near miss.
  void parse(const std::vector<std::string>& words) const;

 private:
  Argument& add(Argument argument);
  std::vector<Argument> arguments_;
};

}  // namespace mlops::cli
