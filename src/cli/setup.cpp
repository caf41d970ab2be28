#include "setup.hpp"

#include <fmt/core.h>

#include <mlops/app/workspace.hpp>
#include <mlops/runners/runner.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>
#include <mlops/version.hpp>

#include "identity.hpp"
#include "progress.hpp"

namespace mlops::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t longest_command_text = 2000;

fs::path start_directory(const Surroundings& surroundings, const CommonFlags& flags) {
  fs::path here = surroundings.directory;
  if (!flags.directory) return here;
  const fs::path wanted =
      fs::path{*flags.directory}.is_absolute() ? fs::path{*flags.directory} : here / *flags.directory;
  std::error_code ignored;
  const fs::path canonical = fs::canonical(wanted, ignored);
  if (ignored || !fs::is_directory(canonical, ignored)) {
    throw Error{ErrorKind::not_found, fmt::format("`-C {}`: no such folder", printable(*flags.directory))};
  }
  return canonical;
}

app::Settings make_settings(const Surroundings& surroundings, const CommonFlags& flags, const fs::path& directory) {
  app::Settings settings;
  if (const fs::path user = user_settings_file(surroundings); !user.empty()) app::read_settings_file(user, settings);
  if (const auto project = app::find_project(directory)) {
    app::read_settings_file(*project / ".mlops" / "config.toml", settings);
  }
  for (const app::SettingInfo& info : app::known_settings()) {
    if (auto value = surroundings.variable(info.variable)) {
      settings.set(info.key, *value, fmt::format("environment {}", info.variable));
    }
  }
  if (flags.registry) settings.set("registry", *flags.registry, "flag --registry");
  if (flags.color) settings.set("color", *flags.color, "flag --color");
  if (flags.no_progress) settings.set("progress", "never", "flag --no-progress");
  return settings;
}

// Tests run with a clock that stands still and a name for the machine; nobody else needs these two variables.
Clock make_clock(const Surroundings& surroundings) {
  if (const auto fixed = surroundings.variable("MLOPS_TEST_CLOCK")) {
    if (const auto time = parse_time(*fixed, system_now())) return [time] { return *time; };
  }
  return system_now;
}

fs::path temporary_directory(const Surroundings& surroundings) {
  const auto named = surroundings.variable("TMPDIR");
  return named && !named->empty() ? fs::path{*named} : fs::path{"/tmp"};
}

}  // namespace

fs::path user_settings_file(const Surroundings& surroundings) {
  if (const auto config = surroundings.variable("XDG_CONFIG_HOME"); config && !config->empty()) {
    return fs::path{*config} / "mlops" / "config.toml";
  }
  if (const auto home = surroundings.variable("HOME"); home && !home->empty()) {
    return fs::path{*home} / ".config" / "mlops" / "config.toml";
  }
  return {};
}

bool wants_color(const app::Settings& settings, const Surroundings& surroundings, bool is_terminal) {
  const app::Setting& setting = settings.get("color");
  if (setting.value == "always") return true;
  if (setting.value == "never") return false;
  if (const auto no = surroundings.variable("NO_COLOR"); no && !no->empty()) return false;
  if (const auto force = surroundings.variable("CLICOLOR_FORCE"); force && !force->empty() && *force != "0")
    return true;
  return is_terminal && surroundings.variable("TERM") != "dumb";
}

app::Context make_context(const Surroundings& surroundings, const Streams& streams, const CommonFlags& flags,
                          const std::vector<std::string>& words) {
  app::Context context;
  context.directory = start_directory(surroundings, flags);
  context.temporary_directory = temporary_directory(surroundings);
  context.helpers = surroundings.helpers;
  context.settings = make_settings(surroundings, flags, context.directory);
  context.clock = make_clock(surroundings);
  context.tool_version = std::string{tool_version};
  context.host = surroundings.variable("MLOPS_TEST_HOST").value_or(runners::host_name());
  context.actor = actor_of(surroundings);
  context.login = fmt::format("{}@{}", login_name(), context.host);
  context.ci_url = ci_url_of(surroundings);
  context.command = printable(join(words, " ")).substr(0, longest_command_text);

  const Style style{wants_color(context.settings, surroundings, streams.err_is_terminal)};
  context.warn = [&streams, style](const std::string& message) {
    streams.err(fmt::format("{} {}\n", style.warning("warning:"), message));
  };
  const bool quiet = flags.quiet;
  context.tell = [&streams, quiet](const std::string& message) {
    if (!quiet) streams.err(message + '\n');
  };
  context.interrupted = [&surroundings] { return surroundings.signal() != 0; };
  if (surroundings.signals) context.interrupted_twice = [&surroundings] { return surroundings.signals() > 1; };
  context.stop_signal = surroundings.signal;
  context.expect_second_interruption = surroundings.expect_second_signal;
  context.variable = surroundings.variable;
  const bool visible = streams.err_is_terminal && !quiet && context.settings.get("progress").value != "never";
  const auto interrupted = context.interrupted;
  context.progress = [&streams, visible, interrupted](const std::string& label, std::uint64_t total) {
    return start_progress(streams, visible, label, total, interrupted);
  };
  // The training's own output is no result of ours.
  context.echo = [&streams, quiet](std::string_view bytes, bool) {
    if (!quiet) streams.err(bytes);
  };
  return context;
}

}  // namespace mlops::cli
