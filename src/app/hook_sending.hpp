// Sending one message to one hook.
#pragma once

#include <filesystem>

#include <mlops/app/context.hpp>
#include <mlops/domain/hook.hpp>

namespace mlops::app {

// Takes at most 5 seconds, touches nothing of the registry, and never throws: a failure is an answer. May be called
// from several threads at once. A command runs in `folder`.
domain::HookAnswer send_to_hook(const Context& context, const std::filesystem::path& folder, const domain::Hook& hook,
                                std::string_view event, const domain::HookMessage& message);

}  // namespace mlops::app
