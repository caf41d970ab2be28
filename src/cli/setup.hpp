// From flags and environment to the context of a use case.
#pragma once

#include <filesystem>

#include <mlops/app/context.hpp>
#include <mlops/cli/run.hpp>

#include "session.hpp"

namespace mlops::cli {

// The settings file of the user: $XDG_CONFIG_HOME/mlops/config.toml, else ~/.config/mlops/config.toml; empty without a
// home.
std::filesystem::path user_settings_file(const Surroundings& surroundings);

// flags > MLOPS_* > .mlops/config.toml > the user's file > defaults.
app::Context make_context(const Surroundings& surroundings, const Streams& streams, const CommonFlags& flags,
                          const std::vector<std::string>& words);

// Whether a stream gets colour: the flag or setting, NO_COLOR, CLICOLOR_FORCE, else whether it is a capable terminal.
bool wants_color(const app::Settings& settings, const Surroundings& surroundings, bool is_terminal);

}  // namespace mlops::cli
