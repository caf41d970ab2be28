// What registration finds out about the files of a version.
#pragma once

#include <string>
#include <vector>

#include <mlops/domain/inspection.hpp>
#include <mlops/formats/code.hpp>
#include <mlops/formats/file_set.hpp>
#include <mlops/formats/inspect.hpp>
#include <mlops/formats/scan.hpp>

#include <mlops/app/workspace.hpp>

namespace mlops::app {

struct LookedInside {
  domain::Inspected inspected;  // with the digest of `details`
  domain::Signature signature;
  std::string details;                // the object to store
  std::vector<std::string> warnings;  // for the person: why a file is not allowlisted, the worst ones first
};

// `recipe_code`: notebooks and scripts of the commit's recipe that are not among the files.
LookedInside look_inside(const formats::FileSet& files, const std::vector<formats::CodeWarning>& recipe_code);

// Records in the version what its files are, and how they are called where it does not say so itself; puts the details
// into the batch, if there is one. Returns the warnings.
std::vector<std::string> describe_files(Workspace& workspace, artifacts::PutBatch* batch, const formats::FileSet& files,
                                        domain::Version& version);

// The inspection in the details of a version; nullopt when nothing was recorded, or the object is gone.
std::optional<domain::Inspection> recorded_inspection(Workspace& workspace, const domain::Version& version);

// The scripts and notebooks that the recipe of the model names, as they are in the commit.
std::vector<formats::CodeWarning> read_recipe_code(Workspace& workspace, const std::string& model,
                                                   const std::optional<domain::GitState>& git);

}  // namespace mlops::app
