#include <mlops/app/register.hpp>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

domain::Bump parse_bump(const std::string& text) {
  if (text == "major") return domain::Bump::major;
  if (text == "minor") return domain::Bump::minor;
  if (text == "patch") return domain::Bump::patch;
  throw Error{ErrorKind::usage, fmt::format("`--bump {}`: it takes major, minor or patch", printable(text))};
}

class Register final : public Command {
 public:
  Help help() const override {
    return {{{"mlops register churn model.pkl", "one file is enough"},
             {"mlops register churn model/ --metrics metrics.json -m 'more trees'", "a folder, with what was measured"},
             {"mlops register churn model.pkl --data train=data/train.csv --metric auc=0.93", "tied to its data"},
             {"mlops register llm /mnt/share/llm --reference", "too large to copy: the files stay on the share"},
             {"mlops register churn --run 12 --bump minor", "the outputs of a recorded run"}},
            "Stores the files by their content and makes the next version of the model. A version never changes: it "
            "keeps its "
            "files, metrics, params, data, message, and the git commit it came from (with the uncommitted changes, if "
            "there are any). The same files again give the same version back; those that look as they did when they "
            "were last read are not read again, unless with --verify.\n\n"
            "What the files are is read from inside them, without running anything: their format, tensors, inputs and "
            "outputs, and whether loading them can run code. `mlops inspect` and `mlops scan` tell more.\n\n"
            "With --reference the files stay where they are, on a share that is too large to copy: only their "
            "digests, sizes and places are recorded, and they are verified when a gate or a checkout reads them. "
            "Registered later without --reference, the same files give the same version back, and the registry has "
            "their bytes from then on."};
  }

