#include <mlops/support/process_mark.hpp>

#include <array>
#include <optional>

#include <unistd.h>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

namespace mlops {

namespace {

struct Owner {
  std::string pid;
  std::string start;  // in clock ticks since boot: tells a process from a later one with the same number
  std::string boot;
  std::string host;
};

std::string content_of(const std::string& path) {
  try {
    return read_file(path);
  } catch (const Error&) {
    return {};
  }
}

std::string boot_id() { return std::string{trim(content_of("/proc/sys/kernel/random/boot_id"))}; }

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? std::string{name.data()} : std::string{};
}

// The 22nd field of /proc/PID/stat; "" when there is no such process, or only its zombie.
std::string start_of(const std::string& pid) {
  const std::string stat = content_of(fmt::format("/proc/{}/stat", pid));
  const auto name_end = stat.rfind(')');  // the second field, which may hold spaces
  if (name_end == std::string::npos || name_end + 2 >= stat.size()) return {};
  const std::vector<std::string> fields = split(std::string_view{stat}.substr(name_end + 2), ' ');
  constexpr std::size_t state = 0;
  constexpr std::size_t start = 22 - 3;
  return fields.size() > start && fields[state] != "Z" ? fields[start] : std::string{};
}

std::optional<Owner> parse(std::string_view mark) {
  const std::vector<std::string> words = split(trim(mark), ' ');
  if (words.size() != 5 || words[0] != "mlops") return std::nullopt;
  Owner owner;
  const std::array<std::pair<std::string_view, std::string*>, 4> fields{
      {{"pid=", &owner.pid}, {"start=", &owner.start}, {"boot=", &owner.boot}, {"host=", &owner.host}}};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto& [name, value] = fields[i];
    if (!words[i + 1].starts_with(name)) return std::nullopt;
    *value = words[i + 1].substr(name.size());
  }
  return parse_integer(owner.pid) ? std::optional{owner} : std::nullopt;
}

}  // namespace

std::string process_mark() { return process_mark(getpid()); }

std::string process_mark(std::int64_t pid) {
  const std::string number = std::to_string(pid);
  return fmt::format("mlops pid={} start={} boot={} host={}", number, start_of(number), boot_id(), host_name());
}

bool process_is_gone(std::string_view mark) {
  const auto owner = parse(mark);
  if (!owner || owner->host != host_name()) return false;
  return owner->boot != boot_id() || owner->start != start_of(owner->pid);
}

std::optional<std::int64_t> running_process(std::string_view mark) {
  const auto owner = parse(mark);
  if (!owner || owner->host != host_name() || process_is_gone(mark)) return std::nullopt;
  return parse_integer(owner->pid);
}

}  // namespace mlops
