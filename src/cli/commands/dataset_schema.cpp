#include <fmt/core.h>

#include <mlops/app/dataset_check.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "data_arguments.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

class DatasetSchema final : public Command {
 public:
  Help help() const override {
    return {
        {{"mlops dataset schema data/train.csv --out schema.toml", "write down what the training data hold"},
         {"mlops dataset schema train@3", "print it"}},
        "Infers a schema in TOML: for each column its type, how much of it may be missing, the categories of a text, a "
        "pattern where all texts have one shape, whether its values are unique; and which times never come before "
        "others. It is conservative: ranges are only noted, for the next month's data go beyond this month's. Edit "
        "it, keep it in git, and let `mlops dataset check` hold new data against it."};
  }

  void declare(Args& args) override {
    declare_data(args, request_.data);
    args.option({"-o", "--out"}, "FILE", out_, "write it to FILE instead of the terminal", Completes::files);
    args.flag({"--force"}, request_.replace, "replace FILE when it is there already");
  }

  ExitCode run(const Session& session) override {
    if (out_) request_.out = *out_;
    const app::SchemaOutcome outcome = app::make_schema(session.context(), request_);
    if (session.json()) {
      session.print_json(Json::object({{"data", outcome.source},
                                       {"dataset", outcome.dataset},
                                       {"file", out_},
                                       {"columns", outcome.columns},
                                       {"schema", outcome.text}}));
    } else if (!out_) {
      session.print(outcome.text);
    } else if (session.quiet()) {
      session.print_line(*out_);
    } else {
      session.print_line(fmt::format("wrote {}: {}", printable(*out_), count_text(outcome.columns, "column")));
      session.hint(fmt::format("edit it, commit it, then `mlops dataset check DATA --schema {}`", printable(*out_)));
    }
    return ExitCode::done;
  }

 private:
  app::SchemaRequest request_;
  std::optional<std::string> out_;
};

}  // namespace

std::unique_ptr<Command> make_dataset_schema() { return std::make_unique<DatasetSchema>(); }

}  // namespace mlops::cli
