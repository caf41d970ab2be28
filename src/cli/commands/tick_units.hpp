// What calls `mlops tick` again and again, ready to be installed.
#pragma once

#include <string>

namespace mlops::cli {

struct TickPlace {
  std::string program;   // absolute
  std::string project;   // absolute
  std::string registry;  // "" for the project's own
};

std::string systemd_units(const TickPlace& place);
std::string crontab_line(const TickPlace& place);
std::string github_workflow();

}  // namespace mlops::cli
