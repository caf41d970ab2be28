#include <mlops/app/lineage.hpp>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "lineage_text.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

class Lineage final : public Command {
 public:
  Help help() const override {
    return {{{"mlops lineage churn@production", "what is it made of, and what was made from it"},
             {"mlops lineage churn@7 --up", "only what it was made from, and which drift was the reason"},
             {"mlops lineage --commit HEAD", "what came from this commit"},
             {"mlops lineage --dataset train@3 --down", "every version that learned from this data"},
             {"mlops lineage churn@7 --format mermaid", "for a page; dot for Graphviz, json for a script"}},
            ""};
  }

  void declare(Args& args) override {
    args.optional_positional("MODEL[@REF]", version_, "the version to start from", Completes::reference);
    args.option({"--dataset"}, "NAME[@N]", dataset_, "start from a dataset", Completes::dataset);
    args.option({"--run"}, "RUN", run_, "start from a run", Completes::run);
    args.option({"--commit"}, "COMMIT", commit_, "start from a commit: an id, a branch, a tag");
    args.flag({"--up"}, up_, "only what it was made from");
    args.flag({"--down"}, down_, "only what was made from it");
    args.number({"--depth"}, "N", depth_, 1, "at most N steps away (default: 20)");
    args.option({"--format"}, "FORMAT", format_, "tree, json, dot or mermaid (default: tree)");
  }

  ExitCode run(const Session& session) override {
    app::LineageRequest request = this->request();
    app::Workspace workspace{session.context(), app::Access::read};
    const domain::Lineage graph = app::lineage(workspace, request);
    const std::string format = session.json() ? "json" : format_;
    if (format == "json") {
      session.print_json(lineage_json(graph));
    } else if (format == "dot") {
      session.print(lineage_dot(graph));
    } else if (format == "mermaid") {
      session.print(lineage_mermaid(graph));
    } else {
      session.print(lineage_tree(graph, request.direction, session.style()));
    }
    if (graph.truncated) session.context().warn("the graph goes on; a higher `--depth` shows more");
    return ExitCode::done;
  }

 private:
  app::LineageRequest request() const {
    const int starts = (version_ ? 1 : 0) + (dataset_ ? 1 : 0) + (run_ ? 1 : 0) + (commit_ ? 1 : 0);
    if (starts != 1) {
      throw Error{ErrorKind::usage,
                  starts == 0 ? "missing `MODEL[@REF]`" : "one start is enough",
                  {"name a version, or one of --dataset, --run, --commit"}};
    }
    if (up_ && down_)
      throw Error{ErrorKind::usage, "`--up` and `--down` exclude each other", {"both directions are the default"}};
    if (format_ != "tree" && format_ != "json" && format_ != "dot" && format_ != "mermaid") {
      throw Error{ErrorKind::usage,
                  fmt::format("`--format {}`: it takes tree, json, dot or mermaid", printable(format_))};
    }
    app::LineageRequest request;
    request.version = version_;
    request.dataset = dataset_;
    if (run_) request.run = parse_run_number(*run_);
    request.commit = commit_;
    if (up_) request.direction = domain::Direction::up;
    if (down_) request.direction = domain::Direction::down;
    if (depth_) request.depth = static_cast<std::size_t>(*depth_);
    return request;
  }

  std::optional<std::string> version_, dataset_, run_, commit_;
  bool up_ = false;
  bool down_ = false;
  std::optional<std::int64_t> depth_;
  std::string format_ = "tree";
};

}  // namespace

std::unique_ptr<Command> make_lineage() { return std::make_unique<Lineage>(); }

}  // namespace mlops::cli
