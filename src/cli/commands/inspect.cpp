#include <mlops/app/look_inside.hpp>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

constexpr std::size_t files_shown = 20;
constexpr std::size_t value_width = 200;

std::string shape_text(const domain::Port& port) {
  if (!port.shape) return "";
  std::vector<std::string> dimensions;
  for (const Json& dimension : *port.shape) {
    dimensions.push_back(dimension.is_null()     ? "?"
                         : dimension.is_string() ? dimension.as_string()
                                                 : to_line(dimension));
  }
  return "[" + join(dimensions, ", ") + "]";
}

std::string value_text(const Json& value) {
  return truncate_to_width(printable(value.is_string() ? value.as_string() : to_line(value)), value_width);
}

class Inspect final : public Command {
 public:
  Help help() const override {
    return {
        {{"mlops inspect model.safetensors", "what is this file?"},
         {"mlops inspect model/ --tensors", "a folder, with every tensor"},
         {"mlops inspect churn@production --json", "a version, for a script"}},
        "Tells what model files are, by their content and without running anything of theirs: format, architecture, "
        "parameters, tensors, inputs and outputs, hyper-parameters, the libraries they were made with, licence. "
        "What can't be read is named as a problem; the exit code is 0 all the same. `mlops scan` tells whether "
        "loading a file can run code."};
  }

  void declare(Args& args) override {
    args.positional("PATH|MODEL@REF", target_, "a file, a folder or a version", Completes::files);
    args.flag({"--tensors"}, tensors_, "list every tensor");
  }

  ExitCode run(const Session& session) override {
    const app::InspectOutcome outcome = app::inspect(session.context(), {.target = target_});
    if (session.json()) {
      print_json(session, outcome);
    } else if (session.quiet()) {
      session.print_line(outcome.inspection.whole.format);
    } else {
      print_text(session, outcome);
    }
    return ExitCode::done;
  }

 private:
  void print_json(const Session& session, const app::InspectOutcome& outcome) const {
    Json json = Json::object({{"path", outcome.version ? Json{} : Json{target_}},
                              {"version", outcome.version ? Json{outcome.version->text()} : Json{}}});
    const auto tensors = tensors_ ? domain::WithTensors::yes : domain::WithTensors::no;
    const Json whole = domain::to_json(outcome.inspection.whole, tensors);
    for (const auto& [key, value] : whole.as_object()) json.set(key, value);
    Json files = Json::array();
    for (const auto& file : outcome.inspection.files) {
      files.push_back(Json::object({{"path", file.path},
                                    {"size", file.size},
                                    {"format", file.inspection.format},
                                    {"problems", json_texts(file.inspection.problems)}}));
    }
    json.set("files", std::move(files));
    json.set("libraries_here", libraries_json(outcome.libraries_here));
    session.print_json(json);
  }

  static Json libraries_json(const std::map<std::string, std::string>& libraries) {
    Json json = Json::object();
    for (const auto& [name, version] : libraries) json.set(name, version.empty() ? Json{} : Json{version});
    return json;
  }

  void print_text(const Session& session, const app::InspectOutcome& outcome) const {
    const domain::Inspection& whole = outcome.inspection.whole;
    const std::string version = whole.format_version.empty() ? "" : " " + printable(whole.format_version);
    session.print_line(
        fmt::format("{}  {}{}", session.style().bold(printable(target_)), printable(whole.format), version));
    Facts facts;
    facts.add("architecture", printable(whole.architecture));
    if (whole.parameters) facts.add("parameters", parameters_text(*whole.parameters));
    facts.add("quantisation", printable(whole.quantisation));
    if (whole.tensor_count > 0) {
      facts.add("tensors", fmt::format("{}, {}", whole.tensor_count, bytes_text(whole.tensor_bytes)));
    }
    facts.add("producer", printable(whole.producer));
    facts.add("licence", printable(whole.licence));
    facts.add("libraries", libraries_text(outcome));
    for (const auto& [name, value] : whole.facts) facts.add(printable(name), value_text(value));
    session.print(facts.text(session.style()));
    print_hyperparameters(session, whole.hyperparameters);
    print_ports(session, "INPUT", whole.signature.inputs);
    print_ports(session, "OUTPUT", whole.signature.outputs);
    print_ports(session, "SETTING", whole.signature.params);
    if (tensors_) print_tensors(session, whole);
    print_files(session, outcome.inspection.files);
    for (const std::string& problem : whole.problems) {
      session.print_line(session.style().warning("problem: ") + printable(problem));
    }
  }

  // "scikit-learn 1.2.1 (here 1.5.0)": the seed of much that works on one machine only.
  static std::string libraries_text(const app::InspectOutcome& outcome) {
    std::vector<std::string> parts;
    for (const auto& [name, version] : outcome.inspection.whole.libraries) {
      std::string part = printable(name) + " " + printable(version);
      const auto here = outcome.libraries_here.find(name);
      if (here != outcome.libraries_here.end() && here->second != version) {
        part += here->second.empty() ? " (not installed here)" : fmt::format(" (here {})", printable(here->second));
      }
      parts.push_back(std::move(part));
    }
    return join(parts, ", ");
  }

  static void print_hyperparameters(const Session& session, const domain::Params& hyperparameters) {
    if (hyperparameters.empty()) return;
    Table table{{"HYPERPARAMETER", "VALUE"}};
    for (const auto& [name, value] : hyperparameters) table.add({{printable(name)}, {value_text(value)}});
    session.print("\n" + table.text(session.style(), session.columns(), "  "));
  }

  static void print_ports(const Session& session, const std::string& heading, const std::vector<domain::Port>& ports) {
    if (ports.empty()) return;
    Table table{{heading, "TYPE", "SHAPE", "NEEDED"}};
    for (const auto& port : ports) {
      table.add({{port.name.empty() ? "-" : printable(port.name)},
                 {printable(port.dtype)},
                 {printable(shape_text(port))},
                 {port.required ? "" : "optional"}});
    }
    session.print("\n" + table.text(session.style(), session.columns(), "  "));
  }

  static void print_tensors(const Session& session, const domain::Inspection& whole) {
    Table table{{"TENSOR", "TYPE", "SHAPE", "SIZE"}};
    for (const auto& tensor : whole.tensors) {
      table.add({{printable(tensor.name)},
                 {printable(tensor.dtype)},
                 {fmt::format("[{}]", fmt::join(tensor.shape, ", "))},
                 {bytes_text(tensor.bytes)}});
    }
    session.print("\n" + table.text(session.style(), session.columns(), "  "));
    if (whole.tensor_count > whole.tensors.size()) {
      session.print_line(fmt::format("  and {} more", whole.tensor_count - whole.tensors.size()));
    }
  }

  static void print_files(const Session& session, const std::vector<formats::FileInspection>& files) {
    if (files.size() < 2) return;
    Table table{{"FILE", "SIZE", "FORMAT"}};
    for (const auto& file : files) {
      if (&file - files.data() >= static_cast<std::ptrdiff_t>(files_shown)) break;
      table.add({{printable(file.path)}, {bytes_text(file.size)}, {printable(file.inspection.format)}});
    }
    session.print("\n" + table.text(session.style(), session.columns(), "  "));
    if (files.size() > files_shown) session.print_line(fmt::format("  and {} more", files.size() - files_shown));
  }

  std::string target_;
  bool tensors_ = false;
};

}  // namespace

std::unique_ptr<Command> make_inspect() { return std::make_unique<Inspect>(); }

}  // namespace mlops::cli
