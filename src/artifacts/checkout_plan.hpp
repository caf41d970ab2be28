// What a checkout would find where its files belong.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <mlops/artifacts/artifacts.hpp>

namespace mlops::artifacts {

enum class Occupant {
  nothing,
  same_file,   // a regular file with the wanted bytes
  other_mode,  // the same, but its executable bit is not the version's
  other,       // a file with other bytes, or a symbolic link: only `force` replaces it
  obstacle,    // a folder, or a symbolic link or file among the parents: never replaced
};

// What stands at each file's place below `directory`, in the order of `files`. No symbolic link is followed. Files
// whose digest the cache does not know are read.
std::vector<Occupant> look_at_places(const std::vector<domain::FileEntry>& files,
                                     const std::filesystem::path& directory, const CheckoutOptions& options,
                                     const StartProgress& start);

// Throws Error{conflict} that names the first file in the way, and how many more there are. With `force` only
// obstacles are in the way.
void refuse_conflicts(const std::vector<domain::FileEntry>& files, const std::vector<Occupant>& occupants,
                      const std::filesystem::path& directory, bool force);

}  // namespace mlops::artifacts
