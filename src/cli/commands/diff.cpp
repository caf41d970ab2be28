#include <algorithm>
#include <ranges>

#include <fmt/core.h>

#include <mlops/app/look.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "changes.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

std::string change_text(const std::optional<double>& before, const std::optional<double>& after) {
  if (!before || !after) return {};
  const double difference = *after - *before;
  return (difference > 0 ? "+" : "") + figure_text(difference);
}

Json signature_json(const std::vector<domain::SignatureChange>& changes) {
  Json array = Json::array();
  for (const auto& change : changes) array.push_back(Json::object({{"what", change.what}, {"breaks", change.breaks}}));
  return array;
}

bool breaks_callers(const std::vector<domain::SignatureChange>& changes) {
  return std::ranges::any_of(changes, &domain::SignatureChange::breaks);
}

constexpr std::size_t tensors_shown = 30;

Json commits_json(const std::vector<git::CommitInfo>& commits) {
  Json array = Json::array();
  for (const auto& commit : commits) {
    array.push_back(Json::object({{"id", commit.id}, {"summary", commit.summary}, {"author", commit.author}}));
  }
  return array;
}

class Diff final : public Command {
 public:
  Help help() const override {
    return {{{"mlops diff churn@production churn@latest", "what would change in production"},
             {"mlops diff churn@6 churn@7 --json", "for a script"}},
            "Compares files, metrics, params, data, the commits between, and the environments of the two runs. Exits 0 "
            "when nothing differs and 1 when something does."};
  }

  void declare(Args& args) override {
    args.positional("A", a_, "a version: MODEL@REF", Completes::reference);
    args.positional("B", b_, "another one", Completes::reference);
  }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), app::Access::read};
    const app::DiffOutcome outcome = app::diff_versions(workspace, a_, b_);
    if (session.json()) {
      print_json(session, outcome);
    } else if (!session.quiet()) {
      print_text(session, outcome);
    }
    return outcome.same() ? ExitCode::done : ExitCode::failed;
  }

 private:
  static void print_json(const Session& session, const app::DiffOutcome& outcome) {
    const auto number = [](double value) { return Json{value}; };
    const auto text = [](const std::string& value) { return Json{value}; };
    const auto same = [](const Json& value) { return value; };
    const auto json = [](const auto& value) { return domain::to_json(value); };
    session.print_json(Json::object({{"a", domain::to_json(outcome.a)},
                                     {"b", domain::to_json(outcome.b)},
                                     {"same", outcome.same()},
                                     {"files", changes_json(outcome.files, json)},
                                     {"metrics", changes_json(outcome.metrics, number)},
                                     {"params", changes_json(outcome.params, same)},
                                     {"data", changes_json(outcome.data, json)},
                                     {"environment", changes_json(outcome.environment, text)},
                                     {"tensors", changes_json(outcome.tensors, json)},
                                     {"hyperparameters", changes_json(outcome.hyperparameters, same)},
                                     {"libraries", changes_json(outcome.libraries, text)},
                                     {"signature", signature_json(outcome.signature)},
                                     {"breaks_callers", breaks_callers(outcome.signature)},
                                     {"commits", commits_json(outcome.commits)},
                                     {"commits_reversed", outcome.commits_reversed},
                                     {"commits_unknown", outcome.commits_unknown}}));
  }

  static void print_text(const Session& session, const app::DiffOutcome& outcome) {
    const std::string a = outcome.a.id.text();
    const std::string b = outcome.b.id.text();
    if (outcome.same()) {
      session.print_line(fmt::format("{} and {} are the same", a, b));
      return;
    }
    print_metrics(session, outcome, a, b);
    const auto section = [&](const std::string& name, const auto& changes, const auto& to_text) {
      if (changes.empty()) return;
      Table table{{name, a, b}};
      for (const auto& change : changes) {
        table.add({{printable(change.name)}, {side_text(change.before, to_text)}, {side_text(change.after, to_text)}});
      }
      session.print(table.text(session.style(), session.columns()) + "\n");
    };
    section("PARAM", outcome.params, [](const Json& value) { return param_text(value); });
    section("DATA", outcome.data, data_use_text);
    section("FILE", outcome.files, [](const domain::FileEntry& file) {
      return fmt::format("{}, {}", bytes_text(file.size), file.digest.hex().substr(0, 12));
    });
    section("ENVIRONMENT", outcome.environment, [](const std::string& value) { return printable(value); });
    section("HYPERPARAMETER", outcome.hyperparameters, [](const Json& value) { return param_text(value); });
    section("LIBRARY", outcome.libraries, [](const std::string& value) { return printable(value); });
    print_tensors(session, outcome, a, b);
    print_signature(session, outcome);
    print_commits(session, outcome, a, b);
  }

  static void print_tensors(const Session& session, const app::DiffOutcome& outcome, const std::string& a,
                            const std::string& b) {
    if (outcome.tensors.empty()) return;
    Table table{{"TENSOR", a, b}};
    for (const auto& change : outcome.tensors | std::views::take(tensors_shown)) {
      table.add(
          {{printable(change.name)}, {side_text(change.before, tensor_text)}, {side_text(change.after, tensor_text)}});
    }
    session.print(table.text(session.style(), session.columns()) + "\n");
    if (outcome.tensors.size() > tensors_shown) {
      session.print_line(fmt::format("and {} more tensors", outcome.tensors.size() - tensors_shown));
    }
  }

  static void print_signature(const Session& session, const app::DiffOutcome& outcome) {
    for (const auto& change : outcome.signature) {
      session.print_line(fmt::format("signature: {}{}", printable(change.what),
                                     change.breaks ? session.style().bad(" (breaks callers)") : ""));
    }
    if (!outcome.signature.empty()) session.print_line("");
  }

  static void print_metrics(const Session& session, const app::DiffOutcome& outcome, const std::string& a,
                            const std::string& b) {
    if (outcome.metrics.empty()) return;
    Table table{{"METRIC", a, b, "CHANGE"}};
    for (const auto& change : outcome.metrics) {
      table.add({{printable(change.name)},
                 {side_text(change.before, figure_text)},
                 {side_text(change.after, figure_text)},
                 {change_text(change.before, change.after)}});
    }
    session.print(table.text(session.style(), session.columns()) + "\n");
  }

  static void print_commits(const Session& session, const app::DiffOutcome& outcome, const std::string& a,
                            const std::string& b) {
    if (outcome.commits_unknown) session.print_line(fmt::format("commits: {}", *outcome.commits_unknown));
    if (outcome.commits.empty()) return;
    session.print_line(fmt::format("{} from {} to {}", count_text(outcome.commits.size(), "commit"),
                                   outcome.commits_reversed ? b : a, outcome.commits_reversed ? a : b));
    for (const auto& commit : outcome.commits) {
      session.print_line(fmt::format("  {} {}", commit.id.substr(0, 7), printable(commit.summary)));
    }
  }

  std::string a_, b_;
};

}  // namespace

std::unique_ptr<Command> make_diff() { return std::make_unique<Diff>(); }

}  // namespace mlops::cli
