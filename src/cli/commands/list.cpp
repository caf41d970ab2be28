#include <algorithm>
#include <set>

#include <fmt/core.h>

#include <mlops/app/look.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

constexpr std::size_t default_limit = 50;
constexpr std::size_t metric_columns = 4;

std::string holders_text(const std::vector<store::Holder>& holders) {
  std::vector<std::string> parts;
  for (const auto& holder : holders) parts.push_back(fmt::format("{} @{}", holder.stage, holder.version));
  return join(parts, ", ");
}

// Metrics that most of the shown versions have get a column each.
std::vector<std::string> key_metrics(const std::vector<store::VersionSummary>& versions) {
  std::map<std::string, std::size_t> counts;
  for (const auto& summary : versions) {
    for (const auto& [name, value] : summary.version.metrics) ++counts[name];
  }
  std::vector<std::pair<std::string, std::size_t>> sorted{counts.begin(), counts.end()};
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> names;
  for (const auto& [name, count] : sorted) {
    if (names.size() < metric_columns) names.push_back(name);
  }
  return names;
}

class List final : public Command {
 public:
  Help help() const override {
    return {
        {{"mlops list", "the models, with who holds which stage"},
         {"mlops list churn", "the versions of churn, newest first"},
         {"mlops list churn --where 'metrics.auc > 0.9 and tag.team = risk'", "only some of them"},
         {"mlops list churn --sort metrics.auc --limit 5", "the five with the highest auc"},
         {"mlops list --where 'stage = production'", "versions of all models"}},
        "--where takes comparisons joined by and, or, not and parentheses. Fields: metrics.NAME, params.NAME, "
        "tag.NAME, stage, "
        "alias, semver, commit, branch, author, version, age (30d, 12h), size, deprecated, dirty, message, dataset. "
        "--sort takes number, age, size, semver, metrics.NAME or params.NAME; the highest comes first unless "
        "--reverse."};
  }

  void declare(Args& args) override {
    args.optional_positional("MODEL", model_, "list its versions instead of the models", Completes::model);
    args.option({"--where"}, "CONDITION", where_, "only versions for which it holds");
    args.flag({"--deleted"}, with_deleted_, "deleted versions too");
    args.option({"--sort"}, "KEY", sort_, "the order of versions (default: number)");
    args.flag({"--reverse"}, reverse_, "the lowest first");
    args.number({"--limit"}, "N", limit_, 1, "at most N (default: 50)");
    args.option({"--after"}, "CURSOR", after_, "go on where a page ended");
  }

  ExitCode run(const Session& session) override {
    app::Workspace workspace{session.context(), app::Access::read};
    if (!model_ && !where_ && !sort_ && !with_deleted_) {
      show_models(session, app::list_models(workspace, {page_limit(limit_, default_limit), after_}));
      return ExitCode::done;
    }
    app::ListVersionsRequest request;
    request.model = model_;
    request.where = where_;
    request.with_deleted = with_deleted_;
    request.sort = sort_.value_or("number");
    request.ascending = reverse_;
    request.limit = page_limit(limit_, default_limit);
    request.after = after_;
    show_versions(session, app::list_versions(workspace, request));
    return ExitCode::done;
  }

 private:
  void show_models(const Session& session, const store::Page<store::ModelSummary>& page) const {
    if (session.json()) {
      Json models = Json::array();
      for (const auto& summary : page.items) {
        Json json = domain::to_json(summary.model);
        json.set("versions", summary.versions);
        json.set("latest",
                 summary.latest == 0 ? Json{} : Json{domain::VersionId{summary.model.name, summary.latest}.text()});
        json.set("latest_at", summary.latest_at ? Json{rfc3339(*summary.latest_at)} : Json{});
        json.set("stages", to_json(summary.model.name, summary.holders));
        models.push_back(std::move(json));
      }
      session.print_json(Json::object({{"models", models}, {"next", page.next}}));
      return;
    }
    if (session.quiet()) {
      for (const auto& summary : page.items) session.print_line(summary.model.name);
      return;
    }
    if (page.items.empty()) {
      session.print_line("no models yet");
      session.hint("mlops register MODEL PATH");
      return;
    }
    Table table{{"MODEL", "VERSIONS", "LATEST", "STAGES"}};
    for (const auto& summary : page.items) {
      table.add({{summary.model.name, Tone::bold},
                 {std::to_string(summary.versions)},
                 {summary.latest_at ? fmt::format("@{}, {}", summary.latest, session.when(*summary.latest_at))
                                    : std::string{}},
                 {holders_text(summary.holders)}});
    }
    session.print(table.text(session.style(), session.columns()));
    hint_more(session, page.next);
  }

  void show_versions(const Session& session, const store::Page<store::VersionSummary>& page) const {
    if (session.json()) {
      Json versions = Json::array();
      for (const auto& summary : page.items) versions.push_back(to_json(summary));
      session.print_json(Json::object({{"versions", versions}, {"next", page.next}}));
      return;
    }
    if (session.quiet()) {
      for (const auto& summary : page.items) session.print_line(summary.version.id.text());
      return;
    }
    if (page.items.empty()) {
      session.print_line("no versions match");
      return;
    }
    const auto metrics = key_metrics(page.items);
    std::vector<std::string> headers = {"VERSION", "SEMVER", "STAGES", "ALIASES"};
    headers.insert(headers.end(), metrics.begin(), metrics.end());
    headers.insert(headers.end(), {"AGE", "COMMIT", "MESSAGE"});
    Table table{headers};
    table.soft({"MESSAGE", "COMMIT", "AGE"});
    for (const auto& summary : page.items) table.add(version_row(session, summary, metrics));
    session.print(table.text(session.style(), session.columns()));
    hint_more(session, page.next);
  }

  static std::vector<Cell> version_row(const Session& session, const store::VersionSummary& summary,
                                       const std::vector<std::string>& metrics) {
    const domain::Version& version = summary.version;
    std::vector<Cell> row;
    row.emplace_back(version.id.text(), summary.deprecation || summary.deletion ? Tone::faint : Tone::bold);
    row.emplace_back(version.semver ? version.semver->text() : std::string{});
    row.emplace_back(join(summary.stages, ", "), Tone::good);
    row.emplace_back(join(summary.aliases, ", "));
    for (const std::string& name : metrics) {
      const auto found = version.metrics.find(name);
      row.emplace_back(found == version.metrics.end() ? std::string{} : figure_text(found->second));
    }
    row.emplace_back(session.when(version.registered_at), Tone::faint);
    row.emplace_back(version.git ? version.git->commit.substr(0, 7) + (version.git->dirty ? "+" : "") : std::string{});
    row.emplace_back(remark(session, summary));
    return row;
  }

  static std::string remark(const Session& session, const store::VersionSummary& summary) {
    if (summary.deletion) return "deleted " + deletion_text(session, *summary.deletion);
    if (summary.deprecation) return "deprecated: " + printable(summary.deprecation->reason);
    return printable(summary.version.message);
  }

  static void hint_more(const Session& session, const std::optional<std::string>& next) {
    if (next) session.hint(fmt::format("there are more: add `--after '{}'` or a higher `--limit`", *next));
  }

  std::optional<std::string> model_, where_, sort_, after_;
  std::optional<std::int64_t> limit_;
  bool reverse_ = false;
  bool with_deleted_ = false;
};

}  // namespace

std::unique_ptr<Command> make_list() { return std::make_unique<List>(); }

}  // namespace mlops::cli
