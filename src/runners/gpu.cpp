#include "gpu.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <mlops/support/error.hpp>
#include <mlops/support/process.hpp>
#include <mlops/support/text.hpp>

namespace mlops::runners {

Json parse_gpus(std::string_view answer) {
  constexpr std::size_t most = 1024;
  Json::Array gpus;
  for (const std::string& line : split(answer, '\n')) {
    const std::vector<std::string> fields = split(line, ',');
    if (fields.size() != 3 || gpus.size() == most || !is_valid_utf8(line)) continue;
    gpus.push_back(Json::object({{"name", std::string{trim(fields[0])}},
                                 {"memory", std::string{trim(fields[1])}},
                                 {"driver", std::string{trim(fields[2])}}}));
  }
  return gpus.empty() ? Json{} : Json{std::move(gpus)};
}

Json describe_gpus() {
  if (!find_executable("nvidia-smi")) return {};
  ProcessRequest request{
      .argv = {"nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"},
      .timeout = std::chrono::seconds{5}};
  try {
    const CapturedOutput output = capture_process(std::move(request), 1u << 20);
    return output.result.exit_code == 0 ? parse_gpus(output.out) : Json{};
  } catch (const Error&) {
    return {};
  }
}

}  // namespace mlops::runners
