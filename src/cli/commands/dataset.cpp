#include <fmt/core.h>

#include <mlops/app/dataset.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "profile_text.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

std::string size_text(const domain::Dataset& dataset) {
  std::string text = bytes_text(dataset.total_bytes);
  if (dataset.rows) text += fmt::format(", {} rows, {}", *dataset.rows, count_text(dataset.columns.size(), "column"));
  if (dataset.file_count > 1)
    text += fmt::format(", {}", count_text(static_cast<std::size_t>(dataset.file_count), "file"));
  return text;
}

class DatasetAdd final : public Command {
 public:
  Help help() const override {
    return {{{"mlops dataset add train data/train.csv", "snapshot a file"},
             {"mlops dataset add images data/images/ -m 'May'", "or a folder"}},
            "Stores the bytes by their content and gives the snapshot the next number: train@1, train@2 … The same "
            "bytes again "
            "give the same snapshot back. The digest of a single file is what sha256sum prints."};
  }

  void declare(Args& args) override {
    args.positional("NAME", name_, "name of the dataset", Completes::dataset);
    args.positional("PATH", path_, "a file or folder", Completes::files);
    args.option({"-m", "--message"}, "TEXT", message_, "what it is");
  }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), session.dry_run() ? app::Access::read : app::Access::write};
    const app::DatasetAddOutcome outcome =
        app::add_dataset(workspace, {.name = name_, .path = path_, .message = message_, .dry_run = session.dry_run()});
    const domain::Dataset& dataset = outcome.dataset;
    const std::string id = dataset.number == 0 ? dataset.name : dataset.text();
    if (session.json()) {
      Json record = domain::to_json(dataset);
      if (dataset.number == 0) record.set("dataset", Json{}).set("number", Json{});
      session.print_json(Json::object({{"dataset", dataset.number == 0 ? Json{} : Json{id}},
                                       {"created", outcome.created},
                                       {"dataset_record", std::move(record)},
                                       {"dry_run", session.dry_run()}}));
    } else if (session.quiet()) {
      session.print_line(id);
    } else {
      const std::string_view verb = outcome.created ? (session.dry_run() ? "would add" : "added") : "there already:";
      session.print_line(fmt::format("{} {}", verb, session.style().bold(id)));
      Facts facts;
      facts.add("digest", dataset.digest.text());
      facts.add("size", size_text(dataset));
      session.print(facts.text(session.style()));
    }
    return ExitCode::done;
  }

 private:
  std::string name_, path_, message_;
};

class DatasetList final : public Command {
 public:
  Help help() const override {
    return {{{"mlops dataset list", "every dataset"}, {"mlops dataset list train", "the snapshots of one"}}, ""};
  }

  void declare(Args& args) override {
    args.optional_positional("NAME", name_, "only this dataset", Completes::dataset);
    args.number({"--limit"}, "N", limit_, 1, "at most N (default: 50)");
    args.option({"--after"}, "CURSOR", after_, "go on where a page ended");
  }

  ExitCode run(const Session& session) override {
    constexpr std::size_t default_limit = 50;
    app::Workspace workspace{session.context(), app::Access::read};
    const auto page = app::list_datasets(workspace, name_.value_or(""), page_limit(limit_, default_limit), after_);
    if (session.json()) {
      session.print_json(Json::object({{"datasets", json_array(page.items)}, {"next", page.next}}));
      return ExitCode::done;
    }
    if (session.quiet()) {
      for (const auto& dataset : page.items) session.print_line(dataset.text());
      return ExitCode::done;
    }
    if (page.items.empty()) {
      session.print_line("no datasets yet");
      session.hint("mlops dataset add NAME PATH");
      return ExitCode::done;
    }
    Table table{{"DATASET", "SIZE", "SHA-256", "AGE", "SOURCE", "MESSAGE"}};
    table.soft({"SHA-256", "SOURCE", "MESSAGE"});
    for (const auto& dataset : page.items) {
      table.add({{dataset.text(), Tone::bold},
                 {size_text(dataset)},
                 {dataset.digest.hex().substr(0, 16), Tone::faint},
                 {session.when(dataset.added_at)},
                 {printable(dataset.source)},
                 {printable(dataset.message)}});
    }
    session.print(table.text(session.style(), session.columns()));
    if (page.next) session.hint(fmt::format("there are more: add `--after '{}'` or a higher `--limit`", *page.next));
    return ExitCode::done;
  }

 private:
  std::optional<std::string> name_, after_;
  std::optional<std::int64_t> limit_;
};

class DatasetShow final : public Command {
 public:
  Help help() const override { return {{{"mlops dataset show train@3", "everything known about a snapshot"}}, ""}; }

