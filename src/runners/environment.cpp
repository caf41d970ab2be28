#include <mlops/runners/runner.hpp>

#include <thread>

#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/text.hpp>

#include "gpu.hpp"
#include "interpreter.hpp"

namespace mlops::runners {

namespace {

std::string content_of(const std::filesystem::path& path) {
  try {
    return read_file(path);
  } catch (const Error&) {
    return {};
  }
}

// The value in the first line "NAME<separator>VALUE", without quotes; "" when there is none.
std::string value_in(const std::string& content, std::string_view name, char separator) {
  for (const std::string& line : split(content, '\n')) {
    const auto at = line.find(separator);
    if (at == std::string::npos || trim(std::string_view{line}.substr(0, at)) != name) continue;
    std::string_view value = trim(std::string_view{line}.substr(at + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    return std::string{value};
  }
  return {};
}

void set_text(Json& facts, const char* key, const std::string& text) {
  if (!text.empty()) facts.set(key, text);
}

std::string kernel() {
  utsname system{};
  if (uname(&system) != 0) return {};
  return fmt::format("{} {} {}", system.sysname, system.release, system.machine);
}

std::optional<std::int64_t> memory_bytes() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page_size = sysconf(_SC_PAGE_SIZE);
  if (pages <= 0 || page_size <= 0) return std::nullopt;
  return std::int64_t{pages} * page_size;
}

// How many cores this process may use, and what tells numeric libraries how to use them.
Json describe_threads(const Variable& variable) {
  Json threads = Json::object();
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) threads.set("cores_allowed", CPU_COUNT(&allowed));
  for (const std::string_view name :
       {"OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS", "CUDA_VISIBLE_DEVICES",
        "CUBLAS_WORKSPACE_CONFIG", "TF_DETERMINISTIC_OPS", "NVIDIA_TF32_OVERRIDE"}) {
    const auto value = variable ? variable(name) : std::nullopt;
    if (value) threads.set(std::string{name}, printable(*value));
  }
  return threads;
}

}  // namespace

Json describe_environment(const std::vector<std::string>& argv, const std::filesystem::path& directory,
                          const Variable& variable) {
  Json facts = Json::object();
  set_text(facts, "os", value_in(content_of("/etc/os-release"), "PRETTY_NAME", '='));
  set_text(facts, "kernel", kernel());
  set_text(facts, "cpu", value_in(content_of("/proc/cpuinfo"), "model name", ':'));
  if (const unsigned cores = std::thread::hardware_concurrency(); cores > 0) facts.set("cores", cores);
  if (const auto bytes = memory_bytes()) facts.set("memory_bytes", *bytes);
  if (Json gpus = describe_gpus(); !gpus.is_null()) facts.set("gpus", std::move(gpus));
  facts.set("threads", describe_threads(variable));

  const std::vector<std::string> python = python_of(argv, directory);
  if (python.empty()) return facts;
  if (const auto answer = describe_python(python, directory)) {
    for (const char* const key : {"interpreter", "packages"}) facts.set(key, answer->at(key));
  }
  return facts;
}

}  // namespace mlops::runners