  void declare(Args& args) override {
    args.positional("MODEL", model_, "name of the model: [namespace/]name", Completes::model);
    args.positionals("PATH", paths_, "files or folders; a folder's files are stored relative to it", false);
    args.repeated({"--metric"}, "NAME=NUMBER", metrics_, "a metric (can be repeated)");
    args.repeated({"--metrics"}, "FILE", metrics_files_, "metrics from a JSON file; nested names are joined by dots",
                  Completes::files);
    args.repeated({"--param"}, "NAME=VALUE", params_, "a parameter of the training (can be repeated)");
    args.repeated({"--params"}, "FILE", params_files_, "parameters from a JSON file", Completes::files);
    args.repeated({"-t", "--tag"}, "NAME[=VALUE]", tags_, "a tag (can be repeated)");
    args.repeated({"--data"}, "NAME=PATH", data_, "snapshot a dataset and record it as input; NAME@N takes a known one",
                  Completes::files);
    args.option({"--parent"}, "MODEL@REF", parent_, "the version it descends from", Completes::reference);
    args.option({"--run"}, "RUN", run_, "the recorded run that made it; without PATH, its outputs are registered",
                Completes::run);
    args.option({"-m", "--message"}, "TEXT", message_, "what is new");
    args.option({"--semver"}, "X.Y.Z", semver_, "its semantic version");
    args.option({"--bump"}, "PART", bump_, "the next semantic version: major, minor or patch");
    args.option({"--signature"}, "FILE", signature_, "its inputs and outputs, as a JSON object", Completes::files);
    args.option({"--example"}, "FILE", example_, "an example of its input, from which the signature is taken",
                Completes::files);
    args.flag({"--require-clean"}, require_clean_, "refuse when the git tree has uncommitted changes");
    args.flag({"--reference"}, reference_, "leave the files where they are, and record only their digests and places");
    args.flag({"--verify"}, verify_,
              "read all files again, also those that look unchanged, and what is stored of them");
    args.flag({"--new-version"}, new_version_, "make a new version even if these files are registered");
  }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), session.dry_run() ? app::Access::read : app::Access::write};
    const app::RegisterOutcome outcome = app::register_version(workspace, request(session));
    for (const std::string& notice : outcome.notices) session.context().warn(notice);
    if (session.json()) {
      print_json(session, outcome);
    } else if (session.quiet()) {
      const domain::VersionId& id = outcome.version.id;
      session.print_line(id.number == 0 ? id.model : id.text());
    } else {
      print_text(session, outcome);
    }
    return ExitCode::done;
  }

 private:
  app::RegisterRequest request(const Session& session) const {
    app::RegisterRequest request;
    request.model = model_;
    request.paths.assign(paths_.begin(), paths_.end());
    request.metrics_files.assign(metrics_files_.begin(), metrics_files_.end());
    request.metrics = parse_metric_arguments(metrics_);
    request.params_files.assign(params_files_.begin(), params_files_.end());
    request.params = parse_param_arguments(params_);
    request.tags = parse_tag_arguments(tags_);
    request.data = parse_data_arguments(data_, "--data", session.context().directory);
    request.parent = parent_;
    if (run_) request.run = parse_run_number(*run_);
    request.message = message_;
    if (semver_) {
      request.semver = domain::SemVer::parse(*semver_);
      if (!request.semver)
        throw Error{ErrorKind::usage, fmt::format("`--semver {}` is not X.Y.Z", printable(*semver_))};
    }
    if (bump_) request.bump = parse_bump(*bump_);
    if (semver_ && bump_) throw Error{ErrorKind::usage, "`--semver` and `--bump` exclude each other"};
    if (signature_ && example_) throw Error{ErrorKind::usage, "`--signature` and `--example` exclude each other"};
    if (signature_) request.signature = *signature_;
    if (example_) request.example = *example_;
    request.require_clean = require_clean_;
    request.new_version = new_version_;
    request.reference = reference_;
    request.verify = verify_;
    request.dry_run = session.dry_run();
    if (request.reference && request.paths.empty()) {
      throw Error{ErrorKind::usage, "`--reference` needs `PATH`", {"what a run made is in the registry already"}};
    }
    if (request.paths.empty() && !request.run) {
      throw Error{ErrorKind::usage,
                  "missing `PATH`",
                  {"name the files or folders of the version", "or a run whose outputs it is: `--run RUN`"}};
    }
    return request;
  }

  // What is not registered yet has no number.
  static void print_json(const Session& session, const app::RegisterOutcome& outcome) {
    const bool numbered = outcome.version.id.number != 0;
    Json record = domain::to_json(outcome.version);
    record.set("tags", domain::to_json(outcome.tags));
    if (!numbered) record.set("version", Json{}).set("number", Json{});
    session.print_json(Json::object({{"version", numbered ? Json{outcome.version.id.text()} : Json{}},
                                     {"created", outcome.created},
                                     {"version_record", std::move(record)},
                                     {"dry_run", session.dry_run()}}));
  }

  static void print_text(const Session& session, const app::RegisterOutcome& outcome) {
    const domain::Version& version = outcome.version;
    std::string title = version.id.text();
    if (version.id.number == 0) title = version.id.model + ", a new version";
    if (version.semver) title += " (" + version.semver->text() + ")";
    std::string_view verb = session.dry_run() ? "would register" : "registered";
    if (!outcome.created) verb = "registered already:";
    session.print_line(fmt::format("{} {}", verb, session.style().bold(title)));
    Facts facts;
    facts.add("digest", version.digest.text());
    facts.add("files", fmt::format("{}, {}{}", count_text(static_cast<std::size_t>(version.file_count), "file"),
                                   bytes_text(version.total_bytes), places_text(version)));
    if (version.inspected) {
      facts.add("format", format_text(*version.inspected));
      facts.add("scan", std::string{name_of(version.inspected->safety)});
    }
    if (version.git) facts.add("commit", git_text(*version.git));
    facts.add("data", data_text(version.data));
    if (version.run) facts.add("run", std::to_string(*version.run));
    if (version.parent) facts.add("parent", version.parent->text());
    constexpr std::size_t metrics_shown = 6;
    facts.add("metrics", metrics_text(version.metrics, metrics_shown));
    facts.add("tags", tags_text(outcome.tags));
    session.print(facts.text(session.style()));
    if (!session.dry_run()) session.hint(fmt::format("mlops validate {}", version.id.text()));
  }

  static std::string places_text(const domain::Version& version) {
    if (!version.references) return "";
    if (version.references->count == version.file_count) return ", left where they are";
    return fmt::format(", {} of them left where they are", version.references->count);
  }

  std::string model_;
  std::vector<std::string> paths_, metrics_, metrics_files_, params_, params_files_, tags_, data_;
  std::optional<std::string> parent_, run_, semver_, bump_, signature_, example_;
  std::string message_;
  bool require_clean_ = false;
  bool new_version_ = false;
  bool reference_ = false;
  bool verify_ = false;
};

}  // namespace

std::unique_ptr<Command> make_register() { return std::make_unique<Register>(); }

}  // namespace mlops::cli
