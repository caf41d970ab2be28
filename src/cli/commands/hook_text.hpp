// How deliveries are shown.
#pragma once

#include <string>
#include <vector>

#include <mlops/domain/hook.hpp>

#include "session.hpp"

namespace mlops::cli {

std::string deliveries_text(const Session& session, const std::vector<domain::HookDelivery>& deliveries);

}  // namespace mlops::cli
