// One page on which a person sees within seconds why the gate said no: the decision, then what failed, then the rest.
#include <algorithm>

#include <fmt/format.h>

#include "reports/escape.hpp"
#include "reports/figures.hpp"
#include "reports/html_style.hpp"
#include "reports/report.hpp"
#include "reports/svg_plots.hpp"

namespace mlops::cli {

namespace {

using domain::CheckResult;
using domain::Evidence;
using domain::Verdict;
using domain::VerdictResult;

constexpr std::size_t longest_text = 4'000;
// So that what follows them still begins on the first screen, also of a phone.
constexpr std::size_t most_reasons_on_top = 5;
constexpr std::size_t longest_reason_on_top = 90;

std::string cell(std::string_view text) { return xml_text(shortened(text, longest_text)); }

// Of a whole report: the worst verdict's.
VerdictResult worst_result(const Report& report) {
  const auto sorted = worst_first(report.verdicts);
  return sorted.empty() ? VerdictResult::passed : sorted.front().result;
}

// Of the style sheet.
std::string_view class_of(const Evidence& evidence) {
  const domain::Standing standing = standing_of(evidence);
  const bool is_excused = standing == domain::Standing::warns || standing == domain::Standing::waived;
  return is_excused ? "warning" : name_of(evidence.result);
}

std::string figures_of(const Evidence& evidence) {
  std::string html;
  for (const Plot& plot : plots_of(evidence.figures)) html += svg_figure(plot, evidence.result);
  return html;
}

std::string definition(std::string_view term, std::string_view text, std::string_view kind = "") {
  if (text.empty()) return "";
  const std::string attribute = kind.empty() ? "" : fmt::format(" class=\"{}\"", kind);
  return fmt::format("<dt>{}</dt><dd{}>{}</dd>\n", term, attribute, cell(text));
}

std::string failed_check(const Evidence& evidence) {
  return fmt::format(
      "<article class=\"{0}\">\n<h3>{1} <span "
      "class=\"result\">{2}</span></h3>\n<dl>\n{3}{4}{5}{6}</dl>\n{7}</article>\n",
      class_of(evidence), cell(evidence.check), standing_text(evidence), definition("why", evidence.reason, "why"),
      definition("waiver", domain::waiver_text(evidence), "why"), definition("wanted", evidence.wanted),
      definition("found", evidence.found), figures_of(evidence));
}

std::string passed_checks(const std::vector<Evidence>& evidence) {
  if (evidence.empty()) return "";
  std::string rows;
  std::string figures;
  for (const Evidence& item : evidence) {
    rows += fmt::format(
        "<tr class=\"{0}\"><td class=\"result\">{0}</td><td>{1}</td><td>{2}</td><td>{3}</td><td>{4}</td></tr>\n",
        name_of(item.result), cell(item.check), cell(item.wanted), cell(item.found), cell(item.reason));
    const std::string drawn = figures_of(item);
    if (!drawn.empty()) figures += fmt::format("<h3>{}</h3>\n{}", cell(item.check), drawn);
  }
  if (!figures.empty()) figures = fmt::format("<details>\n<summary>plots</summary>\n{}</details>\n", figures);
  return fmt::format(
      "<div class=\"scroll\">\n<table>\n<thead><tr><th>result</th><th>check</th><th>wanted</th><th>found</th>"
      "<th>note</th></tr></thead>\n<tbody>\n{}</tbody>\n</table>\n</div>\n{}",
      rows, figures);
}

std::string facts_line(const Verdict& verdict) {
  const std::string blob = verdict.policy_blob.empty() ? "" : fmt::format(" (mlops.toml {})", verdict.policy_blob);
  return fmt::format("<p class=\"facts\">{}, {} by {}, gate from {}, mlops {}</p>\n", verdict_name(verdict),
                     rfc3339(verdict.at), cell(verdict.by), cell(verdict.policy_source + blob),
                     cell(verdict.tool_version));
}

// Of several that did not pass, a line for each of the worst; one alone is read below.
std::string reasons_of(const Verdict& verdict) {
  std::string lines;
  std::size_t refusing = 0;
  for (const Evidence& evidence : worst_first(verdict.evidence)) {
    if (evidence.result == CheckResult::passed || ++refusing > most_reasons_on_top) continue;
    lines +=
        fmt::format("<li class=\"{0}\">{1} <span class=\"result\">{0}</span>: {2}</li>\n", name_of(evidence.result),
                    cell(evidence.check), xml_text(shortened(evidence.reason, longest_reason_on_top)));
  }
  if (refusing < 2) return "";
  if (refusing > most_reasons_on_top) lines += fmt::format("<li>and {} more</li>\n", refusing - most_reasons_on_top);
  return "<ul>\n" + lines + "</ul>\n";
}

std::string gate_section(const Report& report, const Verdict& verdict) {
  std::string html = fmt::format("<section class=\"{0}\">\n<h2>{1}: <span class=\"result\">{0}</span></h2>\n",
                                 name_of(verdict.result), cell(verdict.stage));
  std::vector<Evidence> passed;
  for (const Evidence& evidence : worst_first(verdict.evidence)) {
    if (passes(evidence)) {
      passed.push_back(evidence);
    } else {
      html += failed_check(evidence);
    }
  }
  const std::string facts = report.comparison
                                ? fmt::format("<p class=\"facts\">{}</p>\n", cell(report.comparison->origin))
                                : facts_line(verdict);
  return html + passed_checks(passed) + facts + "</section>\n";
}

}  // namespace

std::string html_report(const Report& report) {
  std::string gates;
  std::string summary;
  for (const Verdict& verdict : worst_first(report.verdicts)) {
    gates += gate_section(report, verdict);
    summary += fmt::format("<p>{}: <span class=\"{} result\">{}</span>, {}</p>\n", cell(verdict.stage),
                           name_of(verdict.result), name_of(verdict.result), tally_text(verdict));
    summary += reasons_of(verdict);
  }
  const std::string version = cell(report.name());
  const std::string decision = cell(decision_text(report));
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<title>{0}: {1}</title>\n<style>{2}</style>\n</head>\n<body>\n"
      "<header class=\"{3}\">\n<h1>{0}: <span class=\"result\">{1}</span></h1>\n{4}</header>\n"
      "<main>\n{5}</main>\n</body>\n</html>\n",
      version, decision, html_style, name_of(worst_result(report)), summary, gates);
}

}  // namespace mlops::cli
