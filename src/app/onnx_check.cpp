#include "onnx_check.hpp"

#include <chrono>
#include <string>

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/process.hpp>
#include <mlops/support/text.hpp>

namespace mlops::app {

namespace {

// The helper limits its own time on the processor; this is for one that waits.
constexpr std::chrono::minutes most_time{5};

formats::OnnxCheck failed(std::string why) {
  formats::OnnxCheck check;
  check.check = why;
  check.inference = std::move(why);
  return check;
}

formats::OnnxCheck answer_of(const CapturedOutput& output) {
  if (output.result.timed_out) return failed("the ONNX library took too long over it");
  if (output.result.signal != 0)
    return failed(fmt::format("the ONNX library crashed over it, with signal {}", output.result.signal));
  if (output.result.exit_code != 0) return failed(printable(trim(output.err)));
  try {
    return formats::parse_onnx_check(output.out);
  } catch (const Error& error) {
    return failed(fmt::format("the answer of `onnx-check` can't be read: {}", error.message()));
  }
}

}  // namespace

std::optional<formats::OnnxCheck> check_onnx(const std::filesystem::path& helper, const std::filesystem::path& model) {
  ProcessRequest request;
  // Absolute, so that no name can be taken for an option.
  request.argv = {std::filesystem::absolute(helper).string(), std::filesystem::absolute(model).string()};
  request.timeout = most_time;
  try {
    return answer_of(capture_process(std::move(request)));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::not_found) return std::nullopt;
    throw;
  }
}

}  // namespace mlops::app
