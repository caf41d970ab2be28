#include "hook_sending.hpp"

#include <chrono>

#include <fmt/format.h>

#include <mlops/domain/policy.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/http.hpp>
#include <mlops/support/process.hpp>
#include <mlops/support/text.hpp>

namespace mlops::app {

namespace {

using namespace std::chrono_literals;
using domain::HookAnswer;

constexpr auto longest_command = 5s;
constexpr std::size_t most_output = 4096;
constexpr std::size_t longest_reason = 200;
constexpr int gone = 410;

// The last line that says something, short enough for a table.
std::string last_line(std::string_view output) {
  const std::string_view text = trim(output);
  const std::size_t begin = text.rfind('\n');
  return truncate_to_width(printable(text.substr(begin == std::string_view::npos ? 0 : begin + 1)), longest_reason);
}

HookAnswer not_told(std::string reason) {
  return {.arrived = false, .is_final = false, .code = {}, .error = std::move(reason)};
}

HookAnswer answer_of(const HttpAnswer& answer) {
  HookAnswer result{.arrived = answer.status >= 200 && answer.status < 300,
                    .is_final = answer.status == gone,
                    .code = answer.status,
                    .error = {}};
  if (result.arrived) return result;
  result.error = fmt::format("answered {}", answer.status);
  if (!answer.location.empty()) {
    result.error += fmt::format(", a redirect to {}, which is not followed",
                                truncate_to_width(printable(answer.location), longest_reason));
  } else if (const std::string said = last_line(answer.body); !said.empty()) {
    result.error += ": " + said;
  }
  return result;
}

std::string variable(const Context& context, const std::string& name) {
  const auto value = context.variable ? context.variable(name) : std::nullopt;
  if (value && !value->empty()) return *value;
  throw Error{ErrorKind::usage, fmt::format("the environment variable {} is not set", name)};
}

std::string url_of(const Context& context, const domain::Hook& hook) {
  if (hook.url_from.empty()) return hook.url;
  std::string url = variable(context, hook.url_from);
  if (const auto fault = domain::fault_of_hook_url(url, hook.allow_private)) {
    throw Error{ErrorKind::usage, fmt::format("the URL in {} {}", hook.url_from, *fault)};
  }
  return url;
}

HookAnswer post_to_hook(const Context& context, const domain::Hook& hook, const domain::HookMessage& message) {
  HttpRequest request;
  request.url = url_of(context, hook);
  request.body = message.body;
  request.allow_private = hook.allow_private;
  request.most_of_answer = most_output;
  const std::int64_t seconds = context.clock().milliseconds / 1000;
  request.headers = {{"Content-Type", "application/json"},
                     {"User-Agent", "mlops/" + context.tool_version},
                     {"webhook-id", message.id},
                     {"webhook-timestamp", std::to_string(seconds)}};
  if (!hook.secret.empty()) {
    const std::string secret = variable(context, hook.secret);
    try {
      request.headers.emplace_back("webhook-signature",
                                   domain::webhook_signature(secret, message.id, seconds, message.body));
    } catch (Error& error) {
      throw Error{ErrorKind::usage, fmt::format("the secret in {} can't sign: {}", hook.secret, error.message())};
    }
  }
  return answer_of(http_post(request));
}

HookAnswer run_hook(const Context& context, const std::filesystem::path& folder, const domain::Hook& hook,
                    std::string_view event, const domain::HookMessage& message) {
  ProcessRequest request;
  request.argv = domain::expand_command(hook.command, {});
  request.directory = folder;
  request.environment = {{"MLOPS_EVENT", std::string{event}},      {"MLOPS_EVENT_ID", message.id},
                         {"MLOPS_EVENT_TEXT", message.text},       {"MLOPS_EVENT_MODEL", message.model},
                         {"MLOPS_EVENT_VERSION", message.version}, {"MLOPS_EVENT_STAGE", message.stage}};
  request.timeout = longest_command;
  request.grace = 500ms;
  request.input = message.body;
  request.should_stop = context.interrupted;
  const CapturedOutput captured = capture_process(std::move(request), most_output);
  if (captured.result.timed_out) return not_told(fmt::format("not done within {}", duration_text(5000)));
  if (captured.result.stopped) return not_told("interrupted");
  HookAnswer answer{
      .arrived = captured.result.exit_code == 0, .is_final = false, .code = captured.result.exit_code, .error = {}};
  if (answer.arrived) return answer;
  answer.error = fmt::format("exit code {}", captured.result.exit_code);
  const std::string said = last_line(captured.err.empty() ? captured.out : captured.err);
  if (!said.empty()) answer.error += ": " + said;
  return answer;
}

}  // namespace

HookAnswer send_to_hook(const Context& context, const std::filesystem::path& folder, const domain::Hook& hook,
                        std::string_view event, const domain::HookMessage& message) {
  try {
    return hook.is_webhook() ? post_to_hook(context, hook, message) : run_hook(context, folder, hook, event, message);
  } catch (const Error& error) {
    const bool is_private = error.kind() == ErrorKind::refused;
    return not_told(error.message() + (is_private ? "; that needs `allow_private = true`" : ""));
  } catch (const std::exception& error) {
    return not_told(error.what());
  }
}

}  // namespace mlops::app
