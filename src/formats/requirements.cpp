#include "requirements.hpp"

#include <algorithm>
#include <utility>

#include <mlops/support/text.hpp>

#include "json/lenient_json.hpp"

namespace mlops::formats {

namespace {

constexpr std::size_t most_lines = 300;

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_name_part(char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; }

// "Scikit_Learn" is "scikit-learn".
std::string normalised(std::string_view name) {
  std::string result;
  for (const char c : lower_ascii(name)) {
    if (is_alphanumeric(c)) {
      result += c;
    } else if (!result.ends_with('-')) {
      result += '-';
    }
  }
  return result;
}

std::vector<std::string> texts_of(const Json* list) {
  std::vector<std::string> texts;
  if (list == nullptr || !list->is_array()) return texts;
  for (const Json& item : list->as_array()) {
    if (item.is_string() && texts.size() < most_lines) texts.push_back(cut_text(item.as_string(), 500));
  }
  return texts;
}

// The dependencies of conda.yaml, those of pip in a list inside the list.
std::vector<std::string> conda_lines(const Json& conda) {
  const Json* const dependencies = conda.find("dependencies");
  std::vector<std::string> lines = texts_of(dependencies);
  if (dependencies == nullptr || !dependencies->is_array()) return lines;
  for (const Json& item : dependencies->as_array()) {
    for (std::string& line : texts_of(item.find("pip"))) lines.push_back(std::move(line));
  }
  return lines;
}

void add_libraries(const std::vector<std::string>& lines, domain::Inspection& whole) {
  for (const std::string& line : lines) {
    if (auto library = pinned(line)) whole.libraries.insert(*std::move(library));
  }
}

}  // namespace

std::vector<std::string> requirement_lines(std::string_view text) {
  std::vector<std::string> lines;
  std::string joined;
  for (const std::string& raw : split(text, '\n')) {
    std::string_view line = trim(raw);
    const bool goes_on = line.ends_with('\\');
    if (goes_on) line.remove_suffix(1);
    joined += line;
    if (goes_on) continue;
    const std::string whole = std::exchange(joined, {});
    std::string_view kept = whole;
    if (const std::size_t at = kept.find(" #"); at != std::string_view::npos) kept = kept.substr(0, at);
    kept = trim(kept);
    if (kept.empty() || kept.front() == '#' || kept.front() == '-') continue;
    lines.push_back(cut_text(kept, 500));
    if (lines.size() == most_lines) break;
  }
  return lines;
}

std::optional<std::pair<std::string, std::string>> pinned(std::string_view requirement) {
  std::string_view rest = trim(requirement);
  const auto name_end = std::ranges::find_if_not(rest, is_name_part);
  const std::string name = normalised({rest.begin(), name_end});
  rest.remove_prefix(static_cast<std::size_t>(name_end - rest.begin()));
  if (rest.starts_with('[')) rest.remove_prefix(std::min(rest.find(']'), rest.size() - 1) + 1);
  rest = trim(rest);
  if (name.empty() || !rest.starts_with('=')) return std::nullopt;
  rest = trim(rest.substr(std::min(rest.find_first_not_of('='), rest.size())));
  const std::string_view version = rest.substr(0, rest.find_first_of(" \t;,#=\\"));
  if (version.empty() || version.find('*') != std::string_view::npos) return std::nullopt;
  return std::pair{name, std::string{version}};
}

void read_requirements(const Folder& folder, domain::Inspection& whole) {
  std::vector<std::string> lines;
  if (const auto text = folder.text("requirements.txt")) lines = requirement_lines(*text);
  add_libraries(lines, whole);
  if (const auto conda = folder.yaml_mapping("conda.yaml", whole)) {
    const std::vector<std::string> dependencies = conda_lines(*conda);
    add_libraries(dependencies, whole);
    if (lines.empty()) lines = dependencies;
  }
  if (const auto environment = folder.yaml_mapping("python_env.yaml", whole)) {
    const Json* const python = environment->find("python");
    if (python != nullptr && python->is_string()) whole.libraries.emplace("python", cut_text(python->as_string(), 100));
  }
  if (lines.empty()) return;
  Json::Array items(lines.begin(), lines.end());
  whole.facts.emplace_back("requirements", Json{std::move(items)});
}

}  // namespace mlops::formats