  void declare(Args& args) override { args.positional("NAME[@N]", reference_, "the dataset", Completes::dataset); }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), app::Access::read};
    const app::DatasetShowOutcome outcome = app::show_dataset(workspace, reference_);
    if (session.json()) {
      Json json = domain::to_json(outcome.dataset);
      json.set("file_list", json_array(outcome.files));
      Json users = Json::array();
      for (const auto& node : outcome.used_by)
        users.push_back(Json::object({{"kind", name_of(node.kind)}, {"id", node.id}}));
      json.set("used_by", std::move(users));
      json.set("profile", profile_json(outcome));
      session.print_json(json);
    } else if (session.quiet()) {
      session.print_line(outcome.dataset.text());
    } else {
      print_text(session, outcome);
    }
    return ExitCode::done;
  }

 private:
  static Json profile_json(const app::DatasetShowOutcome& outcome) {
    if (!outcome.profile) return {};
    const std::string name = outcome.dataset.text();
    return app::to_json({.source = name, .dataset = name, .profile = *outcome.profile}, app::usual_top);
  }

  static void print_text(const Session& session, const app::DatasetShowOutcome& outcome) {
    const domain::Dataset& dataset = outcome.dataset;
    session.print_line(session.style().bold(dataset.text()));
    Facts facts;
    facts.add("message", printable(dataset.message));
    facts.add("digest", dataset.digest.text());
    facts.add("size", size_text(dataset));
    facts.add("source", printable(dataset.source));
    if (dataset.git) facts.add("commit", git_text(*dataset.git));
    facts.add("added", fmt::format("{} by {}", session.when(dataset.added_at), dataset.added_by));
    std::vector<std::string> users;
    for (const auto& node : outcome.used_by) {
      users.push_back(node.kind == domain::NodeKind::run ? "run " + node.id : node.id);
    }
    facts.add("used by", join(users, ", "));
    session.print(facts.text(session.style()));
    if (outcome.profile) {
      session.print("\n");
      print_columns(session, *outcome.profile);
    } else if (!dataset.columns.empty()) {
      Table table{{"COLUMN", "TYPE"}};
      for (const auto& column : dataset.columns) table.add({{printable(column.name)}, {column.type}});
      session.print("\n" + table.text(session.style(), session.columns(), "  "));
      if (outcome.files.size() == 1) {
        session.hint(fmt::format("mlops dataset profile {}  (what its columns hold)", dataset.text()));
      }
    }
  }

  std::string reference_;
};

class DatasetDiff final : public Command {
 public:
  Help help() const override {
    return {{{"mlops dataset diff train@1 train@2", "what changed between two snapshots"}},
            "Compares size, rows, columns and files. Exits 0 when the bytes are the same and 1 when they differ."};
  }

  void declare(Args& args) override {
    args.positional("A", a_, "a dataset: NAME@N", Completes::dataset);
    args.positional("B", b_, "another one", Completes::dataset);
  }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), app::Access::read};
    const app::DatasetDiffOutcome outcome = app::diff_datasets(workspace, a_, b_);
    if (session.json()) {
      print_json(session, outcome);
    } else if (!session.quiet()) {
      print_text(session, outcome);
    }
    return outcome.same() ? ExitCode::done : ExitCode::failed;
  }

 private:
  static void print_json(const Session& session, const app::DatasetDiffOutcome& outcome) {
    Json retyped = Json::array();
    for (const auto& [before, after] : outcome.columns_retyped) {
      retyped.push_back(Json::object({{"name", before.name}, {"before", before.type}, {"after", after.type}}));
    }
    session.print_json(Json::object({{"a", domain::to_json(outcome.a)},
                                     {"b", domain::to_json(outcome.b)},
                                     {"same", outcome.same()},
                                     {"files_added", json_texts(outcome.files_added)},
                                     {"files_removed", json_texts(outcome.files_removed)},
                                     {"files_changed", json_texts(outcome.files_changed)},
                                     {"columns_added", json_texts(outcome.columns_added)},
                                     {"columns_removed", json_texts(outcome.columns_removed)},
                                     {"columns_retyped", retyped}}));
  }

  static void print_text(const Session& session, const app::DatasetDiffOutcome& outcome) {
    if (outcome.same()) {
      session.print_line(fmt::format("{} and {} are the same bytes", outcome.a.text(), outcome.b.text()));
      return;
    }
    Facts facts;
    facts.add(outcome.a.text(), size_text(outcome.a));
    facts.add(outcome.b.text(), size_text(outcome.b));
    const auto list = [&](const std::string& label, const std::vector<std::string>& names) {
      facts.add(label, printable(join(names, ", ")));
    };
    if (outcome.a.rows && outcome.b.rows) {
      const auto change = *outcome.b.rows - *outcome.a.rows;
      if (change != 0) facts.add("rows", fmt::format("{:+}", change));
    }
    list("columns added", outcome.columns_added);
    list("columns removed", outcome.columns_removed);
    for (const auto& [before, after] : outcome.columns_retyped) {
      facts.add("column " + printable(before.name), fmt::format("{} became {}", before.type, after.type));
    }
    list("files added", outcome.files_added);
    list("files removed", outcome.files_removed);
    list("files changed", outcome.files_changed);
    session.print(facts.text(session.style(), ""));
  }

  std::string a_, b_;
};

}  // namespace

std::unique_ptr<Command> make_dataset_add() { return std::make_unique<DatasetAdd>(); }
std::unique_ptr<Command> make_dataset_list() { return std::make_unique<DatasetList>(); }
std::unique_ptr<Command> make_dataset_show() { return std::make_unique<DatasetShow>(); }
std::unique_ptr<Command> make_dataset_diff() { return std::make_unique<DatasetDiff>(); }

}  // namespace mlops::cli
