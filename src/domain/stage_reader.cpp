// The stages of a recipe: [model.NAME.train.stage.STAGE].
#include <algorithm>

#include <fmt/core.h>

#include <mlops/domain/names.hpp>
#include <mlops/support/text.hpp>

#include "policy_parts.hpp"
#include "segments.hpp"

namespace mlops::domain {
namespace {

using Names = std::vector<std::string>;
using Placeholders = std::map<std::string, std::string>;

bool has_name(const Names& names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

void add_once(Names& names, const std::string& name) {
  if (!has_name(names, name)) names.push_back(name);
}

Names names_in(const NamedPaths& paths) {
  Names names;
  for (const auto& [name, path] : paths) names.push_back(name);
  return names;
}

std::string nearest_or_all(std::string_view name, const Names& known) {
  if (const auto near = near_miss(name, known)) return fmt::format(", did you mean `{}`?", *near);
  return known.empty() ? std::string{} : fmt::format(" (there are: {})", join(known, ", "));
}

// Whether the command names this placeholder.
bool uses(const Names& command, Placeholders known, const std::string& name) {
  try {
    const Names without = expand_command(command, known);
    known[name] = "used";
    return expand_command(command, known) != without;
  } catch (const Error&) {
    return false;  // it is a mistake already
  }
}

std::string_view bare(std::string_view path) { return path.ends_with('/') ? path.substr(0, path.size() - 1) : path; }

bool lies_within(std::string_view inner, std::string_view outer) {
  return bare(inner) == bare(outer) ||
         (bare(inner).starts_with(bare(outer)) && bare(inner).substr(bare(outer).size()).starts_with('/'));
}

class StagesReader {
 public:
  StagesReader(const TableReader& reader, Recipe& recipe) : reader_{reader}, recipe_{recipe} {}

  void read() {
    refuse_keys_of_stages();
    const TableReader all = reader_.inner("stage");
    if (all.members().empty()) all.mistake(all.line(), "there must be a stage at least, such as [….stage.prepare]");
    for (const auto& [name, value] : all.members()) begin_stage(all.inner(value, shown(name)), name);
    for (std::size_t i = 0; i < tables_.size(); ++i) finish_stage(tables_[i], recipe_.stages[i]);
    refuse_unused();
    read_version_outputs();
    put_in_order(all);
  }

 private:
  void refuse_keys_of_stages() const {
    if (reader_.find("command") != nullptr)
      reader_.mistake(reader_.line_of("command"), "with stages, `command` stands in each of them");
    if (reader_.find("metrics") != nullptr)
      reader_.mistake(reader_.line_of("metrics"), "with stages, `metrics` stands in the stage that writes it");
  }

  // Its name and outputs: what the others refer to.
  void begin_stage(const TableReader& table, const std::string& name) {
    table.refuse_unknown({"command", "needs", "inputs", "params", "outputs", "metrics", "code"});
    try {
      check_segments("stage", name, false);
    } catch (const Error& error) {
      table.mistake(table.line(), error);
    }
    RecipeStage stage;
    stage.name = name;
    stage.metrics = read_project_path(table, "metrics");
    for (auto& [output, path] : read_named_paths(table, "outputs")) {
      if (const RecipeStage* const other = writer_of(output)) {
        table.mistake(table.line_of("outputs"), fmt::format("the output `{}` is written by the stage `{}` already; "
                                                            "give it another name",
                                                            output, other->name));
      } else if (has_name(names_in(recipe_.inputs), output)) {
        table.mistake(table.line_of("outputs"),
                      fmt::format("`{}` is an input of the recipe; give the output another name", output));
      }
      take_place(table, "outputs", fmt::format("the output `{}`", output), path);
      stage.outputs.emplace_back(output, std::move(path));
    }
    if (stage.metrics) take_place(table, "metrics", "the metrics", *stage.metrics);
    recipe_.stages.push_back(std::move(stage));
    tables_.push_back(table);
  }

  // What is cleared before one stage must not be what another one made.
  void take_place(const TableReader& table, std::string_view key, const std::string& what, const std::string& path) {
    const auto refuse = [&](const std::string& other, const std::string& its_path) {
      table.mistake(table.line_of(key), fmt::format("{} ({}) and {} ({}) share a path; each needs a place of its own",
                                                    what, path, other, its_path));
    };
    const auto shares = [&](const std::string& other) { return lies_within(path, other) || lies_within(other, path); };
    for (const auto& [role, its_path] : recipe_.inputs) {
      if (shares(its_path)) return refuse(fmt::format("the input `{}`", role), its_path);
    }
    for (const auto& [other, its_path] : places_) {
      if (shares(its_path)) return refuse(other, its_path);
    }
    places_.emplace_back(what, path);
  }

  [[nodiscard]] const RecipeStage* writer_of(std::string_view output) const {
    const auto found = std::ranges::find_if(
        recipe_.stages, [&](const RecipeStage& stage) { return has_name(names_in(stage.outputs), output); });
    return found == recipe_.stages.end() ? nullptr : &*found;
  }

  [[nodiscard]] Placeholders placeholders_in(const RecipeStage& stage) const {
    Placeholders names;
    for (const auto& [name, value] : recipe_.params) names.emplace("params." + name, "");
    for (const auto& [role, path] : recipe_.inputs) names.emplace("inputs." + role, "");
    for (const RecipeStage& other : recipe_.stages) {
      for (const auto& [name, path] : other.outputs)
        names.emplace((other.name == stage.name ? "outputs." : "inputs.") + name, "");
    }
    if (recipe_.seed) names.emplace("seed", "");
    if (stage.metrics) names.emplace("metrics", "");
    return names;
  }

  void finish_stage(const TableReader& table, RecipeStage& stage) const {
    const Placeholders known = placeholders_in(stage);
    stage.command = read_command(table, known);
    stage.needs = read_needs_of(table, stage);
    stage.inputs = read_names(table, "inputs", "no input of the recipe", names_in(recipe_.inputs));
    Names params;
    for (const auto& [name, value] : recipe_.params) params.push_back(name);
    stage.params = read_names(table, "params", "no param of the recipe", params);
    stage.code = read_code(table);
    for (const std::string& name : params) {
      if (uses(stage.command, known, "params." + name)) add_once(stage.params, name);
    }
    for (const auto& [role, path] : recipe_.inputs) {
      if (uses(stage.command, known, "inputs." + role)) add_once(stage.inputs, role);
    }
    for (const RecipeStage& other : recipe_.stages) {
      for (const auto& [name, path] : other.outputs) {
        if (other.name != stage.name && uses(stage.command, known, "inputs." + name)) add_once(stage.needs, other.name);
      }
    }
  }

  [[nodiscard]] static Names read_names(const TableReader& table, std::string_view key, std::string_view what,
                                        const Names& known) {
    Names names;
    for (const auto& [name, line] : table.strings(key).value_or(std::vector<TableReader::Item>{})) {
      if (has_name(known, name)) {
        add_once(names, name);
      } else {
        table.mistake(line, fmt::format("`{}` is {}{}", shown(name), what, nearest_or_all(name, known)));
      }
    }
    return names;
  }

  [[nodiscard]] Names read_needs_of(const TableReader& table, const RecipeStage& stage) const {
    Names others;
    for (const RecipeStage& other : recipe_.stages) {
      if (other.name != stage.name) others.push_back(other.name);
    }
    Names needs;
    for (const auto& [name, line] : table.strings("needs").value_or(std::vector<TableReader::Item>{})) {
      if (name == stage.name) {
        table.mistake(line, fmt::format("the stage `{}` can't need itself", name));
      } else if (!has_name(others, name)) {
        table.mistake(line, fmt::format("unknown stage `{}`{}", shown(name), nearest_or_all(name, others)));
      } else {
        add_once(needs, name);
      }
    }
    return needs;
  }

  [[nodiscard]] static std::optional<Names> read_code(const TableReader& table) {
    const auto items = table.strings("code");
    if (!items) return std::nullopt;
    Names paths;
    for (const auto& [path, line] : *items) {
      if (is_project_path(table, path, line)) add_once(paths, path);
    }
    return paths;
  }

  // An input or param that no stage names would change without any of them running again.
  void refuse_unused() const {
    const auto refuse = [&](std::string_view key, std::string_view noun, const Names& names, auto used) {
      for (const std::string& name : names) {
        const bool is_used =
            std::ranges::any_of(recipe_.stages, [&](const RecipeStage& stage) { return has_name(stage.*used, name); });
        if (is_used) continue;
        reader_.mistake(reader_.line_of(key),
                        fmt::format("no stage uses the {0} `{1}`: name it in the `{2}` of one, or in its command as "
                                    "{{{2}.{1}}}",
                                    noun, name, key));
      }
    };
    refuse("inputs", "input", names_in(recipe_.inputs), &RecipeStage::inputs);
    Names params;
    for (const auto& [name, value] : recipe_.params) params.push_back(name);
    refuse("params", "param", params, &RecipeStage::params);
  }

  void read_version_outputs() const {
    const Toml* const found = reader_.find("outputs");
    if (found == nullptr || found->array() == nullptr || found->array()->empty()) {
      reader_.mistake(reader_.line_of("outputs"),
                      "with stages, `outputs` lists those of theirs that make up the version, such as [\"model\"]");
      return;
    }
    Names known;
    for (const RecipeStage& stage : recipe_.stages) {
      for (const auto& [name, path] : stage.outputs) known.push_back(name);
    }
    for (const std::string& name : read_names(reader_, "outputs", "no output of a stage", known)) {
      const RecipeStage& writer = *writer_of(name);
      const auto path = std::ranges::find(writer.outputs, name, &NamedPaths::value_type::first);
      if (recipe_.outputs.empty()) recipe_.command = writer.command;
      recipe_.outputs.push_back(*path);
    }
  }

  void put_in_order(const TableReader& all) const {
    try {
      recipe_.stages = in_order(std::move(recipe_.stages));
    } catch (const Error& error) {
      all.mistake(all.line(), error);
    }
  }

  const TableReader& reader_;
  Recipe& recipe_;
  std::vector<TableReader> tables_;                          // of the stages
  std::vector<std::pair<std::string, std::string>> places_;  // what is written, and where
};

}  // namespace

void read_stages(const TableReader& reader, Recipe& recipe) { StagesReader{reader, recipe}.read(); }

}  // namespace mlops::domain
