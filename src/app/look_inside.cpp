#include "look_inside.hpp"

#include <algorithm>
#include <functional>

#include <fmt/core.h>

#include <mlops/app/look_inside.hpp>
#include <mlops/domain/signature.hpp>
#include <mlops/formats/look.hpp>
#include <mlops/support/digest.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "policy_source.hpp"

namespace mlops::app {

namespace {

// Of one version with 100,000 tensors they are some 15 MB.
constexpr std::uint64_t largest_details = 256u << 20;

Json scan_json(const formats::SetScan& scan) {
  Json files = Json::array();
  for (const auto& file : scan.files) {
    if (file.scan.findings.empty() && file.scan.globals.empty()) continue;
    Json json = Json::object({{"path", file.path}});
    const Json found = domain::to_json(file.scan);
    for (const auto& [key, value] : found.as_object()) json.set(key, value);
    files.push_back(std::move(json));
  }
  return Json::object({{"verdict", name_of(scan.safety)}, {"files", std::move(files)}});
}

Json code_json(const std::vector<formats::CodeWarning>& warnings) {
  Json list = Json::array();
  for (const auto& warning : warnings) list.push_back(to_json(warning));
  return list;
}

// A file whose format nobody knows is no surprise to who registers it; what was found inside one may be.
std::vector<std::string> warnings_of(const formats::SetScan& scan) {
  constexpr std::size_t most = 3;
  std::vector<std::pair<domain::Safety, std::string>> found;
  for (const auto& file : scan.files) {
    for (const auto& finding : file.scan.findings) {
      if (finding.rule == "format.unknown") continue;
      const std::string where = finding.where.empty() ? "" : fmt::format(" ({})", finding.where);
      found.emplace_back(finding.safety, fmt::format("{} is {}: {}{}", printable(file.path), name_of(finding.safety),
                                                     finding.what, where));
    }
  }
  std::ranges::stable_sort(found, std::greater{}, &std::pair<domain::Safety, std::string>::first);
  std::vector<std::string> warnings;
  for (auto& [safety, text] : found) {
    if (warnings.size() == most) {
      warnings.push_back(fmt::format("and {} more findings; `mlops scan` lists them", found.size() - most));
      break;
    }
    warnings.push_back(std::move(text));
  }
  return warnings;
}

bool is_code(std::string_view word) { return word.ends_with(".py") || word.ends_with(".ipynb"); }

}  // namespace

Json to_json(const formats::CodeWarning& warning) {
  return Json::object({{"rule", warning.rule},
                       {"file", warning.path},
                       {"cell", warning.cell == 0 ? Json{} : Json{warning.cell}},
                       {"line", warning.line == 0 ? Json{} : Json{warning.line}},
                       {"what", warning.what}});
}

LookedInside look_inside(const formats::FileSet& files, const std::vector<formats::CodeWarning>& recipe_code) {
  formats::SetLook look = formats::look_into(files);
  std::vector<formats::CodeWarning>& code = look.code;
  code.insert(code.end(), recipe_code.begin(), recipe_code.end());

  domain::Inspection& whole = look.inspection.whole;
  const Json details = Json::object({{"inspection", domain::to_json(whole, domain::WithTensors::yes)},
                                     {"scan", scan_json(look.scan)},
                                     {"code", code_json(code)}});
  LookedInside looked;
  looked.details = canonical(details);
  looked.warnings = warnings_of(look.scan);
  looked.signature = std::move(whole.signature);
  looked.inspected = {.format = whole.format,
                      .architecture = whole.architecture,
                      .licence = whole.licence,
                      .quantisation = whole.quantisation,
                      .parameters = whole.parameters,
                      .safety = look.scan.safety,
                      .code_warnings = static_cast<std::int64_t>(code.size()),
                      .details = sha256(looked.details)};
  return looked;
}

std::vector<std::string> describe_files(Workspace& workspace, artifacts::PutBatch* batch, const formats::FileSet& files,
                                        domain::Version& version) {
  LookedInside looked = look_inside(files, read_recipe_code(workspace, version.id.model, version.git));
  version.inspected = std::move(looked.inspected);
  if (version.signature.is_null() && !looked.signature.empty()) version.signature = domain::to_json(looked.signature);
  if (batch != nullptr) batch->put_bytes(looked.details);
  return std::move(looked.warnings);
}

std::optional<domain::Inspection> recorded_inspection(Workspace& workspace, const domain::Version& version) {
  if (!version.inspected) return std::nullopt;
  const Digest& digest = version.inspected->details;
  if (!workspace.artifacts().has(digest)) return std::nullopt;
  const Json details = parse_json(workspace.artifacts().get_bytes(digest, largest_details),
                                  fmt::format("inspection of {}", version.id.text()));
  return domain::inspection_from_json(details.at("inspection"));
}

std::vector<formats::CodeWarning> read_recipe_code(Workspace& workspace, const std::string& model,
                                                   const std::optional<domain::GitState>& git) {
  std::vector<formats::CodeWarning> warnings;
  git::Repository* repository = git ? workspace.repository() : nullptr;
  if (repository == nullptr) return warnings;
  try {
    const PolicySource source = policy_at(workspace, git->commit);
    const domain::Recipe* recipe = source.policy.recipe(model);
    if (recipe == nullptr) return warnings;
    const std::string prefix = git->path.empty() ? "" : git->path + "/";
    for (const std::string& word : recipe->command) {
      if (!is_code(word)) continue;
      const auto blob = repository->blob_at(git->commit, prefix + word);
      if (!blob) continue;
      const auto found = formats::read_code_file(word, blob->content);
      warnings.insert(warnings.end(), found.begin(), found.end());
    }
    return warnings;
  } catch (const Error&) {
    // A policy or a commit that can't be read is told by the commands that need it; registering does not.
    return {};
  }
}

}  // namespace mlops::app
