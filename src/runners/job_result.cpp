#include <charconv>

#include <fmt/format.h>

#include <mlops/runners/cluster.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

#include "job_script.hpp"

namespace mlops::runners {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t largest_note = 16u << 20;
constexpr std::uint64_t largest_list = 512u << 20;
constexpr std::int64_t most_attempts = 10'000;

std::string note_in(const fs::path& file, std::uint64_t largest = largest_note) {
  try {
    return read_file(file, largest);
  } catch (const Error&) {
    return {};  // not written yet
  }
}

std::optional<int> exit_code_in(std::string_view text) {
  const auto code = parse_integer(text);
  return code && *code >= 0 && *code <= 255 ? std::optional{static_cast<int>(*code)} : std::nullopt;
}

// "ATTEMPT EXIT SECONDS HOST HOW"; the job may have died in the middle of a line.
void note_attempt(std::string_view line, JobResult& result) {
  const std::vector<std::string> words = split(line, ' ');
  if (words.size() < 4) return;
  const auto number = parse_integer(words[0]);
  if (!number || *number < 1 || *number > most_attempts) return;
  if (result.attempts.size() < static_cast<std::size_t>(*number))
    result.attempts.resize(static_cast<std::size_t>(*number));
  JobAttempt& attempt = result.attempts[static_cast<std::size_t>(*number) - 1];
  attempt.exit_code = exit_code_in(words[1]);
  attempt.seconds = std::max<std::int64_t>(0, parse_integer(words[2]).value_or(0));
  attempt.host = printable(words[3]);
  attempt.how = words.size() > 4 ? printable(words[4]) : std::string{};
}

void read_exit(const std::string& text, JobResult& result) {
  try {
    const Json json = parse_json(text, "exit.json");
    const std::int64_t code = json.at("exit_code").as_integer();
    result.exit_code = code >= 0 && code <= 255 ? static_cast<int>(code) : 255;
    result.how = printable(json.at("how").as_string());
    result.is_over = true;
  } catch (const Error&) {
    result.is_over = false;  // it is written as a whole, so this is not ours
  }
}

std::optional<Timestamp> time_in(const fs::path& file) {
  constexpr std::int64_t latest = 1LL << 40;  // far beyond every year that is written
  const auto seconds = parse_integer(trim(note_in(file)));
  return seconds && *seconds > 0 && *seconds < latest ? std::optional{Timestamp{*seconds * 1000}} : std::nullopt;
}

// As sha256sum writes them; a name with odd characters has a '\\' before its line, and each of them escaped.
std::optional<std::string> unescaped(std::string_view name) {
  std::string plain;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] != '\\') {
      plain += name[i];
      continue;
    }
    if (++i == name.size()) return std::nullopt;
    constexpr std::string_view marks = "\\nr", meanings = "\\\n\r";
    const auto at = marks.find(name[i]);
    if (at == std::string_view::npos) return std::nullopt;
    plain += meanings[at];
  }
  return plain;
}

bool note_file(std::string_view line, std::map<std::string, Digest>& files) {
  constexpr std::size_t hex_digits = Digest::size * 2;
  const bool is_escaped = line.starts_with('\\');
  if (is_escaped) line.remove_prefix(1);
  if (line.size() < hex_digits + 3 || line[hex_digits] != ' ') return false;
  const auto digest = Digest::from_hex(line.substr(0, hex_digits));
  const std::string_view shown = line.substr(hex_digits + 2);
  const auto path = is_escaped ? unescaped(shown) : std::optional{std::string{shown}};
  return digest && path && files.emplace(fs::path{*path}.lexically_normal().string(), *digest).second;
}

// Half of a list is none.
std::optional<std::map<std::string, Digest>> files_in(const std::string& text) {
  if (!text.ends_with('\n')) return std::nullopt;
  std::map<std::string, Digest> files;
  for (const std::string& line : split(text.substr(0, text.size() - 1), '\n')) {
    if (!note_file(line, files)) return std::nullopt;
  }
  return files;
}

Json gpus_in(const std::vector<std::string>& lines) {
  Json gpus = Json::array();
  for (const std::string& line : lines) {
    if (line.starts_with("gpu=")) gpus.push_back(printable(line.substr(4)));
  }
  return gpus;
}

// The same facts under the same names as describe_environment() has.
Json environment_in(const fs::path& job) {
  const std::vector<std::string> lines = split(note_in(job / "machine"), '\n');
  Json facts = Json::object();
  for (const std::string& line : lines) {
    const auto at = line.find('=');
    if (at == std::string::npos) continue;
    const std::string_view key = std::string_view{line}.substr(0, at);
    const std::string value = printable(line.substr(at + 1));
    if (key == "host" || key == "os" || key == "kernel" || key == "cpu") facts.set(std::string{key}, value);
    if (key == "cores") facts.set("cores", parse_integer(value));
    if (key == "memory_kb") {
      if (const auto kilobytes = parse_integer(value); kilobytes && *kilobytes < (1LL << 50))
        facts.set("memory_bytes", *kilobytes * 1024);
    }
  }
  if (const Json gpus = gpus_in(lines); !gpus.as_array().empty()) facts.set("gpus", gpus);
  try {
    const Json python = parse_json(note_in(job / "python.json"), "python.json");
    for (const char* const key : {"interpreter", "packages"}) {
      if (const Json* const told = python.find(key); told != nullptr && told->is_object()) facts.set(key, *told);
    }
  } catch (const Error&) {
    // no Python, or an old one: nothing is known of it
    return facts.as_object().empty() ? Json{} : facts;
  }
  return facts.as_object().empty() ? Json{} : facts;
}

}  // namespace

JobResult read_job_result(const fs::path& folder) {
  const fs::path job = job_folder(folder);
  JobResult result;
  for (const std::string& line : split(note_in(job / "attempts"), '\n')) note_attempt(line, result);
  const std::int64_t begun = parse_integer(trim(note_in(job / "attempt"))).value_or(0);
  if (begun > 0 && begun <= most_attempts && result.attempts.size() < static_cast<std::size_t>(begun))
    result.attempts.resize(static_cast<std::size_t>(begun));
  if (const std::string text = note_in(job / "exit.json"); !text.empty()) read_exit(text, result);
  result.environment = environment_in(job);
  result.began = time_in(job / "began");
  result.ended = time_in(job / "ended");
  if (result.began && result.ended && *result.ended < *result.began) result.ended = std::nullopt;
  result.files = files_in(note_in(job / "files", largest_list));
  return result;
}

void forget_job_result(const fs::path& folder) {
  std::error_code none;
  fs::remove(job_folder(folder) / "exit.json", none);
}

}  // namespace mlops::runners
