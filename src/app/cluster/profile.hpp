// On which machine something is trained.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <mlops/app/settings.hpp>
#include <mlops/app/workspace.hpp>
#include <mlops/domain/execution.hpp>
#include <mlops/runners/cluster.hpp>

namespace mlops::app {

inline constexpr std::string_view here = "local";

// What was asked for, else what the recipe says, else the setting `on`. A name is that of a profile, or a kind of
// machine that no profile is named after. Error{usage} for another one, with the near miss.
runners::Profile choose_profile(const Settings& settings, const std::optional<std::string>& asked,
                                const std::optional<std::string>& recipe);

// Where the folders of jobs stand.
std::filesystem::path jobs_folder(const Workspace& workspace, const runners::Profile& profile);
// All such places, of any profile.
std::vector<std::filesystem::path> all_jobs_folders(const Workspace& workspace);

// A job that is not submitted yet.
domain::ClusterJob new_job(const runners::Profile& profile);
// The profile as it was then.
runners::Profile profile_of(const domain::ClusterJob& job);

}  // namespace mlops::app
