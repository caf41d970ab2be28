#include <mlops/runners/runner.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <mlops/support/error.hpp>

namespace mlops::runners {

namespace {

using Variables = std::vector<std::pair<std::string, std::string>>;

// "train.csv" → "TRAIN_CSV"; one '_' for a character outside ASCII, however many bytes it has.
std::string variable_part(std::string_view name) {
  std::string part;
  for (const char c : name) {
    const bool continues_character = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
    if (continues_character) continue;
    if (c >= 'a' && c <= 'z') {
      part += static_cast<char>(c - 'a' + 'A');
    } else {
      const bool stays = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      part += stays ? c : '_';
    }
  }
  return part;
}

void add_paths(std::string_view prefix, const std::vector<std::pair<std::string, std::filesystem::path>>& paths,
               Variables& variables) {
  for (const auto& [name, path] : paths) {
    std::string variable = fmt::format("{}{}", prefix, variable_part(name));
    if (std::ranges::find(variables, variable, &Variables::value_type::first) != variables.end()) {
      throw Error{ErrorKind::usage,
                  fmt::format("`{}` and another name would both be given to the command as `{}`", name, variable),
                  {"rename one of them"}};
    }
    variables.emplace_back(std::move(variable), path.string());
  }
}

void add_path(std::string_view variable, const std::filesystem::path& path, Variables& variables) {
  if (!path.empty()) variables.emplace_back(variable, path.string());
}

}  // namespace

Variables command_environment(const CommandFacts& facts) {
  Variables variables;
  variables.emplace_back("MLOPS_RUN_ID", facts.run_id);
  if (facts.model) variables.emplace_back("MLOPS_MODEL", *facts.model);
  add_path("MLOPS_PARAMS", facts.params_file, variables);
  add_paths("MLOPS_INPUT_", facts.inputs, variables);
  add_paths("MLOPS_OUTPUT_", facts.outputs, variables);
  add_path("MLOPS_METRICS", facts.metrics_file, variables);
  add_path(checkpoint_variable, facts.checkpoint_directory, variables);
  if (facts.seed) {
    variables.emplace_back("MLOPS_SEED", std::to_string(*facts.seed));
    // Python refuses to start with a hash seed outside 0 … 4294967295.
    variables.emplace_back("PYTHONHASHSEED", std::to_string(static_cast<std::uint32_t>(*facts.seed)));
  }
  return variables;
}

}  // namespace mlops::runners
